// The optimistic store: a confirmed user, and an ordered queue of edits.
//
// What is shown is always computed from these two, never patched by hand, so an
// answer in any order cannot leave a wrong value behind. The rules it applies
// are those of the Rust core; the store holds state and decides what happens next.

import { close, wipe } from './closing.js';
import { createCore, type Core } from './core.js';
import { discard, edit, handleOf } from './edits.js';
import { closed, failure } from './failure.js';
import { checkOptions } from './options.js';
import { readyWhenIdle } from '../ready.js';
import { applyPatch, diffUsers } from '../rules.js';
import { goOn, hurry, pause, pump, pumpSoon, resume } from './sending.js';
import { changed, field, getSnapshot, snapshotOf } from './shown.js';
import { dehydrate, readState, restore } from './state.js';
import type { FieldPath, StoreUser, UserStore, UserStoreOptions, WritableKey } from './types.js';
import { receive } from './users.js';
import { Wait } from './wait.js';
import type { Metadata, User } from '../types.js';

/**
 * Makes a store of one user: edits show at once, one request is under way at a time,
 * edits made meanwhile go with the next. A refused edit is dropped alone; every other
 * failure keeps the edits on screen, pauses, and tries again by itself.
 *
 * @throws `PalmError` `invalid_options`; `invalid_value` where `user` is none, or
 * `state` is not one that `dehydrate` made for this user.
 *
 * @example
 * ```js
 * const store = createUserStore({
 *   userId: 'palm_usr_1a2b3c4d5e6f7g8h',
 *   user,
 *   send: (id, patch, { signal }) => updateUser(id, patch, { baseUrl: gateway, signal }),
 * });
 * store.subscribe(() => render(store.getSnapshot().user));
 * store.edit({ metadata: { notes: 'call back' } });
 * ```
 */
export function createUserStore<U extends StoreUser = User, M = Metadata, W extends keyof M = WritableKey & keyof M>(
  options: UserStoreOptions<U, M, W>,
): UserStore<U, Pick<M, W>> {
  checkOptions(options as unknown as UserStoreOptions<U>);
  const state = options.state === undefined ? undefined : readState(options.state, options.userId, options.user.id);
  const wait = new Wait(options.retry, () => {
    core.isWaitOver = true;
    goOn(core);
  });
  // Inside, every user is the least that the store needs of one.
  const core = createCore(options as unknown as UserStoreOptions<StoreUser>, state?.paused === true, wait);
  if (state !== undefined) restore(core, state);
  core.shared = options.persist?.share(core);
  changed(core);
  pumpSoon(core);
  readyWhenIdle();
  return storeOf(core) as unknown as UserStore<U, Pick<M, W>>;
}

function storeOf(core: Core): UserStore<StoreUser> {
  const end = (): void => close(core);
  return {
    subscribe: (listener) => core.listeners.add(listener),
    getSnapshot: () => getSnapshot(core),
    getServerSnapshot: () => (core.serverSnapshot ??= snapshotOf(core.initial)),
    edit: (patch, settings) => edit(core, patch, settings),
    editTo: (values, settings) => {
      const after = applyPatch(core.shown, values, core.limited);
      return after === core.shown ? undefined : edit(core, diffUsers(core.shown as User, after as User), settings);
    },
    field: ((path: FieldPath) => field(core, path)) as UserStore<StoreUser>['field'],
    flush: () =>
      new Promise((resolve) => {
        hurry(core);
        if (core.isClosed) resolve();
        else core.flushing.push(resolve);
        pump(core);
      }),
    refetch: () =>
      new Promise((resolve, reject) => {
        if (core.isClosed) return reject(closed('not_sent'));
        if (core.read === undefined) return reject(failure('invalid_options', 'refetch needs the option read.'));
        core.waiters.push({ tick: (core.tick += 1), resolve, reject });
        pump(core);
      }),
    receive: (user) => receive(core, user),
    pause: () => pause(core),
    resume: () => resume(core),
    discard: (id) => discard(core, id),
    edits: () => [...core.history.edits.values()].filter(({ isOver, settled }) => !isOver || settled === undefined).map((made) => handleOf(core, made)),
    dehydrate: () => dehydrate(core),
    clear: async () => {
      const { shared } = core;
      wipe(core);
      await shared?.clear();
    },
    close: end,
    // Older engines do not have the symbol.
    [(Symbol.dispose ?? Symbol.for('Symbol.dispose')) as typeof Symbol.dispose]: end,
  };
}
