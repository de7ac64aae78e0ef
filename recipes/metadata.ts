// metadata.ts
import { defineMetadata } from 'palm-user';
import * as v from 'valibot';

export const metadata = defineMetadata(
  {
    customer_tier: v.picklist(['basic', 'premium']),
    notes: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(500))),
  },
  { writable: ['notes'] },
);

declare module 'palm-user' {
  interface Register {
    metadata: typeof metadata;
  }
}
