// The request IDs of results: a user is the server's document, and holds none.

import { isPalmError } from '../error.js';

const ids = new WeakMap<object, string>();

/**
 * The `x-request-id` of the answer that a user came with, or that an error is of:
 * what to name when asking the server's log or Palm's support.
 *
 * @param result - What `updateUser` or `getUser` gave or threw, itself and no copy.
 * @returns Undefined where the server sent none, or none that a page may see.
 *
 * @example
 * ```js
 * const user = await updateUser('palm_usr_1a2b3c4d5e6f7g8h', { display_name: 'Ada' }, { apiKey });
 * console.log(requestIdOf(user));
 * ```
 */
export function requestIdOf(result: unknown): string | undefined {
  if (isPalmError(result)) return result.requestId;
  return typeof result === 'object' && result !== null ? ids.get(result) : undefined;
}

/** Remembers the ID of a user as long as the user is there. */
export function noteRequestId<U extends object>(user: U, requestId: string | undefined): U {
  if (requestId !== undefined) ids.set(user, requestId);
  return user;
}
