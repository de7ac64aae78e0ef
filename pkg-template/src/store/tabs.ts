// One queue for the tabs of one origin, and for the page that comes after.
//
// The record in storage is what all agree on: an image of the queue, written only by the
// tab whose turn it is. What a person does in another tab shows there at once, and waits
// in that tab's journal until a record has it. Each new record takes the place of what a
// tab shows, and what is in its journal is done again on top.

import type { Core, Operation, Shared } from './core.js';
import type { Edit } from './edit.js';
import { begin, discard, drop, newEdit } from './edits.js';
import { failure, guarded } from './failure.js';
import { isSame, written } from './fields.js';
import { compareInstants } from './instant.js';
import { applyImage, imageOf } from './image.js';
import { wipe } from './closing.js';
import { mark, newest, viewOf } from './queue.js';
import { openChannel, type Channel, type Message } from './channel.js';
import { emptyRecord, readJournal, readRecord, type Entry, type StoredRecord } from './record.js';
import { goOn, hurry, orphaned, pause, pump, pumpSoon, resume } from './sending.js';
import { changed, resolve } from './shown.js';
import { createTurn } from './turn.js';
import type { PersistOptions, PersistProblem, QueueStorage, StoreUser } from './types.js';
import { undo } from './undo.js';
import { adopt, recognise } from './users.js';

export interface JoinOptions {
  readonly onProblem: PersistOptions['onProblem'] | undefined;
  readonly onClear: PersistOptions['onClear'] | undefined;
  readonly name: string;
  readonly storage: QueueStorage;
  readonly maxAgeMs: number;
}

/** How many operations are kept for the case that a record without them takes the place of one with them. */
const MAX_ENTRIES = 200;
/** How long a browser may take to bring what another tab has stored or said. */
const NEWS_MS = 10;

