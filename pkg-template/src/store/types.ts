/// <reference lib="esnext.disposable" preserve="true" />
// What the optimistic store takes and gives.

import type { PalmError } from '../error.js';
import type { MetadataRules } from '../metadata.js';
import type { Core, Shared } from './core.js';
import type { Issue } from '../report.js';
import type { AnyMetadata, CurrentUser, Json, Limits, Metadata, User, UserPatch, WritableMetadata } from '../types.js';

/** What the store needs of a user. A gateway may leave out the rest. */
export type StoreUser = Pick<User<AnyMetadata>, 'id' | 'updated_at'> & CurrentUser;

/**
 * Sends a patch: `(userId, patch, { signal }) => updateUser(userId, patch, { …, signal })`.
 * `keepalive`: the page is hidden, and the patch is small enough for a `fetch` that outlives it.
 */
export type SendPatch<U = User, M = WritableMetadata> = (
  userId: string,
  patch: UserPatch<M>,
  options: { signal: AbortSignal; keepalive: boolean },
) => Promise<U>;

/** Reads the user as the server has it now. */
export type ReadUser<U = User> = (userId: string, options: { signal: AbortSignal }) => Promise<U>;

/** One writable field of a user. The key is everything after the first dot. */
export type FieldPath<M = AnyMetadata> = Exclude<keyof UserPatch, 'metadata'> | `metadata.${keyof M & string}`;

/** What a field holds. Undefined: it is absent. */
export type FieldValue<P extends string, M = WritableMetadata> = P extends `metadata.${infer K}`
  ? K extends keyof M
    ? M[K] | undefined
    : Json | undefined
  : string | null | undefined;

/** The keys that a page may write. */
export type WritableKey = keyof WritableMetadata;

/** Options of {@link createUserStore}. Times are in milliseconds. */
export interface UserStoreOptions<U extends StoreUser = User, M = Metadata, W extends keyof M = WritableKey & keyof M> {
  /** The ID in the path, given to `send` and `read`. It is not the `id` in an answer. */
  userId: string;
  /** The user as the server last gave it. */
  user: U;
  send: SendPatch<U, Pick<M, W>>;
  /**
   * Lets the store read by itself when it must know what the server has, one read at a
   * time. Without it the store can only ask, by `needsRefetch`.
   */
  read?: ReadUser<U>;
  /**
   * Keeps the queue across reloads, and shares it with the other tabs of this origin:
   * `persist({ key: 'profile' })`.
   */
  persist?: Persistence;
  /** What `dehydrate` gave before a reload. Edits that were waiting or under way are sent again. */
  state?: unknown;
  limits?: Limits;
  /**
   * What `defineMetadata` gave. An edit may write its writable keys only, and what their
   * schemas give is what is shown and sent. Undoing an edit asks no schema.
   */
  metadata?: MetadataRules<M, W, any>;
  /**
   * Decides what becomes of edits that failed.
   *
   * - `'drop'`: they leave the screen, and their `confirmed` rejects.
   * - `'retry'`: they stay, the store pauses, and tries again by itself.
   * - `'pause'`: they stay, and nothing is sent until `resume`.
   * - `undefined`: the default. A refusal of the edit itself (400, 404, 409, 413 or 422, or
   *   `invalid_patch`) drops it; everything else is `'retry'`, or `'pause'` if `retry` is false.
   *
   * A refused request that held several edits is halved and sent again until the guilty
   * edit is alone; only then is this asked. Of every other failure it is asked once,
   * with all edits of the request. If it throws, the default holds.
   */
  onFailure?: (
    error: PalmError,
    edits: readonly PendingEdit[],
  ) => 'drop' | 'pause' | 'retry' | undefined;
  /**
   * How the store goes on by itself after a failure. The nth failure in a row is followed
   * by a random wait between `minDelayMs` (1,000) and `minDelayMs` × 2ⁿ, at most
   * `maxDelayMs` (60,000), and never less than the server's `Retry-After`. When the device
   * comes online or the page becomes visible the wait ends early, but not before
   * `minDelayMs` or `Retry-After` is over. `false`: only `resume` goes on.
   */
  retry?: false | { minDelayMs?: number; maxDelayMs?: number };
  /**
   * The age from which an edit no longer overwrites what somebody else wrote meanwhile;
   * 300,000. It waits in `conflicts` instead.
   */
  staleAfterMs?: number;
  /** The longest that one `send` or `read` may take; 120,000. Then its signal aborts and its outcome is unknown. */
  timeoutMs?: number;
  /**
   * Told once of each edit that was dropped because of an error, and once when a failure
   * pauses the store, with the oldest edit of the request. The store's own retries that
   * fail in the same way are not told again. What it throws goes to `console.error`.
   */
  onError?: (error: PalmError, edit: PendingEdit) => void;
}

