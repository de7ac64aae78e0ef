// What the optimistic store takes and gives.

import type { PalmError } from '../error.js';
import type { Issue, Limits, User, UserPatch } from '../types.js';

/** Sends a patch: `(id, patch, { signal }) => updateUser(id, patch, { …, signal })`. */
export type SendPatch = (
  userId: string,
  patch: UserPatch,
  options: { signal: AbortSignal },
) => Promise<User>;

/** Options of {@link createUserStore}. */
export interface UserStoreOptions {
  /** The user as the server last gave it. Needed unless `state` is given; the newer of the two counts. */
  user?: User;
  /** What `dehydrate` gave before a reload. Edits that were waiting or under way are sent again. */
  state?: unknown;
  send: SendPatch;
  /** The ID that `send` is given; the user's own `id` unless set. */
  userId?: string;
  limits?: Limits;
  /** Told of each edit that was rejected, and of each failure that paused the store. */
  onError?: (error: PalmError, edit: PendingEdit) => void;
}

/** An edit that the server has not confirmed. */
export interface PendingEdit {
  readonly id: string;
  readonly patch: UserPatch;
  /** `paused`: it was sent, and whether it was stored is unknown. */
  readonly status: 'queued' | 'sending' | 'paused';
  /** Why it is paused. */
  readonly error?: PalmError;
}

/** The state at one moment; the same object until something changes. */
export interface Snapshot {
  /** What to show: the pending edits applied to the confirmed user. */
  readonly user: User;
  /** What the server last gave. */
  readonly confirmed: User;
  /** Oldest first. */
  readonly pending: readonly PendingEdit[];
  /** What keeps pending edits from being sent: too many keys since another writer added some. */
  readonly issues: readonly Issue[];
  /** By `pause`, or by a failure: then until `resume`, or until no edit is left that failed. */
  readonly paused: boolean;
  /** The confirmed user may be behind: read it again and hand it to `receive`. */
  readonly needsRefetch: boolean;
}

/**
 * One edit, as a promise of the user that the server stored. It need not be
 * awaited: a rejection nobody handles is not reported as unhandled.
 */
export interface Edit extends Promise<User> {
  readonly id: string;
  /**
   * Takes the edit back: drops it if it was not sent yet; otherwise makes an
   * edit that restores what was there, leaving keys that were written later.
   * Gives that edit, or undefined where none is needed.
   */
  undo(): Edit | undefined;
}

/** One user, shown as if every edit had been stored already. */
export interface UserStore {
  /** Calls the listener after each change; gives the function that ends it. Bound. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Bound, and cached: fits `useSyncExternalStore` as it is. */
  readonly getSnapshot: () => Snapshot;
  /** Shows the edit at once and sends it. Throws `PalmError` `invalid_patch` on an invalid one. */
  readonly edit: (patch: UserPatch) => Edit;
  /**
   * Takes a user that was read or pushed from elsewhere. `applied`: it is the
   * confirmed one now; `stale`: it is older; `ambiguous`: it differs, and is as old.
   */
  readonly receive: (user: User) => 'applied' | 'stale' | 'ambiguous';
  /** Sends nothing more; what is under way goes on. */
  readonly pause: () => void;
  /** Sends what is waiting, and again what has an unknown outcome: a merge patch may be repeated. */
  readonly resume: () => void;
  /** Gives an edit up. One that is under way may be stored all the same. */
  readonly discard: (id: string) => void;
  /** The state as JSON, for `createUserStore({ state })` after a reload. It holds the user's data. */
  readonly dehydrate: () => unknown;
}
