// A patch as a Standard Schema v1 (https://standardschema.dev): forms, Hono, tRPC and TanStack take it as it is.

import { messageOf, type Messages } from './messages.js';
import type { MetadataRules } from './metadata.js';
import { rulesIn } from './metadata-rules.js';
import { validatePatch } from './rules.js';
import type { Report } from './report.js';
import type { AnyMetadata, CurrentUser, Limits, UserPatch } from './types.js';

/**
 * What a form holds. Where the keys are not declared, the values are those that an input
 * can have: a type that contains itself, such as `Json`, is too deep for forms.
 */
export interface PatchInput<M = AnyMetadata> {
  metadata?: string extends keyof M ? Record<string, string | number | boolean | null> : MetadataInput<M>;
  display_name?: string;
}

type MetadataInput<M> = { [K in keyof M]?: Exclude<M[K], undefined> | (undefined extends M[K] ? null : never) };

/** What {@link createPatchSchema} gives: a Standard Schema, synchronous. */
export interface PatchSchema<Input = PatchInput, Output = UserPatch<AnyMetadata>> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'palm-user';
    readonly validate: (value: unknown) => PatchSchemaResult<Output>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The patch, or what is wrong with it. */
export type PatchSchemaResult<Output = UserPatch<AnyMetadata>> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[] };

/** Options of {@link createPatchSchema}. */
export interface PatchSchemaOptions<M = AnyMetadata, W extends keyof M = keyof M, I = M> {
  /** What `defineMetadata` gave: the form has its writable keys, and the patch what their schemas give. */
  metadata?: MetadataRules<M, W, I>;
  limits?: Limits;
  /** The user as it is: the 50 keys are counted on the merged result. */
  current?: CurrentUser;
  /** Messages in another language. */
  messages?: Messages;
}

/**
 * A patch as a Standard Schema for a form on a page, or for the route that takes it. Its
 * rules are those of `validatePatch`; with `metadata`, of the keys that a page may write.
 *
 * @throws `PalmError` `invalid_options` when it is asked, if an option is wrong.
 *
 * @example
 * ```ts
 * const schema = createPatchSchema({ metadata, messages: german });
 * const form = useForm({ resolver: standardSchemaResolver(schema) }); // react-hook-form
 * ```
 */
export function createPatchSchema<M = AnyMetadata, W extends keyof M = keyof M, I = M>(
  options: PatchSchemaOptions<M, W, I> = {},
): PatchSchema<PatchInput<Pick<I, W & keyof I>>, UserPatch<Pick<M, W>>> {
  const { messages, ...others } = options;
  const held = rulesIn(others);
  return {
    '~standard': {
      version: 1,
      vendor: 'palm-user',
      validate(value) {
        const { report, patch } = held?.rules['~read'](value, held.rest, 'page') ?? { report: validatePatch(value, others), patch: value };
        return report.valid ? { value: patch as UserPatch<Pick<M, W>> } : { issues: issuesOf(report, messages) };
      },
    },
  };
}

function issuesOf({ errors }: Report, messages: Messages = {}): { message: string; path: readonly string[] }[] {
  return errors.map((issue) => ({ message: messageOf(issue, messages), path: issue.path }));
}

/**
 * A patch as a Standard Schema whose metadata may have any keys.
 *
 * @example
 * ```js
 * patchSchema['~standard'].validate({ displayName: 'Ada' });
 * // { issues: [{ message: 'Unknown field; did you mean display_name?', path: ['displayName'] }] }
 * ```
 */
export const patchSchema: PatchSchema = /* @__PURE__ */ createPatchSchema<AnyMetadata, string, AnyMetadata>();