export function join(core: Core, { name, storage, maxAgeMs, onProblem, onClear }: JoinOptions): Shared {
  const tab = core.idPrefix.slice(0, -1);
  const turn = createTurn(name, tab, storage);
  const journal = `${name}/${tab}`;
  let record: StoredRecord = emptyRecord(core);
  /** What is done here of what the record does not have. */
  let done = new WeakSet<Entry>();
  /** Of this tab, oldest first. */
  let entries: Entry[] = [];
  /** The number of the last operation that this tab knows of (Lamport's clock). */
  let seq = 0;
  /** Of the other tabs, that no record has yet. */
  const heard = new Map<string, readonly Entry[]>();
  /** What the page gave, and no record knows of. */
  let given: StoreUser | undefined = core.confirmed;
  /** What the other tabs were last told of the user. */
  let said = core.confirmed;
  let state: 'none' | 'asked' | 'held' | 'ending' = 'none';
  let isWanted = false;
  let isLoaded = false;
  /** A record was seen in the storage, so that none means: it was cleared. */
  let wasThere = false;
  let isOff = false;
  let isClosed = false;
  let hasJournal = false;
  /** Where nobody can say that there are none, there may be some. */
  let hasOthers = typeof BroadcastChannel !== 'function';
  let isReplaying = false;
  let isSaveDue = false;
  let problem: PersistProblem['kind'] | undefined;
  let writing: Promise<unknown> | undefined;

  // ── Storage ────────────────────────────────────────────────────────────────

  function report(kind: PersistProblem['kind'] | undefined, cause?: unknown): void {
    if (kind === problem) return;
    problem = kind;
    const told = kind === undefined ? undefined : { kind, ...(cause !== undefined && { cause }) };
    if (onProblem !== undefined) guarded(() => onProblem(told));
    else if (told !== undefined) console.error(`palm-user: the storage of pending edits is ${told.kind}.`);
  }

  function failed(cause: unknown): void {
    const isFull = /quota/i.test(`${(cause as Error | undefined)?.name}`);
    report(isFull ? 'full' : 'unavailable', cause);
  }

  /** Calls at once where the storage answers at once. */
  function read<T>(call: () => T | Promise<T>, then: (value: T | undefined) => void): void {
    try {
      const value = call();
      if (!(value instanceof Promise)) return then(value);
      value.then(then, (cause: unknown) => {
        failed(cause);
        then(undefined);
      });
    } catch (cause) {
      failed(cause);
      then(undefined);
    }
  }

  /** One write after the other. */
  function write(call: () => void | Promise<void>, isLoud = true, then?: () => void): void {
    const well = (): void => {
      then?.();
      if (isLoud && (problem === 'full' || problem === 'unavailable')) report(undefined);
    };
    try {
      if (writing === undefined) {
        const result = call();
        if (!(result instanceof Promise)) return well();
        writing = result.then(well, failed);
      } else {
        writing = writing.then(call).then(well, failed);
      }
      const last = writing;
      void last.then(() => {
        if (writing === last) writing = undefined;
      });
    } catch (cause) {
      failed(cause);
    }
  }

  function writeJournal(): void {
    const open = entries.filter((entry) => entry.seq > (record.applied[tab] ?? 0));
    if (open.length > 0) {
      const text = JSON.stringify({ epoch: record.epoch, at: Date.now(), entries: open });
      write(() => storage.setItem(journal, text));
    } else if (hasJournal) write(() => storage.removeItem(journal), false);
    hasJournal = open.length > 0;
  }

  // ── Records ────────────────────────────────────────────────────────────────

  /** Takes a record for what is; false where it brings nothing new. */
  function see(text: string | null | undefined, user?: Partial<StoreUser>, isWhole = false): boolean {
    if (isOff || isClosed || text === undefined) return false;
    if (text === null) {
      if (wasThere) cleared();
      return false;
    }
    const seen = readRecord(text, core);
    if (typeof seen === 'string') {
      isOff = true;
      turn.end();
      report(seen);
      pumpSoon(core);
      return false;
    }
    if (record.epoch !== '' && seen.epoch !== record.epoch) {
      cleared();
      return false;
    }
    if (seen.rev <= record.rev || core.flight !== undefined) return false;
    const isFirst = record.rev === 0;
    batch(() => {
      if (user !== undefined) core.confirmed = { ...core.confirmed, ...user };
      for (const edit of core.history.edits.values()) core.known.set(edit.id, edit);
      const errors = applyImage(core, seen.image, core.known, user === undefined ? core.behind > 0 || undefined : !isWhole);
      record = seen;
      for (const last of Object.values(seen.applied)) seq = Math.max(seq, last);
      said = core.confirmed;
      if (given !== undefined && compareInstants(given.updated_at, core.confirmed.updated_at) > 0) {
        adopt(core, given);
        recognise(core);
        // The others do not know it.
        want();
        core.doubt = seen.image.doubt ? (core.tick += 1) : 0;
      } else if (given !== undefined && given.updated_at === seen.image.updated_at && !seen.image.doubt) {
        core.doubt = core.behind = 0;
      }
      if (isFirst) expire();
      for (const edit of errors) tell(edit);
      done = new WeakSet();
      open().forEach(perform);
      forget();
    });
    if (hasJournal) writeJournal();
    return true;
  }

  /** Several changes that are told as one. */
  function batch(run: () => void): void {
    core.isQuiet = isReplaying = true;
    try {
      run();
    } finally {
      core.isQuiet = isReplaying = false;
    }
    changed(core);
    pumpSoon(core);
  }

  /** An edit of this tab was refused where it was sent. */
  function tell(edit: Edit): void {
    const { settled, id, patch, at } = edit;
    if (settled === undefined || !('error' in settled) || settled.error.code === 'aborted' || !id.startsWith(core.idPrefix)) return;
    guarded(() => core.onError?.(settled.error, Object.freeze({ id, patch, at, status: 'paused', error: settled.error })));
  }

  /** Edits that nobody needs to be told of any more. */
  function forget(): void {
    for (const [id, edit] of core.known) if (edit.settled !== undefined && !core.history.edits.has(id)) core.known.delete(id);
  }

  /** Drops what has waited for too long. */
  function expire(): void {
    const old = core.queue.filter((item) => Date.now() - newest(item).at > maxAgeMs);
    if (old.length === 0) return;
    const error = failure('aborted', 'The edit was not sent within maxAgeMs.', 'unknown');
    const views = old.map(viewOf);
    drop(core, old, error);
    for (const view of views) guarded(() => core.onError?.(error, view));
  }

  function perform(entry: Entry): void {
    done.add(entry);
    guarded(() => act(entry.operation));
  }

  function act(operation: Operation): void {
    if (operation.do === 'edit') {
      const { id, at, patch, idle, dueAt } = operation;
      if (core.history.edits.has(id)) return;
      core.wantedId = id;
      const made = newEdit(core, patch, at);
      for (const path of idle) made.idle.add(path);
      begin(core, made, dueAt !== undefined && dueAt > Date.now() ? dueAt : undefined);
    } else if (operation.do === 'undo') {
      const edit = core.history.edits.get(operation.id);
      core.wantedId = operation.as;
      if (edit !== undefined) undo(core, edit);
      core.wantedId = undefined;
    } else if (operation.do === 'discard') discard(core, operation.id);
    else if (operation.do === 'resolve') resolve(core, operation.path, operation.choice);
    else if (operation.do === 'pause') pause(core);
    else if (operation.do === 'resume') resume(core);
    else hurry(core);
  }

  // ── The turn ───────────────────────────────────────────────────────────────

  function want(): void {
    if (isOff || isClosed) return;
    if (state === 'ending') isWanted = true;
    if (state !== 'none') return;
    state = 'asked';
    turn.ask(granted);
  }

  function granted(): void {
    if (hasOthers) setTimeout(load, NEWS_MS);
    else load();
  }

  function load(): void {
    readAll(take);
  }

  /** Reads what other tabs, and pages before this one, have left. */
  function readAll(then: (stale: readonly string[]) => void): void {
    read(() => storage.getItem(name), (text) => {
      if (state !== 'held') see(text);
      if (typeof text === 'string') wasThere = true;
      if (isClosed || isOff) return;
      if (storage.keys === undefined) return then([]);
      read(() => storage.keys?.() ?? [], (keys = []) => {
        const others = keys.filter((key) => key.startsWith(`${name}/`) && key !== journal && !key.endsWith('/lease'));
        readJournals(others, then);
      });
    });
  }

  /** Reads the journals of other tabs, whether they live or not. */
  function readJournals(keys: readonly string[], then: (stale: readonly string[]) => void, stale: string[] = []): void {
    const [key, ...rest] = keys;
    if (key === undefined) return then(stale);
    read(() => storage.getItem(key), (text) => {
      const from = key.slice(name.length + 1);
      const { epoch, at, entries: found } = readJournal(text);
      // Who has not seen a record has no epoch yet.
      if (epoch === record.epoch || epoch === '') hear(from, found);
      hasOthers = true;
      if (Date.now() - at > 60_000) stale.push(key);
      readJournals(rest, then, stale);
    });
  }

  function hear(from: string, found: readonly Entry[]): void {
    for (const entry of found) seq = Math.max(seq, entry.seq);
    const known = heard.get(from) ?? [];
    heard.set(from, [...known, ...found.filter((entry) => !known.some((other) => other.seq === entry.seq))]);
  }

  /** What no record has yet, of all tabs, each after what its tab had heard of. */
  function open(): readonly Entry[] {
    const all = [[tab, entries] as const, ...heard].flatMap(([from, list]) => list.filter((entry) => entry.seq > (record.applied[from] ?? 0)));
    return all.sort((a, b) => a.seq - b.seq || a.at - b.at);
  }

  /** Does what was done in other tabs, and what is done here already for all that. */
  function catchUp(): boolean {
    const due = open().filter((entry) => !done.has(entry));
    if (due.length > 0) batch(() => due.forEach(perform));
    if (state !== 'held') return false;
    for (const [from, list] of heard) for (const entry of list) record.applied[from] = Math.max(record.applied[from] ?? 0, entry.seq);
    heard.clear();
    return due.length > 0;
  }

  function take(stale: readonly string[]): void {
    if (isClosed || isOff || state !== 'asked') return;
    state = 'held';
    isLoaded = true;
    let isNews = catchUp();
    const own = entries.at(-1)?.seq ?? 0;
    if ((record.applied[tab] ?? 0) < own || given !== undefined) isNews ||= record.rev > 0 || own > 0;
    record.applied[tab] = own;
    if (isNews) given = undefined;
    // Whoever was sending has gone.
    const cut = core.flight === undefined ? core.queue.filter(({ status }) => status === 'sending') : [];
    if (cut.length > 0) {
      orphaned(core, cut, new Map(record.image.known.map(([path, [value]]) => [path, value])));
      isNews = true;
    }
    if (isNews) save();
    for (const key of stale) write(() => storage.removeItem(key), false);
    if (cut.length > 0) changed(core);
    goOn(core);
    pumpSoon(core);
  }

  function save(): void {
    isSaveDue = false;
    if (state !== 'held' || isOff || isClosed) return;
    if (turn.isLost()) return yieldTurn();
    const text = JSON.stringify((record = { ...record, epoch: record.epoch || `${tab}${Date.now()}`, rev: record.rev + 1, by: tab, at: Date.now(), image: imageOf(core) }));
    write(() => storage.setItem(name, text), true, () => (wasThere = true));
    writeJournal();
    const [user, rest] = written(core.confirmed);
    const [{ updated_at: from }, before] = written(said);
    // Who knows less than the others tells them nothing of the user.
    channel.post({ say: 'record', text, ...(core.behind === 0 && { user }), from, isWhole: isSame(rest, before) });
    said = core.confirmed;
  }

  /** The turn was lost while it was under way: what came of that is for whoever has it now. */
  function yieldTurn(): void {
    core.flight?.request?.end();
    for (const item of core.flight?.writes ?? []) if (!item.isGone) mark(item);
    core.flight = undefined;
    core.reading?.end();
    core.reading = undefined;
    state = 'none';
    // What is stored is newer, whatever its number.
    record = { ...record, rev: 0 };
    turn.end();
    want();
  }

  function release(): void {
    if (state !== 'ending') return;
    turn.end();
    state = 'none';
    if (!isWanted) return;
    isWanted = false;
    want();
  }

  // ── The other tabs ─────────────────────────────────────────────────────────

  function told(message: Message): void {
    if (isClosed || isOff) return;
    hasOthers = true;
    if (message.say === 'hello') channel.post({ say: 'here' });
    else if (message.say === 'clear') cleared();
    else if (message.say === 'record') {
      const { text, user, from, isWhole } = message;
      const isKnown = core.behind === 0 && (core.confirmed.updated_at === from || core.confirmed.updated_at === user?.updated_at);
      if (state !== 'held') see(text, user, isWhole && isKnown);
    } else if (message.say === 'entries') {
      if (message.epoch !== record.epoch && message.epoch !== '') return;
      hear(message.from, message.entries);
      if (catchUp()) later();
    }
  }

  /** The page is back, or another tab has stored something. */
  function look(): void {
    if (isClosed || isOff) return;
    readAll(() => !isClosed && catchUp() && later());
  }

  function cleared(): void {
    if (isClosed) return;
    wipe(core);
    leave();
    write(() => storage.removeItem(journal), false);
    if (onClear !== undefined) guarded(onClear);
  }

  function later(): void {
    if (isSaveDue) return;
    isSaveDue = true;
    queueMicrotask(() => isSaveDue && save());
  }

  function leave(): void {
    isClosed = true;
    channel.close();
    turn.end();
  }

  const channel: Channel = openChannel(name, {
    told,
    look,
    gone: () => {
      core.isLeaving = true;
      hurry(core);
      pump(core);
      // A page that waits for its turn is not kept for the way back.
      if (state !== 'asked') return;
      turn.end();
      // Another tab sends what is left; where there is none, nobody else can be sending.
      if (!hasOthers) load();
      if (state !== 'asked') return;
      state = 'none';
      isWanted = true;
    },
    back: () => {
      look();
      if (isWanted || isSaveDue) want();
      isWanted = false;
    },
  });
  channel.post({ say: 'hello' });

  // What a storage has that answers at once is in the first snapshot.
  core.isQuiet = true;
  look();
  core.isQuiet = false;
  want();

  return {
    mayAct: () => {
      if (isOff) return true;
      if (state === 'held' && isLoaded) {
        if (!turn.isLost()) return true;
        yieldTurn();
        return false;
      }
      want();
      return false;
    },
    rest: () => {
      if (state !== 'held') return;
      if (isSaveDue) save();
      if (state !== 'held') return;
      state = 'ending';
      if (writing === undefined) release();
      else void writing.then(release);
    },
    note: (operation) => {
      if (isReplaying || isOff) return;
      const entry = { seq: (seq += 1), at: Date.now(), operation };
      entries = [...entries.slice(-MAX_ENTRIES), entry];
      done.add(entry);
      if (state === 'held') {
        record.applied[tab] = seq;
        later();
        return;
      }
      writeJournal();
      channel.post({ say: 'entries', from: tab, epoch: record.epoch, entries: [entry] });
      want();
    },
    given: (user) => {
      given = user;
      if (state === 'held') given = undefined;
      else want();
    },
    changed: () => {
      if (state === 'held') later();
    },
    save: () => {
      if (isSaveDue) save();
    },
    clear: async () => {
      channel.post({ say: 'clear' });
      leave();
      const remove = async (): Promise<void> => {
        await writing;
        const keys = storage.keys === undefined ? [name, journal] : (await storage.keys()).filter((key) => key === name || key.startsWith(`${name}/`));
        for (const key of keys) await storage.removeItem(key);
      };
      try {
        await remove();
        // Whoever was sending has ended by now, and may have stored something on its way.
        const last = createTurn(name, tab, storage);
        await new Promise<void>((done) => last.ask(done));
        await remove();
        last.end();
      } catch (cause) {
        failed(cause);
      }
    },
    close: () => {
      if (state === 'held' && isSaveDue) save();
      leave();
    },
  };
}

