// Both screens, the network between them and their server, and a witness of what is stored.

import { createUserStore, diffUsers, getUser, persist, ready, updateUser, type Json, type PalmError, type User, type UserPatch, type UserStore } from 'palm-user';

import { observable, type Observable } from '../observable';
import { keep, recall, storage } from '../storage';
import { CALM, createNetwork, type Network, type Settings } from './network';
import { createRecorder, type Recorder, type Side } from './recorder';
import { authorization, findServer, openAccount, readUser, SAMPLE, urlOf, writeUser, type Account, type Server } from './server';
import { openTabs } from './tabs';
import { createTracks, type Tracks } from './tracks';
import { createUsual, type Usual } from './usual';
import { chosenBy, differences, fieldsOf, type Evidence, type Fields } from './verdict';
import { watchWaits } from './waits';

export interface Session {
  readonly server: Server;
  readonly account: Account;
  readonly network: Network;
  readonly recorder: Recorder;
  readonly usual: Usual;
  readonly store: UserStore;
  readonly tracks: Tracks;
  readonly evidence: Readonly<Record<Side, Observable<Evidence>>>;
  /** Why the store last dropped an edit, until the next edit. */
  readonly refused: Observable<PalmError | undefined>;
  /** What the person at the page should know; empty when all is well. */
  readonly notice: Observable<string>;
  /** The edits that were made on this page, oldest first. */
  readonly made: Observable<readonly UserPatch[]>;
  /** The same edit on both screens. Throws `PalmError` where the patch is invalid. */
  readonly edit: (patch: UserPatch) => void;
  /** Undoes an edit of the store. The left screen has no undo. */
  readonly undo: (id: string) => 'undone' | 'nothing to undo' | readonly string[];
  readonly isIdle: () => boolean;
  /** Both screens read the user. */
  readonly refresh: () => Promise<void>;
  /** Somebody else writes to both users. */
  readonly writeElsewhere: (patch: UserPatch) => Promise<void>;
  /** Both users as they were at first; what is under way is given up. */
  readonly reset: () => Promise<void>;
  /** It had no queue of an earlier visit to go on with. */
  readonly isCold: boolean;
}

export interface Start {
  readonly user?: unknown;
  readonly settings?: Settings;
}

const SETTINGS = 'palm-user:network';
/** Between looks for what was written from elsewhere, and while something happens. */
const [IDLE_MS, BUSY_MS] = [4_000, 500];

