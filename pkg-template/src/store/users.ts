// Users of the server's: what they say of the confirmed user and of the queue.

import type { PalmError } from '../error.js';
import type { Begun, Core } from './core.js';
import { settle } from './edit.js';
import { end, leave, unhalt } from './edits.js';
import { checkUser } from './failure.js';
import { isAlike, isSame, valueOf, type Fields, type Value } from './fields.js';
import { TEXT_FIELDS } from '../generated.js';
import { compareInstants } from './instant.js';
import { mayHold, newest, type Write } from './queue.js';
import { pumpSoon } from './sending.js';
import { changed } from './shown.js';
import type { FieldPath, StoreUser } from './types.js';
import { reconsider } from './undo.js';

export function receive(core: Core, user: StoreUser): 'applied' | 'stale' | 'ambiguous' {
  checkUser(user, core.confirmed.id, 'invalid_value');
  const order = core.isClosed ? -1 : compareInstants(user.updated_at, core.confirmed.updated_at);
  if (order < 0) return 'stale';
  const isNothing = order === 0 && isSame(user, core.confirmed);
  const isRicher = order === 0 && !isNothing && isSame(user.metadata, core.confirmed.metadata) && TEXT_FIELDS.every((field) => isSame(user[field] ?? null, core.confirmed[field] ?? null));
  const isNewer = order > 0 || isRicher;
  if (isNewer) {
    core.shared?.given(user);
    core.revision += 1;
    adopt(core, user);
    core.knownAt = Date.now();
    recognise(core);
  }
  // Nobody but the store knows when its reads began.
  const wasInDoubt = core.doubt > 0;
  if (isNewer || isNothing) core.doubt = core.read === undefined && !isRicher ? 0 : core.doubt;
  if (isRicher || !(isNewer || isNothing)) core.doubt = core.tick += 1;
  if (isNewer || wasInDoubt !== core.doubt > 0) changed(core);
  pumpSoon(core);
  return isNewer || isNothing ? 'applied' : 'ambiguous';
}

/** Takes what a request of the store's own brought; false where nobody can tell whether it is newer than what came meanwhile. */
export function take(core: Core, user: StoreUser, begun: Begun, own?: Fields): boolean {
  // What was asked for after the store knew of another is newer, whatever its clock says.
  core.isClockBack ||= compareInstants(user.updated_at, begun.known) < 0;
  const isAlone = begun.revision === core.revision;
  const isNewer = isAlone || compareInstants(user.updated_at, core.confirmed.updated_at) > 0 || isSame(user, core.confirmed) || (own === undefined && core.isClockBack);
  if (!isNewer) return false;
  adopt(core, user, own);
  core.knownAt = Date.now();
  core.isTakenOver = false;
  core.wait.reset();
  core.told = undefined;
  if (begun.tick >= core.doubt) {
    core.doubt = 0;
    core.strays.clear();
  }
  const [answered, open] = [core.waiters.filter((waiter) => waiter.tick < begun.tick), core.waiters.filter((waiter) => waiter.tick >= begun.tick)];
  core.waiters = open;
  for (const { resolve } of answered) resolve(core.confirmed);
  return true;
}

/** What was of unknown outcome, and is there now, has been stored, unless an older edit of the same field is kept. */
export function recognise(core: Core): void {
  const kept = new Set<FieldPath>();
  const found: [Write, FieldPath[]][] = [];
  for (const write of core.queue) {
    const paths = [...write.fields.keys()];
    const isThere = write.status !== 'sending' && paths.every((path) => {
      const value = valueOf(core.confirmed, path);
      return !kept.has(path) && !core.conflicts.has(path) && isAlike(write.fields.get(path), value) && mayHold(write, path, value);
    });
    if (isThere) found.push([write, paths]);
    else for (const path of paths) kept.add(path);
  }
  for (const [write, paths] of found) for (const path of paths) newest(write).fields.set(path, valueOf(core.confirmed, path));
  done(core, found);
}

/** Leaves a field as it is with the server. */
export function giveUp(core: Core, path: FieldPath, error?: PalmError): void {
  const writes = core.queue.filter(({ fields }) => fields.has(path));
  if (error !== undefined) for (const made of writes.flatMap(({ edits }) => edits)) made.dead.add(path);
  done(core, writes.map((write) => [write, [path]]), error);
}

/** Fields of writes that are stored, or given up. When none is left, the edits have come to their end. */
export function done(core: Core, entries: readonly (readonly [Write, readonly FieldPath[]])[], error?: PalmError, answer = core.confirmed): void {
  for (const [write, paths] of entries) {
    for (const path of paths) write.fields.delete(path);
    if (error === undefined) write.user = answer;
  }
  const over = entries.map(([write]) => write).filter(({ fields }) => fields.size === 0);
  leave(core, over);
  unhalt(core);
  for (const { edits, user } of over) {
    for (const made of edits) {
      if (user !== undefined) end(core, made, { user });
      else if (error !== undefined) {
        settle(made, { error });
        made.isOver = true;
        core.history.remove(made);
      }
    }
  }
}

/** Takes a user for the confirmed one. What changed in it, and is not our own doing, somebody else wrote. */
export function adopt(core: Core, user: StoreUser, own?: ReadonlyMap<FieldPath, unknown>): void {
  for (const path of [...core.history.chains.keys()]) {
    const theirs = valueOf(user, path);
    if (own?.has(path) || isSame(valueOf(core.confirmed, path), theirs)) continue;
    foreign(core, path, theirs);
  }
  core.confirmed = user;
  core.behind = 0;
  core.unseen = new Map();
}

export function foreign(core: Core, path: FieldPath, theirs: Value): void {
  const writes = core.queue.filter(({ fields }) => fields.has(path));
  const isOurs = writes.some((write) => mayHold(write, path, theirs) || (write.status === 'sending' && isAlike(write.fields.get(path), theirs)));
  // Of what another tab is sending, that tab will tell.
  const isElsewhere = core.flight === undefined && writes.some(({ status }) => status === 'sending');
  if (isOurs || isElsewhere) return;
  // To undo is to leave alone what somebody else has changed since.
  reconsider(core, path, theirs);
  const pending = new Set(writes.flatMap(({ edits }) => edits));
  const replaced = core.conflicts.has(path) ? core.conflicts.get(path)?.base : core.history.meant(path, pending);
  core.history.reset(path, theirs, pending);
  const last = writes.at(-1);
  if (last === undefined || writes.some(({ status }) => status === 'sending')) return;
  const isOpen = core.conflicts.delete(path);
  const mine = last.fields.get(path);
  if (isSame(replaced, theirs) || core.strays.get(path)?.some((value) => isAlike(value, theirs))) return;
  // An old edit that changed nothing here has nothing to say.
  const isIdle = writes.length === 1 && newest(last).idle.has(path);
  if (isAlike(mine, theirs)) {
    if (isOpen) giveUp(core, path);
    return;
  }
  if (!isOpen && Date.now() - newest(last).at <= core.staleAfterMs) return;
  if (isIdle) giveUp(core, path);
  else core.conflicts.set(path, { base: replaced, theirs });
}
