// Times of the API as instants.

/**
 * Which of two ISO 8601 times is later: positive for `a`, negative for `b`, 0
 * for the same instant, NaN where either is no time. `Date` keeps milliseconds
 * only, so the digits after them are compared too.
 */
export function compareInstants(a: string, b: string): number {
  const difference = Date.parse(a) - Date.parse(b);
  if (difference !== 0) return difference;
  const [fine, other] = [beyondMilliseconds(a), beyondMilliseconds(b)];
  return fine === other ? 0 : fine > other ? 1 : -1;
}

/** The digits of a second's fraction after the third, padded to nanoseconds. */
function beyondMilliseconds(time: string): string {
  const fraction = /[.,](\d+)/.exec(time)?.[1] ?? '';
  return fraction.slice(3).padEnd(6, '0');
}