export async function openSession(start: Start = {}): Promise<Session> {
  // The module is compiled aside, while the server is asked.
  const [server] = await Promise.all([findServer(), ready()]);
  const opened = await openAccount(server, start.user);
  const { account } = opened;
  const recorder = createRecorder();
  const network = createNetwork(start.settings ?? readSettings(), recorder);
  const tracks = createTracks(recorder);
  const notice = observable('');
  const refused = observable<PalmError | undefined>(undefined);
  const made = observable<readonly UserPatch[]>([]);
  const tabs = openTabs(account.palm, recorder, network);
  let quiet = 0;

  const evidence = { usual: observable<Evidence>({ isFresh: false, chosen: new Map() }), palm: observable<Evidence>({ isFresh: false, chosen: new Map() }) };
  const lines = {
    usual: network.line('usual', server.fetch, () => quiet > 0),
    palm: network.line('palm', server.fetch, () => quiet > 0, tabs.recorder),
  };
  const usual = createUsual(opened.usual, urlOf(server, account, 'usual'), authorization(account.apiKey), lines.usual);

  const call = { apiKey: account.apiKey, baseUrl: server.baseUrl, dangerouslyAllowBrowser: true, maxRetries: 0, fetch: lines.palm };
  const store = createUserStore({
    // Survives a reload; the tabs of this browser share one queue, and one of them sends.
    persist: persist({
      key: 'palm-user:page',
      ...(server.kind === 'memory' && { storage: sessionStorage }),
      onProblem: (problem) => notice.set(problem === undefined ? '' : NOT_KEPT),
    }),
    userId: account.palm,
    user: opened.palm,
    send: (id, patch, { signal }) => updateUser(id, patch, { ...call, signal }),
    read: (id, { signal }) => getUser(id, { ...call, signal }),
    retry: { minDelayMs: 1_000, maxDelayMs: 8_000 },
    // Sending again before the person has signed in would be refused again.
    onFailure: (error) => (error.status === 401 ? 'pause' : undefined),
    onError: (error) => refused.set(store.getSnapshot().paused ? undefined : error),
  });

  // ── The witness ────────────────────────────────────────────────────────────

  /** Raised whenever a screen may have changed: what was seen before proves nothing then. */
  const changes = { usual: 0, palm: 0 };

  function doubt(side: Side): void {
    changes[side] += 1;
    evidence[side].set({ ...evidence[side].get(), isFresh: false });
  }

  function choose(side: Side, change: (chosen: Map<string, Json>) => void): void {
    const chosen = new Map(evidence[side].get().chosen);
    change(chosen);
    evidence[side].set({ ...evidence[side].get(), chosen });
  }

  const asking: Record<Side, Promise<void> | undefined> = { usual: undefined, palm: undefined };

  /** Asks the server until nothing has changed on the screen meanwhile. */
  async function ask(side: Side): Promise<void> {
    let before: number;
    do {
      before = changes[side];
      const user = await readUser(server, account, side).catch(() => undefined);
      if (user !== undefined) evidence[side].set({ ...evidence[side].get(), stored: fieldsOf(user), isFresh: before === changes[side] });
    } while (before !== changes[side]);
    asking[side] = undefined;
  }
  /** However many changes there are, one request at a time is enough. */
  const look = (side: Side): Promise<void> => (asking[side] ??= ask(side));
  const lookAtBoth = (): Promise<unknown> => Promise.all([look('usual'), look('palm')]);

  /** Somebody else wrote: another tab, or a command. Nothing of the store's own is under way. */
  function isOutdated(): boolean {
    const { stored, isFresh } = evidence.palm.get();
    return isFresh && stored !== undefined && differences(stored, fieldsOf(store.getSnapshot().user)).length > 0;
  }

  let usualUser = usual.state.get().user;
  usual.state.subscribe(() => {
    if (usual.state.get().user === usualUser && usual.state.get().saving > 0) return;
    usualUser = usual.state.get().user;
    doubt('usual');
    void look('usual');
  });

  // ── The store ──────────────────────────────────────────────────────────────

  function changed(): void {
    store.edits().forEach(tracks.add);
    tracks.observe(store.getSnapshot().pending);
    doubt('palm');
    void look('palm');
  }
  store.subscribe(changed);
  watchWaits(store, recorder);
  changed();
  void look('usual');
  network.settings.subscribe(() => keep(storage('tab'), SETTINGS, JSON.stringify(network.settings.get())));

  // ── Both ───────────────────────────────────────────────────────────────────

  const isIdle = (): boolean => usual.state.get().saving === 0 && store.getSnapshot().pending.length === 0;

  async function quietly(work: () => Promise<unknown>): Promise<void> {
    quiet += 1;
    try {
      await work();
    } catch {
      // A refresh that fails leaves what is shown.
    } finally {
      quiet -= 1;
    }
  }
  // The left screen shares nothing with its other tabs but this.
  tabs.onWritten(() => void (isIdle() && quietly(usual.refresh).then(() => look('usual'))));
  const refresh = async (): Promise<void> => {
    await Promise.allSettled([usual.refresh(), store.refetch()]);
  };

  setInterval(() => void (recorder.clock.isRunning.get() && lookAtBoth()), BUSY_MS);
  setInterval(() => {
    const { isOffline, isSignedOut } = network.settings.get();
    const isBusy = (): boolean => recorder.clock.isRunning.get() || !isIdle();
    if (document.hidden || isOffline || isSignedOut || isBusy()) return;
    void lookAtBoth().then(() => {
      // Both screens are told, and read.
      if (isOutdated() && !isBusy()) void quietly(refresh).then(lookAtBoth);
    });
  }, IDLE_MS);

  return {
    server, account, network, recorder, usual, store, tracks, evidence, refused, notice, made, isIdle, refresh,
    isCold: opened.isNew,
    edit: (patch) => {
      const handle = store.edit(patch);
      tracks.add(handle);
      notice.set('');
      refused.set(undefined);
      made.set([...made.get(), handle.patch].slice(-50));
      const chosen = chosenBy(handle.patch);
      for (const side of ['usual', 'palm'] as const) choose(side, (all) => chosen.forEach((value, name) => all.set(name, value)));
      handle.confirmed.catch((error: PalmError) => {
        // It was refused, and the person was told: nothing is missing on the right, nor on the left.
        if ([400, 404, 409, 413, 422].includes(error.status ?? 0)) {
          for (const side of ['usual', 'palm'] as const) choose(side, (all) => chosen.forEach((value, name) => all.get(name) === value && all.delete(name)));
        }
      });
      const end = recorder.begin('usual', 'edits', nameOf(handle.patch));
      void usual.edit(handle.patch).then((ending) => {
        tabs.tellWritten();
        if (ending === 'stored') end('good');
        else end('bad', `${nameOf(handle.patch)} · rolled back`);
      });
    },
    undo: (id) => {
      const handle = store.edits().find((edit) => edit.id === id);
      const isStored = tracks.list.get().some((track) => track.id === id && track.phase === 'stored');
      if (handle === undefined) return 'nothing to undo';
      choose('palm', (all) => chosenBy(handle.patch).forEach((_, name) => all.delete(name)));
      const { edit, lossy } = handle.undo();
      if (lossy.length > 0) return lossy;
      return isStored && edit === undefined ? 'nothing to undo' : 'undone';
    },
    writeElsewhere: async (patch) => {
      const end = [recorder.begin('usual', 'waits', 'somebody else writes'), recorder.begin('palm', 'waits', 'somebody else writes')];
      await Promise.all([writeUser(server, account, 'usual', patch), writeUser(server, account, 'palm', patch)]);
      for (const one of end) one('good');
      doubt('usual');
      doubt('palm');
      await lookAtBoth();
    },
    reset: async () => {
      network.plan();
      network.change({ isOffline: false, isSignedOut: false, fault: '' });
      await quietly(async () => {
        for (let left = 60; !isIdle() && left > 0; left -= 1) {
          for (const { id } of store.getSnapshot().pending) store.discard(id);
          if (store.getSnapshot().paused) store.resume();
          network.hurry();
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
        await Promise.all((['usual', 'palm'] as const).map(async (side) => {
          const user = await readUser(server, account, side);
          if (user === undefined) return;
          const patch = diffUsers(user, { ...user, ...SAMPLE, metadata: { ...user.metadata, ...SAMPLE.metadata } } as User);
          if (Object.keys(patch).length > 0) await writeUser(server, account, side, patch);
        }));
        const reading = refresh();
        network.hurry();
        const hurrying = setInterval(network.hurry, 20);
        await reading;
        clearInterval(hurrying);
      });
      usual.state.set({ ...usual.state.get(), message: '' });
      refused.set(undefined);
      notice.set('');
      made.set([]);
      for (const side of ['usual', 'palm'] as const) choose(side, (all) => all.clear());
      await lookAtBoth();
    },
  };
}

const NOT_KEPT = "This browser's storage did not take the waiting edits. They go on here, but would not survive a reload.";

function nameOf(patch: UserPatch): string {
  return [...chosenBy(patch).keys()].join(', ');
}

function readSettings(): Settings {
  try {
    const kept = JSON.parse(recall(storage('tab'), SETTINGS) ?? '{}') as Partial<Settings>;
    return { ...CALM, ...kept };
  } catch {
    return CALM;
  }
}

export type { Fields };
