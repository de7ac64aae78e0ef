// The request IDs of results. A user is the server's document and has no room for one.

import { isPalmError } from '../error.js';

const ids = new WeakMap<object, string>();

/**
 * The `x-request-id` of the answer that brought a user or an error. Quote it to Palm's
 * support, or search the server's log for it.
 *
 * @param result - The object that `updateUser` or `getUser` returned or threw, not a copy.
 * @returns Undefined if the server sent no ID, or none that a page may see.
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

/** Remembers a user's request ID for as long as the user object lives. */
export function noteRequestId<U extends object>(user: U, requestId: string | undefined): U {
  if (requestId !== undefined) ids.set(user, requestId);
  return user;
}