/** An edit that the server has not confirmed. */
export interface PendingEdit {
  readonly id: string;
  /** As it was when the edit was made; a copy. */
  readonly patch: UserPatch;
  /** When it was made: milliseconds since the epoch. */
  readonly at: number;
  /** `paused`: it was sent, and failed in a way that keeps it. */
  readonly status: 'queued' | 'sending' | 'paused';
  /** Why it is paused. */
  readonly error?: PalmError;
}

/** A field that somebody else changed while an old edit of it was waiting. */
export interface Conflict {
  readonly path: FieldPath;
  /** The person's value, which is the one shown. Undefined: the field is removed. */
  readonly mine: Json | undefined;
  /** What the server has. Undefined: nothing. */
  readonly theirs: Json | undefined;
  /** What the server had when the edit was made. */
  readonly base: Json | undefined;
  /** `mine` sends the edit; `theirs` gives its change of this field up. */
  resolve(choice: 'mine' | 'theirs'): void;
}

/** The state at one moment; the same object until something changes. */
export interface Snapshot<U extends StoreUser = User> {
  /** What to show: the pending edits applied to the confirmed user. */
  readonly user: U;
  /** What the server last gave. */
  readonly confirmed: U;
  /**
   * Oldest first. Neighbours that write the same single field and were not sent yet are
   * one entry, with the ID and the patch of the newest.
   */
  readonly pending: readonly PendingEdit[];
  /** What keeps pending edits from being sent: too many keys since another writer added some. */
  readonly issues: readonly Issue[];
  /** By `pause`, or by a failure. */
  readonly paused: boolean;
  /** When the store tries again by itself: milliseconds since the epoch. */
  readonly retryAt?: number;
  readonly conflicts: readonly Conflict[];
  /**
   * The confirmed user may be behind. With `read` the store reads by itself; without it,
   * read the user and hand it to `receive`.
   */
  readonly needsRefetch: boolean;
}

/** One field, as a form wants it; the same object until something of it changes. */
export interface FieldState<T = Json | undefined> {
  /** What is shown. Undefined: the field is absent. */
  readonly value: T;
  readonly confirmed: T;
  readonly isPending: boolean;
  /** Why its pending edit is paused, or why its last edit was dropped, until the next one. */
  readonly error?: PalmError;
}

/** One edit. */
export interface EditHandle<U extends StoreUser = User> {
  readonly id: string;
  readonly patch: UserPatch;
  /**
   * The user that the server answered with. Stays open while the edit waits, and rejects
   * with a `PalmError` when it is dropped: `aborted` if it was discarded, undone before it
   * was known to be stored, or left behind by `close`. A rejection that nobody handles is
   * not reported as unhandled.
   *
   * An unsent edit that is followed by another of the same single field goes with it, and
   * settles as that one does.
   */
  readonly confirmed: Promise<U>;
  /**
   * Makes the user as if this edit had never been made. Each field that it wrote, and that
   * no later living edit wrote, gets the value of the latest earlier living edit, or what was
   * confirmed before. Edits that were undone, discarded or dropped are not living. A field
   * that somebody else has changed since is left alone.
   *
   * An edit that was not sent leaves the queue. Otherwise, a new `edit` writes the old
   * values; it is absent where nothing has to be written. Undoing that one restores this
   * one. `lossy` has JSON Pointers to what cannot be brought back: a first display_name, a
   * stored null, keys that no longer fit, and edits too old to be remembered (the store
   * remembers those that are pending and the last 100 others). A lossy field stays as it is.
   *
   * A second call does nothing.
   */
  undo(): { edit?: EditHandle<U>; lossy: readonly string[] };
}

/** What {@link persist} gives, for the option of that name. */
export interface Persistence {
  readonly key: string;
  /** @internal */
  readonly share: (core: Core) => Shared | undefined;
}

/** Where a queue is kept. `localStorage` has this shape; so may anything asynchronous. */
export interface QueueStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
  /** All keys. Without it the storage serves one tab at a time. */
  keys?(): readonly string[] | Promise<readonly string[]>;
}

