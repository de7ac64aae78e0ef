// The metadata of this project, said once: types, the page, its fields and the gateway obey it.

import { defineMetadata } from 'palm-user';
import * as v from 'valibot';

export const metadata = defineMetadata(
  {
    customer_tier: v.optional(v.picklist(['basic', 'premium'])),
    language: v.optional(v.picklist(['en', 'de', 'fr'])),
    notes: v.optional(v.pipe(v.string(), v.maxLength(100, 'Use at most 100 characters.'))),
  },
  // What belongs to the person; the tier does not.
  { writable: ['language', 'notes'] },
);

declare module 'palm-user' {
  interface Register {
    metadata: typeof metadata;
  }
}
