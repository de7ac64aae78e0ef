/** Checked in the page, so that a field can say so at once, and by the gateway. */
export const limits = { maxValueLength: 100 };
