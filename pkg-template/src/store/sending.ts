// What happens next: the next request, and what comes of it.

import type { PalmError } from '../error.js';
import { MAX_REMEMBERED, type Begun, type Core, type Flight } from './core.js';
import { defer, drop, isUnsent, leave } from './edits.js';
import { isLastWord, watchLeaving } from './leaving.js';
import { checkUser, guarded, isRefusal } from './failure.js';
import { isSame, patchOf, valueOf, type Fields } from './fields.js';
import { compose, fitting, mark, newest, setStatus, viewOf, type Write } from './queue.js';
import { request } from './request.js';
import { applyPatch } from '../rules.js';
import { UNLIMITED, changed } from './shown.js';
import type { FieldPath, StoreUser } from './types.js';
import { reconsiderAll, supplant } from './undo.js';
import { done, recognise, take } from './users.js';

/** A read for the sake of old edits holds for at least this long. */
const MIN_KNOWN_MS = 1_000;

/** After this turn, so that edits made together are sent together. */
export function pumpSoon(core: Core): void {
  if (core.isPumpDue) return;
  core.isPumpDue = true;
  queueMicrotask(() => {
    core.isPumpDue = false;
    pump(core);
  });
}

export function pump(core: Core): void {
  if (core.flight !== undefined || core.isClosed || core.isQuiet) return;
  watchLeaving(core);
  const { writes, isWhole } = nextBatch(core);
  const now = Date.now();
  const isOld = core.isTakenOver || writes.some((write) => now - Math.max(newest(write).at, core.knownAt) > Math.max(core.staleAfterMs, MIN_KNOWN_MS));
  core.isReadDue = core.read !== undefined && isOld && writes.length > 0;
  const isSending = writes.length > 0 && !core.isReadDue;
  const isNeeded = core.isReadDue || core.doubt > 0;
  const isReading = core.read !== undefined && core.reading === undefined && (core.waiters.length > 0 || (isNeeded && !core.isReadHeld));
  if ((isSending || isReading) && core.shared?.mayAct() === false) return;
  if (isSending) return fly(core, writes, isWhole);
  if (isReading && core.read !== undefined) startRead(core, core.read);
  if (core.isReadDue && core.halt === undefined) return;
  if (core.reading === undefined) core.shared?.rest();
  const idle = core.flushing;
  core.flushing = [];
  for (const resolve of idle) resolve();
}

export function pause(core: Core): void {
  if (core.halt === 'asked' || core.isClosed) return;
  core.shared?.note({ do: 'pause' });
  core.halt = 'asked';
  core.wait.end();
  changed(core);
}

export function resume(core: Core): void {
  if (core.isClosed || (core.halt === undefined && !core.isReadHeld)) return;
  core.shared?.note({ do: 'resume' });
  core.wait.end();
  core.wait.reset();
  core.told = undefined;
  core.isReadHeld = false;
  release(core);
  pumpSoon(core);
}

/** Tries again after a wait, where this tab may. */
export function goOn(core: Core): void {
  if (!core.isWaitOver || core.shared?.mayAct() === false) return;
  core.isWaitOver = core.isReadHeld = false;
  if (core.halt === 'failed' && core.goesOn) release(core);
  else changed(core);
  pump(core);
}

/** Makes everything due that waits for its time. */
export function hurry(core: Core): void {
  if (core.queue.every(({ isDue }) => isDue)) return;
  core.shared?.note({ do: 'flush' });
  for (const write of core.queue) defer(core, write);
}

/** Sends again what had failed. */
export function release(core: Core): void {
  core.halt = undefined;
  for (const write of core.queue) if (write.status === 'paused') setStatus(write, 'queued');
  changed(core);
}

function begin(core: Core): Begun {
  return { tick: (core.tick += 1), revision: core.revision, known: core.confirmed.updated_at };
}

