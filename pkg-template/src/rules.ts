// The rules as functions. Each calls the core.

import { hold, run } from './instance.js';
import { isPalmError, type PalmError } from './error.js';
import { VALID, fastReport, fastUpdate } from './fast-path.js';
import { rulesIn } from './metadata-rules.js';
import type { MetadataRules } from './metadata.js';
import { fastFingerprint } from './fast-fingerprint.js';
import type { FingerprintKind } from './generated.js';
import { base64, encoded, readOptions, reportMany, type FingerprintManyOptions, type FingerprintOptions, type FingerprintReport } from './fingerprint-many.js';
import type { Report } from './report.js';
import type { CurrentUser, Limits, Metadata, User, UserLike, UserPatch } from './types.js';

/** The report if validation itself failed: the options are wrong, or the patch could not be read completely. */
function reportOf({ code, message }: PalmError): Report {
  const isOwn = code === 'invalid_options' || code === 'unsupported_engine' || code === 'not_ready';
  const issue = { code: isOwn ? code : 'unreadable', severity: 'error', path: [], pointer: '', message } as const;
  return { valid: false, errors: [issue], warnings: [] };
}

/**
 * Reports what is wrong with a patch, and what is worth knowing about it. Never
 * throws.
 *
 * An error is what Palm documents as refused or what JSON cannot represent. What Palm
 * leaves undocumented gets a warning. Do not write to a report: the one for a patch
 * without issues is frozen, and is always the same object.
 *
 * @param options - `current`: The current user, so that the 50 keys are counted in the merged result.
 * `metadata`: What `defineMetadata` gave; every declared key may be written.
 *
 * @example
 * ```js
 * const report = validatePatch({ metadata: { language: 'de' }, displayName: 'Ada' });
 * report.valid;             // false
 * report.errors[0].code;    // 'unknown_field'
 * report.errors[0].pointer; // '/displayName'
 * ```
 */
export function validatePatch(
  patch: unknown,
  options?: { current?: CurrentUser; limits?: Limits; metadata?: MetadataRules<any, any, any> },
): Report {
  return fastReport(patch, options) ?? slowReport(patch, options);
}

/** A function of its own, so that the fast path creates no closure. */
function slowReport(patch: unknown, options: unknown): Report {
  try {
    const held = rulesIn(options);
    if (held !== undefined) return held.rules['~read'](patch, held.rest, 'server').report;
    return (run((core) => core.validatePatch(hold(patch), hold(options))) ?? VALID) as Report;
  } catch (error) {
    if (!isPalmError(error)) throw error;
    return reportOf(error);
  }
}

/**
 * Returns the user after a patch: a new object that shares every untouched part, or
 * the same object if nothing changes. Inputs are never written to.
 *
 * Metadata is merged one level deep (RFC 7396): null removes a key, any other
 * value is replaced as a whole, existing keys keep their position, and new ones are
 * appended. `updated_at` belongs to the server and is left alone.
 *
 * With `metadata`, the result of `defineMetadata`, every declared key may be written,
 * and the output of its schema is what is written.
 *
 * @throws `PalmError` `invalid_patch` with the errors of {@link validatePatch};
 * `invalid_value` if `user` is not a plain object.
 *
 * @example
 * ```js
 * const after = applyPatch(user, { metadata: { language: 'de', notes: null } });
 * after.metadata.language;       // 'de'
 * after.vault === user.vault;    // true
 * ```
 */
export function applyPatch<U extends UserLike, M = Metadata>(
  user: U,
  patch: UserPatch<NoInfer<M>>,
  options?: { limits?: Limits; metadata?: MetadataRules<M, any, any> },
): U {
  return (fastUpdate(user, patch, options) ?? slowUpdate(user, patch, options)) as U;
}

function slowUpdate(user: unknown, patch: unknown, options: unknown): unknown {
  const held = rulesIn(options);
  if (held !== undefined) {
    // A user that is none, and limits that are wrong, come first.
    run((core) => core.applyPatch(hold(user), hold({}), hold(held.rest)));
    const conformed = held.rules['~conform'](patch, { ...held.rest, current: user }, 'server');
    return run((core) => core.applyPatch(hold(user), hold(conformed), hold(held.rest)));
  }
  return run((core) => core.applyPatch(hold(user), hold(patch), hold(options)));
}

/**
 * Combines two patches into one that has the effect of `first` followed by `second`:
 * `applyPatch(applyPatch(u, a), b)` equals `applyPatch(u, composePatches(a, b))`.
 * Limits are not checked, since they depend on the user.
 *
 * @throws `PalmError` `invalid_patch` if either is not a patch.
 *
 * @example
 * ```js
 * composePatches({ metadata: { a: '1', b: '1' } }, { metadata: { b: null } });
 * // { metadata: { a: '1', b: null } }
 * ```
 */
