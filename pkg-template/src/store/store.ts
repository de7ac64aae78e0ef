// The optimistic store: a confirmed user, and an ordered queue of edits.
//
// What is shown is always computed from these two, never patched by hand, so an
// answer in any order cannot leave a wrong value behind. The rules it applies
// are the core's; this file holds state and nothing else.

import type { PalmError } from '../error.js';
import { compareInstants } from './instant.js';
import { guardedInverse, isStored, overlay, view, type Entry } from './pending.js';
import { applyPatch, composePatches, validatePatch } from '../rules.js';
import { readState, type StoredState } from './state.js';
import type { Edit, Snapshot, UserStore, UserStoreOptions } from './types.js';
import { asPalmError, asUser, failure, isSameUser, newId, withLimits } from './values.js';
import type { User, UserPatch } from '../types.js';

/**
 * Makes a store of one user: edits show at once, one request is under way at a
 * time, edits made meanwhile are composed into the next. A rejected edit is
 * removed alone; a rejected batch is sent again one by one; an unknown outcome
 * pauses the store and keeps what is shown.
 *
 * @throws `PalmError` `invalid_options` without a user and a state,
 * `invalid_value` when the state is not one that `dehydrate` made.
 *
 * @example
 * ```js
 * const store = createUserStore({
 *   user,
 *   send: (id, patch, { signal }) => updateUser(id, patch, { baseUrl: gateway, signal }),
 * });
 * store.subscribe(() => render(store.getSnapshot().user));
 * store.edit({ metadata: { customer_tier: 'premium' } });
 * ```
 */
