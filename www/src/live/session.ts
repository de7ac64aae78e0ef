// One tab's session: the store, what became of its edits, and the other tabs.

import { createUserStore, type Edit, type User, type UserPatch, type UserStore, type UserStoreOptions } from 'palm-user';

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

const REFETCH_EVERY_MS = 2_000;

export async function openSession(): Promise<Session> {
  const { account, user } = await openAccount();
  const network = observable(CALM);
  const notice = observable('');
  const history = createHistory();
  const edits = new Map<string, Edit>();
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
    onError: (error, { id, status }) => {
      if (status !== 'paused') history.rejected(id, error);
    },
  });

  // To each other tab its own queue, and every confirmed user to all of them.
  const others = new BroadcastChannel(stateName);
  let known = store.getSnapshot().confirmed;
  others.onmessage = ({ data }: MessageEvent<User>) => {
    if (store.receive(data) === 'applied') known = store.getSnapshot().confirmed;
  };

  async function refetch(): Promise<void> {
    if (network.get().isOffline) return;
    try {
      const read = await readUser(account);
      if (read !== undefined) store.receive(read);
      else notice.set('The sandbox has forgotten this user. Reload the page to get a new one.');
    } catch {
      // The next turn of the interval asks again.
    }
  }

  function save(): void {
    const isKept = keep(storage('tab'), stateName, JSON.stringify(store.dehydrate()));
    const isWaiting = store.getSnapshot().pending.length > 0;
    if (!isKept && isWaiting) notice.set(NOT_KEPT);
    else if (notice.get() === NOT_KEPT) notice.set('');
  }

  let saving: ReturnType<typeof setTimeout> | undefined;

  function changed(): void {
    const { pending, confirmed } = store.getSnapshot();
    history.observe(pending);
    if (confirmed !== known) others.postMessage((known = confirmed));
    // After the frame that shows the edit.
    clearTimeout(saving);
    saving = setTimeout(save);
  }
  store.subscribe(changed);
  history.observe(store.getSnapshot().pending);

  addEventListener('pagehide', save);
  addEventListener('online', () => store.resume());
  document.addEventListener('visibilitychange', () => void (document.hidden || refetch()));
  setInterval(() => void (store.getSnapshot().needsRefetch && refetch()), REFETCH_EVERY_MS);

  function edit(patch: UserPatch): void {
    const made = store.edit(patch);
    edits.set(made.id, made);
  }

  return {
    store,
    history,
    network,
    notice,
    edit,
    tryEdit: (patch) => {
      try {
        edit(patch);
        notice.set('');
      } catch (error) {
        notice.set(reasonOf(error));
      }
    },
    undo: (id) => {
      const entry = store.getSnapshot().pending.find((pending) => pending.id === id);
      const edit = edits.get(id);
      edits.delete(id);
      if (edit === undefined || entry?.status === 'paused') {
        store.discard(id);
        history.withdrawn(id);
        return;
      }
      const inverse = edit.undo();
      if (inverse !== undefined) edits.set(inverse.id, inverse);
      if (entry?.status === 'queued') history.withdrawn(id);
    },
    canUndo: (id) => edits.has(id),
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
