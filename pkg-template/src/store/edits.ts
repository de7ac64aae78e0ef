// Edits, from being made to their end.

import type { PalmError } from '../error.js';
import { MAX_REMEMBERED, type Core } from './core.js';
import { bequeath, confirmation, createEdit, settle, type Edit, type Undoing } from './edit.js';
import { closed, failure } from './failure.js';
import { isAlike, isSame, valueOf, type Value } from './fields.js';
import { canJoin, compose, createWrite, mark, newest, type Write } from './queue.js';
import { applyPatch, composePatches } from '../rules.js';
import { pump, pumpSoon } from './sending.js';
import { changed, overlay } from './shown.js';
import type { EditHandle, FieldPath, StoreUser } from './types.js';
import { composeBack, reconsiderAll, revive, toggle, undo, withdraw } from './undo.js';
import type { UserPatch } from '../types.js';

/** A copy of the patch, and by the schemas where there are any. */
function written({ metadata, limited, shown }: Core, patch: UserPatch): UserPatch {
  return metadata?.['~conform'](patch, { ...limited, current: shown }, 'page') ?? composePatches({}, patch);
}

export function edit(core: Core, patch: UserPatch, { debounceMs = 0 }: { debounceMs?: number } = {}): EditHandle<StoreUser> {
  if (core.isClosed) throw closed('not_sent');
  // Read once, and copied: a patch that is changed later must not change what is sent.
  const made = newEdit(core, written(core, patch), Date.now());
  const user = applyPatch(core.shown, made.patch, core.limited);
  const dueAt = debounceMs > 0 ? made.at + debounceMs : undefined;
  const paths = [...made.fields.keys()];
  for (const path of paths) if (isConfirmed(core, path, made.fields.get(path))) made.idle.add(path);
  if (made.idle.size === paths.length) {
    core.history.add(made, (path) => valueOf(core.shown, path));
    end(core, made, { user: core.confirmed });
    return handleOf(core, made);
  }
  core.shared?.note({ do: 'edit', id: made.id, at: made.at, patch: made.patch, idle: [...made.idle], ...(dueAt !== undefined && { dueAt }) });
  return begin(core, made, dueAt, user);
}

/** Puts a new edit where it belongs. `user`: what is shown with it. */
export function begin(core: Core, made: Edit, dueAt: number | undefined, user?: StoreUser): EditHandle<StoreUser> {
  core.history.add(made, (path) => valueOf(core.shown, path));
  for (const path of made.fields.keys()) {
    core.errors.delete(path);
    core.conflicts.delete(path);
  }
  enqueue(core, made, dueAt);
  changed(core, user);
  pumpSoon(core);
  return handleOf(core, made);
}

export function discard(core: Core, id: string): void {
  const made = core.history.edits.get(id);
  const write = made && core.queue.find(({ edits }) => edits.includes(made));
  if (write === undefined || made === undefined || core.isClosed) return;
  if (made.isUndone && !isUnsent(core, write)) return;
  core.shared?.note({ do: 'discard', id });
  const isSent = !isUnsent(core, write);
  // One of a run that is under way with a later one of its field: that one counts.
  const isCovered = isUnderWay(core, write) && core.queue.slice(core.queue.indexOf(write) + 1).some((later) => isUnderWay(core, later) && [...write.fields.keys()].some((path) => later.fields.has(path)));
  const hasOthers = write.edits.some((other) => other !== made && !other.isUndone);
  if (hasOthers && (!isUnderWay(core, write) || isCovered)) {
    // The others of its run stay.
    for (const path of made.fields.keys()) made.dead.add(path);
    made.isOver = made.isUndone = true;
    if (!isSent || newest(write) !== made) withdraw(core, write, made);
    else revive(core, write, made, true, true);
    core.history.remove(made);
    if (isSent) core.doubt = core.tick += 1;
  } else if (!isSent) {
    drop(core, [write], failure('aborted', 'The edit was discarded.'));
  } else {
    if (newest(write) === made) revive(core, write, made, false, true);
    // Of what is under way, the answer will tell.
    core.doubt = Math.max(core.doubt, core.flight !== undefined && isUnderWay(core, write) ? core.flight.tick : (core.tick += 1));
    if (isUnderWay(core, write) && core.flight?.writes.filter(({ isGone }) => !isGone).length === 1) core.flight.request?.abort();
    drop(core, [write], failure('aborted', 'The edit was discarded.', 'unknown'));
  }
  changed(core);
  pumpSoon(core);
}

export function handleOf(core: Core, edit: Edit): EditHandle<StoreUser> {
  const { id, patch } = edit;
  return (edit.handle ??= Object.freeze({
    id,
    patch,
    get confirmed() {
      return confirmation(edit);
    },
    undo: () => undo(core, edit),
  }));
}

export function enqueue(core: Core, made: Edit, dueAt?: number): Write {
  const last = core.queue.at(-1);
  let write: Write;
  if (canJoin(last, made) && made.undoes === undefined && !core.guilty.includes(last)) {
    write = last;
    write.edits.push(made);
    write.fields = new Map(made.fields);
    delete write.view;
    if (write.edits.length > MAX_REMEMBERED) {
      const [oldest, heir] = write.edits.splice(0, 1).concat(write.edits[0] ?? []) as [Edit, Edit];
      core.history.remove(oldest);
      bequeath(oldest, heir);
    }
  } else {
    write = createWrite(made);
    core.queue.push(write);
  }
  defer(core, write, dueAt);
  return write;
}