export function createUserStore(options: UserStoreOptions): UserStore {
  const { send, limits, onError } = options;
  const state: StoredState | undefined = options.state === undefined ? undefined : readState(options.state);
  const first = state?.confirmed ?? options.user;
  if (first === undefined || typeof send !== 'function') {
    throw failure('invalid_options', 'createUserStore needs send, and a user or a state.');
  }

  const listeners = new Set<() => void>();
  let confirmed: User = first;
  let queue: Entry[] = [];
  let batch: { readonly entries: readonly Entry[]; readonly controller: AbortController } | undefined;
  // By a failure, it ends with what had failed; asked for, it ends when asked.
  let halt: 'asked' | 'failed' | undefined = state?.paused ? 'asked' : undefined;
  let needsRefetch = state?.needsRefetch ?? false;
  let isFlushDue = false;
  let snapshot: Snapshot = take(confirmed);

  function take(user: User): Snapshot {
    const { errors } = validatePatch({ metadata: {} }, { current: user, ...withLimits(limits) });
    return Object.freeze({
      user,
      confirmed,
      pending: Object.freeze(queue.map(view)),
      issues: errors,
      paused: halt !== undefined,
      needsRefetch,
    });
  }

  /** Ends every change: what is shown is computed anew, and told once. */
  function changed(user: User = overlay(confirmed, queue)): void {
    snapshot = take(user);
    for (const listener of [...listeners]) {
      try {
        listener();
      } catch (error) {
        // One listener's fault must not keep the change from the next.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  function enqueue(patch: UserPatch, restoredId?: string): Edit {
    const id = restoredId ?? newId();
    // A copy: a patch that is changed later must not change what is sent.
    const copy = composePatches({}, patch);
    const before = snapshot.user;
    let resolve!: Entry['resolve'];
    let reject!: Entry['reject'];
    let isOver = false;
    const promise = new Promise<User>((onResolve, onReject) => {
      resolve = onResolve;
      reject = (error) => {
        isOver = true;
        onReject(error);
      };
    });
    promise.catch(() => undefined);
    const entry: Entry = {
      id,
      patch: copy,
      status: 'queued',
      alone: false,
      // It may have been under way when the page went.
      mayBeStored: restoredId !== undefined,
      resolve,
      reject,
    };
    queue = [...queue, entry];
    const undo = (): Edit | undefined => {
      if (isOver) return undefined;
      isOver = true;
      if (entry.status === 'queued' && !entry.mayBeStored && queue.includes(entry)) {
        drop(entry, failure('aborted', 'The edit was undone before it was sent.'));
        return undefined;
      }
      const inverse = guardedInverse(copy, before, snapshot.user);
      return inverse === undefined ? undefined : edit(inverse);
    };
    return Object.assign(promise, { id, undo });
  }

  function edit(patch: UserPatch): Edit {
    const user = applyPatch(snapshot.user, patch, withLimits(limits));
    const made = enqueue(patch);
    changed(user);
    flushSoon();
    return made;
  }

  /** Goes on once nothing is left of what halted it. */
  function unhalt(): void {
    if (halt === 'failed' && !queue.some((entry) => entry.status === 'paused')) halt = undefined;
  }

  function drop(entry: Entry, error: PalmError): void {
    queue = queue.filter((other) => other !== entry);
    unhalt();
    entry.reject(error);
    changed();
    flushSoon();
  }

  /** After this turn, so that edits made together are sent together. */
  function flushSoon(): void {
    if (isFlushDue) return;
    isFlushDue = true;
    queueMicrotask(() => {
      isFlushDue = false;
      flush();
    });
  }

  function flush(): void {
    if (halt !== undefined || batch !== undefined) return;
    const entries = nextBatch();
    const [head, ...rest] = entries;
    if (head === undefined) return;
    const controller = new AbortController();
    batch = { entries, controller };
    for (const entry of entries) {
      entry.status = 'sending';
      delete entry.error;
    }
    changed();
    const patch = rest.reduce((composed, entry) => composePatches(composed, entry.patch), head.patch);
    const userId = options.userId ?? confirmed.id;
    new Promise<User>((resolve) => resolve(send(userId, patch, { signal: controller.signal })))
      .then(asUser)
      .then(acknowledged, (error: unknown) => failed(asPalmError(error)));
  }

  /** The longest run of waiting edits that may be sent as one. */
  function nextBatch(): Entry[] {
    const [head] = queue;
    if (head === undefined) return [];
    const end = head.alone ? 1 : queue.findIndex((entry) => entry.alone);
    let entries = queue.slice(0, end < 0 ? queue.length : end);
    while (entries.length > 0 && !fits(entries)) entries = entries.slice(0, -1);
    if (entries.length > 0) return entries;
    // One key too many: it waits, and the snapshot's issues say so. Anything
    // else is the server's to refuse.
    return snapshot.issues.length > 0 ? [] : [head];
  }

  function fits(entries: readonly Entry[]): boolean {
    const patch = entries.reduce<UserPatch>((composed, entry) => composePatches(composed, entry.patch), {});
    return validatePatch(patch, { current: confirmed, ...withLimits(limits) }).valid;
  }

  function acknowledged(user: User): void {
    const entries = finish();
    const expected = overlay(confirmed, entries);
    queue = queue.filter((entry) => !entries.includes(entry));
    // Of an answer as old as the confirmed user, the answer has the edit in it.
    if (adopt(user) === 'ambiguous') {
      confirmed = user;
      needsRefetch = !isSameUser(expected, user);
    }
    changed();
    for (const entry of entries) entry.resolve(user);
    flushSoon();
  }

  function failed(error: PalmError): void {
    const sent = finish();
    // First, for an onError that throws must not stop the queue.
    flushSoon();
    // Without those that were discarded meanwhile.
    const entries = sent.filter((entry) => queue.includes(entry));
    const [head] = entries;
    // A limit of requests is no fault of the edit; of the rest nothing was stored.
    const isFinal = (error.outcome === 'rejected' || error.outcome === 'not_sent') && !error.retryable;
    if (head === undefined) {
      if (!isFinal) needsRefetch = true;
      changed();
    } else if (!isFinal) {
      halt ??= 'failed';
      needsRefetch ||= error.outcome === 'applied';
      for (const entry of entries) {
        const mayBeStored = entry.mayBeStored || error.outcome !== 'rejected';
        Object.assign(entry, { status: 'paused', error, mayBeStored });
      }
      changed();
      for (const entry of entries) onError?.(error, view(entry));
    } else if (sent.length > 1) {
      for (const entry of entries) Object.assign(entry, { status: 'queued', alone: true });
      changed();
    } else {
      queue = queue.filter((entry) => entry !== head);
      needsRefetch ||= head.mayBeStored;
      changed();
      head.reject(error);
      onError?.(error, view(head));
    }
  }

  function finish(): readonly Entry[] {
    const entries = batch?.entries ?? [];
    batch = undefined;
    return entries;
  }

  /** Takes a user of the server's for the confirmed one, if it is newer. */
  function adopt(user: User): 'applied' | 'stale' | 'ambiguous' {
    const order = compareInstants(user.updated_at, confirmed.updated_at);
    if (order < 0) return 'stale';
    if (order > 0) {
      confirmed = user;
      needsRefetch = false;
      return 'applied';
    }
    if (order === 0 && isSameUser(confirmed, user)) {
      needsRefetch = false;
      return 'applied';
    }
    needsRefetch = true;
    return 'ambiguous';
  }

  function receive(user: User): 'applied' | 'stale' | 'ambiguous' {
    if (asUser(user).id !== confirmed.id) {
      throw failure('invalid_value', 'The user that was received is another user.');
    }
    const before = { confirmed, needsRefetch };
    const result = adopt(user);
    // What was of unknown outcome and is there now has been stored.
    const stored = queue.filter((entry) => entry.status === 'paused' && isStored(entry.patch, confirmed));
    if (result === 'applied' && stored.length > 0) {
      queue = queue.filter((entry) => !stored.includes(entry));
      unhalt();
      for (const entry of stored) entry.resolve(confirmed);
    }
    const isChanged = before.confirmed !== confirmed || before.needsRefetch !== needsRefetch;
    if (isChanged || stored.length > 0) changed();
    flushSoon();
    return result;
  }

  for (const { id, patch } of state?.pending ?? []) enqueue(patch, id);
  snapshot = take(overlay(confirmed, queue));
  if (state !== undefined && options.user !== undefined) receive(options.user);
  flushSoon();

  return {
    subscribe: (listener) => {
      // Of its own for each call: the same listener may subscribe twice.
      const own = (): void => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    getSnapshot: () => snapshot,
    edit,
    receive,
    pause: () => {
      const wasPaused = halt !== undefined;
      halt = 'asked';
      if (!wasPaused) changed();
    },
    resume: () => {
      if (halt === undefined) return;
      halt = undefined;
      for (const entry of queue) {
        if (entry.status !== 'paused') continue;
        entry.status = 'queued';
        delete entry.error;
      }
      changed();
      flushSoon();
    },
    discard: (id) => {
      const entry = queue.find((other) => other.id === id);
      if (entry === undefined) return;
      const mayBeStored = entry.mayBeStored || entry.status === 'sending';
      needsRefetch ||= mayBeStored;
      if (batch?.entries.length === 1 && batch.entries.includes(entry)) batch.controller.abort();
      drop(entry, failure('aborted', 'The edit was discarded.', mayBeStored ? 'unknown' : 'not_sent'));
    },
    dehydrate: (): StoredState => ({
      version: 1,
      confirmed,
      pending: queue.map(({ id, patch }) => ({ id, patch })),
      paused: halt !== undefined,
      needsRefetch,
    }),
  };
}