export function composePatches<M = Metadata>(first: UserPatch<NoInfer<M>>, second: UserPatch<NoInfer<M>>): UserPatch<M> {
  return run((core) => core.composePatches(hold(first), hold(second))) as UserPatch<M>;
}

/**
 * Finds the smallest patch that makes the writable fields of `before` equal those of
 * `after`; `{}` if they agree.
 *
 * @throws `PalmError` `invalid_value` where no patch can do that: if a metadata value
 * becomes null, or a display_name disappears.
 *
 * @example
 * ```js
 * diffUsers(user, { ...user, metadata: { ...user.metadata, language: 'de' } });
 * // { metadata: { language: 'de' } }
 * ```
 */
export function diffUsers<M = Metadata>(before: User<M>, after: User<M>): UserPatch<M> {
  return run((core) => core.diffUsers(hold(before), hold(after))) as UserPatch<M>;
}

/**
 * Returns the patch that undoes `patch` as applied to `before`. It leaves out what
 * `patch` did not change, so later edits of other keys survive.
 *
 * @returns The patch, and in `lossy` JSON Pointers to what no patch can restore: a
 * display_name that was not set, a stored null.
 * @throws `PalmError` `invalid_patch` if `patch` is not a patch, `invalid_value` if
 * `before` is not a user.
 *
 * @example
 * ```js
 * invertPatch({ metadata: { language: 'de', notes: 'hi' } }, user);
 * // { patch: { metadata: { language: 'en', notes: null } }, lossy: [] }
 * ```
 */
export function invertPatch<M = Metadata>(
  patch: UserPatch<NoInfer<M>>,
  before: User<M>,
): { patch: UserPatch<M>; lossy: readonly string[] } {
  return run((core) => core.invertPatch(hold(patch), hold(before))) as ReturnType<typeof invertPatch<M>>;
}

/**
 * The SHA-256 (FIPS 180-4) of a value as 64 lower-case hexadecimal digits, to
 * find duplicates without showing the value.
 *
 * Palm does not document how it normalises a value before hashing it, so do not expect
 * its `email_fingerprint` to equal yours.
 *
 * @param value - A string, hashed as UTF-8, or bytes (`exact` only).
 * @param kind - `exact` by default. `uid2_email`, `meta_phone` and the like are what those vendors ask for.
 * @param options - `encoding`: `hex` by default; `base64` (RFC 4648) gives 44 characters.
 * @throws `PalmError` `invalid_value`, with the reason and without the value.
 *
 * @example
 * ```js
 * fingerprint(' Ada@Example.com', 'email') === fingerprint('ada@example.com', 'email'); // true
 * fingerprint('+1 (555) 010-0199', 'phone') === fingerprint('0015550100199', 'phone');  // true
 * fingerprint('JANE.SAOIRSE@gmail.com', 'uid2_email', { encoding: 'base64' }); // 'ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8='
 * ```
 */
export function fingerprint(value: string | Uint8Array, kind?: FingerprintKind, options?: FingerprintOptions): string {
  const digits = fastFingerprint(value, kind) ?? slowFingerprint(value, kind);
  return options === undefined ? digits : encoded(digits, options);
}

function slowFingerprint(value: unknown, kind: unknown): string {
  return run((core) => core.fingerprint(hold(value), hold(kind))) as string;
}

/**
 * The fingerprints of many values, in their order.
 *
 * @param options - `encoding`: As of {@link fingerprint}. `onInvalid`: With `report`, a bad value does
 * not stop the others: its fingerprint is undefined, and `invalid` says which it is and why.
 * @throws `PalmError` `invalid_value` for the first bad value; its index is in
 * the message and in `issues[0].path`.
 *
 * @example
 * ```js
 * fingerprintMany(['ada@example.com', 'grace@example.com'], 'email').length; // 2
 * const { fingerprints, invalid } = fingerprintMany(['ada@example.com', 'grace'], 'email', { onInvalid: 'report' });
 * invalid[0].index; // 1
 * invalid[0].issue.message; // 'The e-mail address has no @.'
 * ```
 */
export function fingerprintMany(values: readonly string[], kind?: FingerprintKind, options?: FingerprintOptions & { onInvalid?: 'throw' }): string[];
export function fingerprintMany(values: readonly string[], kind: FingerprintKind | undefined, options: FingerprintOptions & { onInvalid: 'report' }): FingerprintReport;
export function fingerprintMany(
  values: readonly string[],
  kind?: FingerprintKind,
  options?: FingerprintManyOptions,
): string[] | FingerprintReport {
  if (options !== undefined && readOptions(options, ['encoding', 'onInvalid']).onInvalid === 'report') return reportMany(values, kind, options);
  const digits = run((core) => core.fingerprintMany(hold(values), hold(kind))) as string[];
  return options?.encoding === 'base64' ? digits.map(base64) : digits;
}