/** Lets a write wait until a time. */
export function defer(core: Core, write: Write, dueAt?: number): void {
  clearTimeout(write.timer);
  delete write.dueAt;
  write.isDue = dueAt === undefined;
  if (dueAt === undefined) return;
  write.dueAt = dueAt;
  write.timer = setTimeout(() => {
    write.isDue = true;
    pump(core);
  }, Math.max(dueAt - Date.now(), 0));
}

/** A new edit; or the one of that ID that somebody holds, as good as new. */
export function newEdit(core: Core, patch: UserPatch, at: number, undoes?: Undoing): Edit {
  const made = createEdit(newId(core), patch, at, undoes);
  const known = core.known.get(made.id);
  return known === undefined ? made : Object.assign(known, made);
}

export function newId(core: Core): string {
  let id = core.wantedId;
  core.wantedId = undefined;
  if (id !== undefined) return id;
  do id = core.idPrefix + (core.ids += 1).toString(36);
  while (core.history.edits.has(id));
  return id;
}

/** An edit that is pending no longer, and that can be undone. */
export function end(core: Core, made: Edit, result: { user: StoreUser }): void {
  settle(made, result);
  core.history.keep(made);
}

export function leave(core: Core, writes: readonly Write[]): void {
  for (const write of writes) {
    clearTimeout(write.timer);
    write.isGone = true;
  }
  core.queue = core.queue.filter(({ isGone }) => !isGone);
  core.guilty = core.guilty.filter(({ isGone }) => !isGone);
  for (const path of core.conflicts.keys()) if (!core.queue.some(({ fields }) => fields.has(path))) core.conflicts.delete(path);
}

/** Goes on once nothing is left of what halted it. */
export function unhalt(core: Core): void {
  if (core.halt !== 'failed' || core.queue.some(({ status }) => status === 'paused')) return;
  core.halt = undefined;
  if (!core.isReadHeld) core.wait.end();
}

/** Whether the server is known to have this value, and nothing is under way to change it. */
function isConfirmed(core: Core, path: FieldPath, value: Value): boolean {
  return core.doubt === 0 && isSame(valueOf(core.confirmed, path), value) && !core.unseen.has(path) && !core.queue.some(({ fields }) => fields.has(path));
}

export function isUnderWay(core: Core, write: Write): boolean {
  return core.flight?.sent !== undefined && write.status === 'sending';
}

/** Nothing of it is with the server, nor can it be. */
export function isUnsent(core: Core, write: Write): boolean {
  return write.sent.size === 0 && !isUnderWay(core, write);
}

/** Values of a write that the server may have stored. */
export function sentOf(core: Core, write: Write): ReadonlyMap<FieldPath, Value[]> {
  const copy = { ...write, sent: new Map(write.sent) };
  if (isUnderWay(core, write)) mark(copy);
  return copy.sent;
}

/** The same, and what edits that were given up may have left in its fields. */
export function strayed(core: Core, write: Write): ReadonlyMap<FieldPath, Value[]> {
  const values = new Map(sentOf(core, write));
  for (const path of write.fields.keys()) {
    const stray = core.strays.get(path);
    if (stray !== undefined) values.set(path, [...(values.get(path) ?? []), ...stray]);
  }
  return values;
}

export function pendingEdits(core: Core): Set<Edit> {
  return new Set(core.queue.flatMap(({ edits }) => edits));
}

/** Gives writes up for good, as if their edits had never been made. */
export function drop(core: Core, writes: readonly Write[], error: PalmError): void {
  const edits = writes.flatMap((write) => write.edits);
  for (const write of writes) {
    for (const [path, values] of sentOf(core, write)) core.strays.set(path, [...(core.strays.get(path) ?? []), ...values]);
    for (const made of write.edits) {
      made.isOver = write.user === undefined;
      // A part of it may be stored, and stays.
      if (made.undoes === undefined) for (const path of (made.isOver ? made : write).fields.keys()) made.dead.add(path);
      // What was told to be given up does not come back.
      else if (!('error' in (made.undoes.edit.settled ?? {}))) toggle(made.undoes);
    }
  }
  leave(core, writes);
  unhalt(core);
  const paths = [...compose(writes).keys()];
  reconsiderAll(core, paths);
  // Unless that is what was refused.
  const isKnown = edits.some(({ id }) => core.history.edits.has(id));
  // What still waits for its field is sent anyway.
  const isStray = (path: FieldPath, value: Value): boolean => !core.queue.some(({ fields }) => fields.has(path)) && (core.strays.get(path) ?? []).some((stray) => !isAlike(stray, value));
  const back = isKnown ? composeBack(core, core.history.mend(paths, new Set(edits), overlay(core), isStray), []) : undefined;
  for (const write of writes) {
    // The newest first: the older ones had gone with it.
    for (const made of [...write.edits].reverse()) {
      settle(made, { error });
      if (made.isOver) core.history.remove(made, made.isUndone && made.undoes === undefined && !isUnsent(core, write));
      else core.history.keep(made);
    }
  }
  if (back === undefined) return;
  const made = newEdit(core, back, Date.now());
  made.isOver = true;
  enqueue(core, made);
}
