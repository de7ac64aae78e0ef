// `persist`: what a store needs to outlive its page, and to share its queue with other tabs.

import { failure } from './failure.js';
import { join } from './tabs.js';
import type { Persistence, PersistOptions, QueueStorage } from './types.js';

const WEEK_MS = 604_800_000;

/**
 * Keeps a store's queue across reloads, and lets the tabs of one origin share it: one of
 * them sends, and all of them show every edit and every answer.
 *
 * Stored are the edits, the fields that they write with what was there before, IDs and
 * times: nothing else of the user. The other tabs are also told of the metadata and the
 * name that the server answered with, and never of its vault, verification or fingerprints.
 *
 * @throws `PalmError` `invalid_options` if `key` is missing.
 *
 * @example
 * ```js
 * const store = createUserStore({ userId, user, send, read, persist: persist({ key: 'profile' }) });
 * // At sign-out, in every tab:
 * await store.clear();
 * ```
 */
export function persist(options: PersistOptions): Persistence {
  const { key, storage = localStorageOf(), maxAgeMs = WEEK_MS, onProblem, onClear } = options;
  if (typeof key !== 'string' || key === '') throw failure('invalid_options', 'key is missing: the name that the queue is stored under.');
  if (!(maxAgeMs > 0)) throw failure('invalid_options', 'maxAgeMs must be a number of milliseconds.');
  // A server has no storage of its own, and one user's queue is nothing to share there.
  if (options.storage === undefined && globalThis.document === undefined) return { key, share: () => undefined };
  return { key, share: (core) => join(core, { name: `${key}:${core.userId}`, storage, maxAgeMs, onProblem, onClear }) };
}

/** Asked for at each use: a browser that has it switched off throws. */
function localStorageOf(): QueueStorage {
  return {
    getItem: (key) => localStorage.getItem(key),
    setItem: (key, value) => localStorage.setItem(key, value),
    removeItem: (key) => localStorage.removeItem(key),
    keys: () => Object.keys(localStorage),
  };
}