/** What to send next: everything up to the last that is due; of writes of which one was refused, a half. */
function nextBatch(core: Core): { writes: readonly Write[]; isWhole: boolean } {
  const isFree = ({ fields }: Write): boolean => [...fields.keys()].some((path) => !core.conflicts.has(path));
  let due = core.queue.length;
  while (core.queue[due - 1]?.isDue === false) due -= 1;
  core.guilty = core.guilty.filter(isFree);
  const writes = core.halt !== undefined ? [] : core.guilty.length > 0 ? core.guilty : core.queue.slice(0, due).filter(isFree);
  if (writes.length === 0) return { writes, isWhole: false };
  const wanted = core.guilty.length > 1 ? core.guilty.length >> 1 : writes.length;
  const count = fitting(writes, wanted, core.confirmed, core.limits, core.conflicts);
  return { writes: writes.slice(0, count), isWhole: core.guilty.length > 0 && count === core.guilty.length };
}

function fly(core: Core, writes: readonly Write[], isWhole: boolean): void {
  core.flight = { writes, isWhole, ...begin(core) };
  const mine = core.flight;
  for (const write of writes) setStatus(write, 'sending');
  changed(core);
  // A listener may have discarded, undone, paused or closed meanwhile.
  const left = writes.filter(({ isGone }) => !isGone);
  if (core.isClosed) return;
  if (left.length === 0 || core.halt !== undefined) {
    core.flight = undefined;
    for (const write of left) setStatus(write, 'queued');
    if (left.length > 0) changed(core);
    return pumpSoon(core);
  }
  core.lastWrite = mine.tick;
  mine.sent = compose(left, core.conflicts);
  const patch = patchOf(mine.sent);
  // First, so that whoever goes on from here knows of it.
  core.shared?.save();
  if (core.flight !== mine) return;
  mine.request = request(({ signal }) => core.send(core.userId, patch, { signal, keepalive: isLastWord(core, patch) }), core.timeoutMs, (answer) => acknowledged(core, answer), (error) => failed(core, error));
}

function acknowledged(core: Core, answer: StoreUser): void {
  try {
    checkUser(answer, core.confirmed.id, 'bad_response', 'applied');
  } catch (error) {
    return failed(core, error as PalmError);
  }
  const { ended, writes } = land(core);
  const sent = ended.sent ?? new Map();
  const isKnown = take(core, answer, ended, sent);
  for (const [path, value] of sent) {
    const now = valueOf(answer, path);
    if (isKnown) {
      for (const { edits } of writes) {
        for (const made of edits) if (isSame(made.fields.get(path), value) && made.fields.has(path)) made.fields.set(path, now);
      }
    } else if (!isSame(valueOf(core.confirmed, path), now)) {
      core.unseen.set(path, now);
      core.doubt = core.tick += 1;
    }
  }
  // What is left of those waits in conflicts.
  core.guilty = core.guilty.filter(({ status }) => status !== 'sending');
  for (const write of writes) {
    setStatus(write, 'queued');
    write.sent.clear();
  }
  done(core, writes.map((write) => [write, [...write.fields.keys()].filter((path) => sent.has(path))]), undefined, answer);
  changed(core);
  pump(core);
}

function failed(core: Core, error: PalmError): void {
  const { ended, writes } = land(core);
  const isUnclear = error.outcome === 'unknown' || error.outcome === 'applied';
  if (isUnclear) writes.forEach(mark);
  const isRefused = isRefusal(error);
  // It could not be changed while it was under way.
  reconsiderAll(core, compose(writes.filter((write) => newest(write).undoes !== undefined)).keys());
  if (isUnclear && writes.length < ended.writes.length) core.doubt = core.tick += 1;
  if (writes.length === 0) {
    changed(core);
  } else if (isRefused && ended.writes.length > 1 && !ended.isWhole) {
    for (const write of writes) {
      setStatus(write, 'queued');
      unsend(core, write);
    }
    core.guilty = writes;
    changed(core);
  } else {
    fail(core, error, writes, isRefused);
  }
  pumpSoon(core);
}