/** What is wrong with the storage. Edits go on in memory. */
export interface PersistProblem {
  /**
   * `full`: it takes no more. `unavailable`: it is switched off, or fails otherwise.
   * `too_new`: what is there was written by a newer version of this package. `unreadable`:
   * what is there is not of this package, or broken. What cannot be read is left alone.
   */
  readonly kind: 'full' | 'unavailable' | 'too_new' | 'unreadable';
  /** What the storage threw. */
  readonly cause?: unknown;
}

/** Options of {@link persist}. */
export interface PersistOptions {
  /** Names what is stored, together with the store's `userId`. */
  key: string;
  /** `localStorage` unless set; on a server then nothing is kept. */
  storage?: QueueStorage;
  /** An edit that is older when it is read from storage is dropped, and told to `onError`; 604,800,000: a week. */
  maxAgeMs?: number;
  /** Told when something is wrong with the storage, once each; and with undefined when it is well again. */
  onProblem?: (problem: PersistProblem | undefined) => void;
  /** Told when another tab has called `clear`. The store is closed by then. */
  onClear?: () => void;
}

/** One user, shown as if every edit had been stored already. */
export interface UserStore<U extends StoreUser = User, M = WritableMetadata> {
  /** Calls the listener after each change; gives the function that ends it. Bound, like all of them. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Cached: fits `useSyncExternalStore` as it is. */
  readonly getSnapshot: () => Snapshot<U>;
  /**
   * The user that the store was made with, without pending edits: what a server renders,
   * and what a page must show until it has hydrated.
   */
  readonly getServerSnapshot: () => Snapshot<U>;
  /**
   * Shows the edit at once, and sends it at the end of this turn, or `debounceMs` after the
   * last edit that joined it, or when the page is hidden. An edit that is due takes everything
   * before it along.
   *
   * The patch is read once, and copied. An edit of nothing, or of fields that are confirmed
   * with these values and have no pending edit, is confirmed without being sent.
   *
   * @throws `PalmError` `invalid_patch` on an invalid one, `aborted` after `close`.
   */
  readonly edit: (patch: UserPatch<M>, options?: { debounceMs?: number }) => EditHandle<U>;
  /**
   * The edit that makes the shown user hold these values; what is absent stays, and null
   * removes a key. Undefined where nothing differs from what is shown.
   */
  readonly editTo: (values: UserPatch<M>, options?: { debounceMs?: number }) => EditHandle<U> | undefined;
  /** @throws `PalmError` `invalid_value` if the path is neither `display_name` nor `metadata.` and a key. */
  readonly field: <P extends FieldPath<M>>(path: P) => FieldState<FieldValue<P, M>>;
  /**
   * Sends now what is debounced, and ends when nothing is left that could be sent, or the
   * store is paused or closed. Never rejects.
   */
  readonly flush: () => Promise<void>;
  /**
   * Reads the user, and gives the confirmed one. A read that was overtaken by a write says
   * nothing certain and is made again, unless the write's own answer came in its place.
   *
   * @throws `PalmError` if the read failed; `invalid_options` without `read`.
   */
  readonly refetch: () => Promise<U>;
  /**
   * Takes a user that was read or pushed from elsewhere. `applied`: it is the confirmed one
   * now, or the same; `stale`: it is older; `ambiguous`: it differs and is as old, which
   * only a read settles.
   *
   * @throws `PalmError` `invalid_value` if it is no user, or another one.
   */
  readonly receive: (user: U) => 'applied' | 'stale' | 'ambiguous';
  /** Sends nothing more until `resume`; what is under way goes on. */
  readonly pause: () => void;
  /** Sends what is waiting, and again what has an unknown outcome: a merge patch may be repeated. */
  readonly resume: () => void;
  /**
   * Gives an edit up. If it was sent, it may be stored all the same: the confirmed user is
   * then read again.
   */
  readonly discard: (id: string) => void;
  /** The edits that can be undone, oldest first: what is pending, and the last 100 others. */
  readonly edits: () => readonly EditHandle<U>[];
  /**
   * The queue as JSON, for `state` after a reload. It holds the pending edits, the confirmed
   * values of the fields that they write, the user's IDs and times: nothing else of the user.
   */
  readonly dehydrate: () => unknown;
  /**
   * Forgets all edits, here, in storage and in the other tabs, and closes the store: for
   * sign-out. Edits that are pending reject with `aborted`.
   */
  readonly clear: () => Promise<void>;
  /**
   * Ends timers, listeners and what is under way. Edits that are pending reject with
   * `aborted`; `getSnapshot` and `dehydrate` still answer.
   */
  readonly close: () => void;
  /** The same as `close`, for `using`. */
  readonly [Symbol.dispose]: () => void;
}
