// Standard Schema v1 (https://standardschema.dev): forms, Hono, tRPC and TanStack take it as it is.

import { validatePatch } from './rules.js';
import type { UserPatch } from './types.js';

/** What {@link patchSchema} gives: the patch, or what is wrong with it. */
export type PatchSchemaResult =
  | { readonly value: UserPatch; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[] };

/** The shape of {@link patchSchema}, as Standard Schema v1 wants it. */
export interface PatchSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'palm-user';
    readonly validate: (value: unknown) => PatchSchemaResult;
    readonly types?: { readonly input: UserPatch; readonly output: UserPatch };
  };
}

/**
 * A patch as a Standard Schema, synchronous; its rules are those of `validatePatch`.
 *
 * @example
 * ```js
 * patchSchema['~standard'].validate({ displayName: 'Ada' });
 * // { issues: [{ message: 'Unknown field; did you mean display_name?', path: ['displayName'] }] }
 * ```
 */
export const patchSchema: PatchSchema = {
  '~standard': {
    version: 1,
    vendor: 'palm-user',
    validate(value) {
      const report = validatePatch(value);
      return report.valid
        ? { value: value as UserPatch }
        : { issues: report.errors.map(({ message, path }) => ({ message, path })) };
    },
  },
};