/** Whoever was sending these has gone: nobody knows what became of them. `known`: what the server had before. */
export function orphaned(core: Core, writes: readonly Write[], known: Fields): void {
  // Who wrote what is there now, a read will tell.
  const fields = compose(writes);
  core.confirmed = applyPatch(core.confirmed, patchOf(new Map([...known].filter(([path]) => fields.has(path)))), UNLIMITED);
  reconsiderAll(core, compose(writes.filter((write) => newest(write).undoes !== undefined)).keys());
  for (const write of writes) {
    setStatus(write, 'queued');
    unsend(core, write);
  }
  core.isTakenOver = true;
}

/** Ends a flight; gives what is left of it. */
function land(core: Core): { ended: Flight; writes: Write[] } {
  const ended = core.flight as Flight;
  core.isLeaving = false;
  core.flight = undefined;
  return { ended, writes: ended.writes.filter(({ isGone }) => !isGone) };
}

/** An edit that was undone while it was under way is not sent again. */
function unsend(core: Core, write: Write): void {
  const made = newest(write);
  if (!made.isUndone) {
    // Another of its run may have been.
    if (write.edits.length > 1) write.fields = new Map(made.fields);
    return;
  }
  const later = core.queue.find((other) => newest(other).undoes?.edit === made);
  if (later !== undefined) {
    leave(core, [later]);
    supplant(core, write, made, newest(later), later.fields);
  } else {
    const source = made.undoes?.edit ?? made;
    for (const path of write.fields.keys()) write.fields.set(path, core.history.upTo(path, source));
  }
}

function fail(core: Core, error: PalmError, writes: readonly Write[], isRefused: boolean): void {
  for (const write of writes) setStatus(write, 'paused', error);
  core.guilty = [];
  const views = writes.map(viewOf);
  const choice = guarded(() => core.onFailure?.(error, views)) ?? (isRefused ? 'drop' : undefined);
  if (choice === 'drop') {
    if (!writes.every((write) => isUnsent(core, write))) core.doubt = core.tick += 1;
    drop(core, writes, error);
    for (const path of compose(writes).keys()) core.errors.set(path, error);
    while (core.errors.size > MAX_REMEMBERED) core.errors.delete(core.errors.keys().next().value as FieldPath);
    changed(core);
    for (const view of views) guarded(() => core.onError?.(error, view));
    return;
  }
  for (const write of writes) unsend(core, write);
  if (error.outcome === 'applied') core.doubt = core.tick += 1;
  core.goesOn = choice === 'retry' || (choice !== 'pause' && core.retry !== false);
  core.halt ??= 'failed';
  if (core.goesOn && core.halt === 'failed') core.wait.begin(error.retryAfterMs);
  changed(core);
  const report = `${error.code} ${error.status}`;
  if (core.told === report) return;
  core.told = report;
  const [oldest] = views;
  if (oldest !== undefined) guarded(() => core.onError?.(error, oldest));
}

function startRead(core: Core, call: NonNullable<typeof core.read>): void {
  const begun = begin(core);
  const finish = (): boolean => {
    core.reading = undefined;
    // A read that a write has overtaken says nothing of it.
    return core.lastWrite < begun.tick;
  };
  const unread = (error: PalmError): void => {
    finish();
    const [asked, open] = [core.waiters.filter((waiter) => waiter.tick < begun.tick), core.waiters.filter((waiter) => waiter.tick >= begun.tick)];
    core.waiters = open;
    core.isReadHeld = core.doubt > 0 || core.isReadDue;
    if (core.isReadDue && core.halt === undefined) [core.halt, core.goesOn] = ['failed', core.retry !== false];
    if (core.retry !== false && core.halt !== 'asked' && core.isReadHeld && core.wait.at === undefined) core.wait.begin(error.retryAfterMs);
    changed(core);
    for (const { reject } of asked) reject(error);
    pumpSoon(core);
  };
  core.reading = request(
    ({ signal }) => call(core.userId, { signal }),
    core.timeoutMs,
    (user) => {
      try {
        checkUser(user, core.confirmed.id, 'bad_response', 'rejected');
      } catch (error) {
        return unread(error as PalmError);
      }
      if (finish()) {
        core.isReadHeld = false;
        if (take(core, user, begun)) recognise(core);
        else core.doubt = core.tick += 1;
        changed(core);
      }
      pump(core);
    },
    unread,
  );
}
