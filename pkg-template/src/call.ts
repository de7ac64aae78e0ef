// The call: the core makes it.

import { asError, runAsync } from './core.js';
import type { PalmError } from './error.js';
import type { Attempt, UpdateUserOptions, User, UserPatch } from './types.js';

/**
 * Changes a user: `PATCH {baseUrl}/v1/user/{userId}`. Everything is checked
 * before anything is sent.
 *
 * A merge patch may be repeated safely, so 408, 429, 5xx and lost connections
 * are retried with exponential backoff and full jitter, and a `Retry-After`
 * (RFC 9110 section 10.2.3) is obeyed up to `maxRetryAfterMs`.
 *
 * @param userId One segment of the path, `palm_usr_…`; it is percent-encoded.
 * @returns The whole user, as the server stored it.
 * @throws `PalmError`; its `outcome` says what the server can have done.
 *
 * @example
 * ```js
 * const user = await updateUser(
 *   'palm_usr_1a2b3c4d5e6f7g8h',
 *   { metadata: { customer_tier: 'premium', notes: null } },
 *   { apiKey: () => env.PALM_API_KEY },
 * );
 * ```
 */
export function updateUser(
  userId: string,
  patch: UserPatch,
  options?: UpdateUserOptions,
): Promise<User> {
  return runAsync((core) => core.updateUser(userId, patch, withErrors(options))) as Promise<User>;
}

/** The core reports an attempt's failure by its members; a listener gets the error. */
function withErrors(options: UpdateUserOptions | undefined): UpdateUserOptions | undefined {
  const listener = options?.onAttempt;
  if (options === undefined || typeof listener !== 'function') return options;
  const onAttempt = (attempt: Attempt): void => {
    const { error } = attempt;
    listener(error === undefined ? attempt : { ...attempt, error: asError(error) as PalmError });
  };
  return { ...options, onAttempt };
}
