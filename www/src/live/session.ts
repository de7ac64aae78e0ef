// One tab's session: the store, what became of its edits, and the other tabs.

import { createUserStore, isPalmError, type EditHandle, type User, type UserPatch, type UserStore, type UserStoreOptions } from 'palm-user';

import { observable, type Observable } from '../observable';
import { keep, recall, storage } from '../storage';
import { reasonOf } from './describe';
import { CALM, optionsOf, type Network } from './faults';
import { createHistory, type History } from './history';
import { openAccount, readUser, sender } from './sandbox';

export interface Session {
  readonly store: UserStore;
  readonly history: History;
  readonly network: Observable<Network>;
  /** What the person at the page should know; empty when all is well. */
  readonly notice: Observable<string>;
  /** Throws `PalmError` where the patch is invalid. */
  readonly edit: (patch: UserPatch) => void;
  /** The same for a button, which has nowhere to show an error: it becomes the notice. */
  readonly tryEdit: (patch: UserPatch) => void;
  /** Takes an edit back, or gives it up if its outcome is unknown. */
  readonly undo: (id: string) => void;
  readonly canUndo: (id: string) => boolean;
}

/** Long enough to see a pause, and to end it by hand. */
const RETRY = { minDelayMs: 5_000 };

export async function openSession(): Promise<Session> {
  const { account, user } = await openAccount();
  const network = observable(CALM);
  const notice = observable('');
  const history = createHistory();
  const stateName = `palm-user:state:${account.userId}`;

  const store = restore(stateName, {
    user,
    userId: account.userId,
    send: sender(account, () => {
      const current = network.get();
      // A fault strikes once.
      if (current.fault !== '') network.set({ ...current, fault: '' });
      return optionsOf(current);
    }),
    read: async () => {
      if (network.get().isOffline) throw new TypeError('This page plays being offline.');
      const read = await readUser(account);
      if (read === undefined) notice.set('The sandbox has forgotten this user. Reload the page to get a new one.');
      // The store finds out that this is no user.
      return read as User;
    },
    retry: RETRY,
  });

  // To each other tab its own queue, and every confirmed user to all of them.
  const others = new BroadcastChannel(stateName);
  let known = store.getSnapshot().confirmed;
  others.onmessage = ({ data }: MessageEvent<User>) => {
    if (store.receive(data) === 'applied') known = store.getSnapshot().confirmed;
  };

  function save(): void {
    const isKept = keep(storage('tab'), stateName, JSON.stringify(store.dehydrate()));
    const isWaiting = store.getSnapshot().pending.length > 0;
    if (!isKept && isWaiting) notice.set(NOT_KEPT);
    else if (notice.get() === NOT_KEPT) notice.set('');
  }

  let saving: ReturnType<typeof setTimeout> | undefined;

  const watched = new WeakSet<EditHandle>();

  /** Notes how an edit ends. */
  function watch(edit: EditHandle): void {
    if (watched.has(edit)) return;
    watched.add(edit);
    edit.confirmed.then(
      () => history.ended(edit.id, 'confirmed'),
      (error: unknown) => {
        if (isPalmError(error, 'aborted')) history.ended(edit.id, 'withdrawn');
        else if (isPalmError(error)) history.ended(edit.id, 'rejected', error);
      },
    );
  }

  function changed(): void {
    const { pending, confirmed } = store.getSnapshot();
    history.observe(pending);
    store.edits().forEach(watch);
    if (confirmed !== known) others.postMessage((known = confirmed));
    // After the frame that shows the edit.
    clearTimeout(saving);
    saving = setTimeout(save);
  }
  store.subscribe(changed);
  changed();

  addEventListener('pagehide', save);
  document.addEventListener('visibilitychange', () => void (document.hidden || store.refetch().catch(() => undefined)));

  const handle = (id: string): EditHandle | undefined => store.edits().find((edit) => edit.id === id);

  return {
    store,
    history,
    network,
    notice,
    edit: store.edit,
    tryEdit: (patch) => {
      try {
        store.edit(patch);
        notice.set('');
      } catch (error) {
        notice.set(reasonOf(error));
      }
    },
    undo: (id) => {
      const isPaused = store.getSnapshot().pending.some((pending) => pending.id === id && pending.status === 'paused');
      if (isPaused) store.discard(id);
      else handle(id)?.undo();
    },
    canUndo: (id) => handle(id) !== undefined,
  };
}

const NOT_KEPT =
  "This browser's storage did not take the waiting edits. They go on here, but would not survive a reload.";

/** The store as it was when the tab was reloaded, where that can be read. */
function restore(name: string, options: UserStoreOptions): UserStore {
  try {
    const state: unknown = JSON.parse(recall(storage('tab'), name) ?? 'null');
    if (state !== null) return createUserStore({ ...options, state });
  } catch {
    // Of an older version of the package, perhaps.
  }
  return createUserStore(options);
}
