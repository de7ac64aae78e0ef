// An edit undone, as if it had never been made.

import type { Core } from './core.js';
import { settle, type Edit, type Undoing } from './edit.js';
import { end, enqueue, handleOf, isUnderWay, isUnsent, leave, newEdit, newId, pendingEdits, unhalt } from './edits.js';
import { failure } from './failure.js';
import { isBeyondPatches, patchOf, pointerOf, valueOf, type Fields, type Value } from './fields.js';
import { createWrite, newest, type Write } from './queue.js';
import { validatePatch } from '../rules.js';
import { pumpSoon } from './sending.js';
import { changed, overlay } from './shown.js';
import type { EditHandle, FieldPath, StoreUser } from './types.js';
import type { User, UserPatch } from '../types.js';

export function undo(core: Core, made: Edit): { edit?: EditHandle<StoreUser>; lossy: readonly string[] } {
  if (made.isOver || core.isClosed) return { lossy: [] };
  made.isOver = made.isUndone = true;
  const { edit: source, paths, revives } = made.undoes ?? { edit: made, paths: [...made.fields.keys()], revives: false };
  if (made.isForgotten || source.isForgotten) return { lossy: paths.map(pointerOf) };
  const as = newId(core);
  core.shared?.note({ do: 'undo', id: made.id, as });
  core.wantedId = as;
  toggle({ edit: source, paths, revives });
  const write = core.queue.find(({ edits }) => edits.includes(made));
  const isWaiting = write !== undefined && !isUnderWay(core, write);
  const isInPlace = isWaiting && !isUnsent(core, write);
  const isGone = isWaiting && !isInPlace && withdraw(core, write, made);
  // Of what may be stored the old values take the place, whatever is shown.
  const { fields, lossy } = isInPlace ? core.history.replaced(source, paths.filter((path) => write.fields.has(path))) : core.history.restore(source, paths, overlay(core));
  const back = isInPlace ? patchOf(fields) : composeBack(core, fields, lossy);
  toggle({ edit: source, paths: lossy, revives: !revives });
  if (isGone) core.history.remove(made);
  let handle: EditHandle<StoreUser> | undefined;
  if (write !== undefined && (isInPlace || isUnderWay(core, write)) && revive(core, write, made, isInPlace, fields.size > 0)) {
    // What it had taken the place of is back.
  } else if (back !== undefined && fields.size > 0) {
    const undoes = { edit: source, paths: paths.filter((path) => !lossy.includes(path)), revives: !revives };
    const undoing = newEdit(core, back, Date.now(), undoes);
    core.history.add(undoing, () => undefined);
    if (isInPlace) supplant(core, write, made, undoing);
    else enqueue(core, undoing);
    handle = handleOf(core, undoing);
  }
  reconsiderAll(core, paths.filter((path) => core.history.has(path, source)));
  core.wantedId = undefined;
  changed(core);
  pumpSoon(core);
  return { ...(handle && { edit: handle }), lossy: lossy.map(pointerOf) };
}

/** What undoes an edit writes what is meant by the edits before it, without a will of its own. */
export function reconsider(core: Core, path: FieldPath, beneath: Value): void {
  let meant = beneath;
  for (const write of core.queue) {
    if (!write.fields.has(path)) continue;
    const { undoes, isUndone } = newest(write);
    if (undoes === undefined) {
      if (!isUndone) meant = write.fields.get(path);
    } else if (!isUnderWay(core, write) && !isBeyondPatches(path, meant)) {
      write.fields.set(path, meant);
      delete write.view;
    }
  }
}

export function reconsiderAll(core: Core, paths: Iterable<FieldPath>): void {
  const pending = pendingEdits(core);
  for (const path of paths) if (core.history.chains.has(path)) reconsider(core, path, core.history.meant(path, pending));
}

export function toggle({ edit: source, paths, revives }: Undoing): void {
  for (const path of paths) {
    if (revives) source.dead.delete(path);
    else source.dead.add(path);
  }
}

/** Sends again the older edits that had gone with one that is undone; false where there are none. */
export function revive(core: Core, write: Write, made: Edit, isInPlace: boolean, isNeeded: boolean): boolean {
  const rest = write.edits.filter((other) => other !== made && !other.isUndone);
  const last = rest.at(-1);
  if (newest(write) !== made || last === undefined) return false;
  if (!isInPlace && !isNeeded) {
    write.edits = [...write.edits.filter((other) => !rest.includes(other)), ...rest];
    delete write.view;
    return true;
  }
  if (isInPlace) settle(made, { error: failure('aborted', 'The edit was undone.', 'unknown') });
  else {
    write.edits = write.edits.filter((other) => !rest.includes(other));
    // Right behind it: later edits of the field stay later.
    const at = core.queue.indexOf(write) + 1;
    write = createWrite(last);
    core.queue.splice(at, 0, write);
  }
  write.edits = rest;
  write.fields = new Map(last.fields);
  delete write.view;
  return true;
}

/** Puts what undoes an edit in its place in the queue. */
export function supplant(core: Core, write: Write, made: Edit, undoing: Edit, fields = undoing.fields): void {
  if (newest(write) === made) {
    for (const path of write.fields.keys()) write.fields.set(path, fields.has(path) ? fields.get(path) : core.history.upTo(path, made.undoes?.edit ?? made));
    write.edits = [...write.edits.filter((other) => other !== made), undoing];
    settle(made, { error: failure('aborted', 'The edit was undone.', 'unknown') });
  }
  delete write.view;
}

/** Takes an unsent edit out of the queue. Gives whether nothing of it was stored. */
export function withdraw(core: Core, write: Write, made: Edit): boolean {
  write.edits = write.edits.filter((other) => other !== made);
  delete write.view;
  if (write.edits.length > 0) write.fields = new Map(newest(write).fields);
  else leave(core, [write]);
  unhalt(core);
  if (write.user === undefined) {
    settle(made, { error: failure('aborted', 'The edit was undone or discarded before it was sent.') });
    return true;
  }
  end(core, made, { user: write.user });
  return false;
}

/** A patch of fields that are to be as before; what breaks a limit becomes lossy. */
export function composeBack(core: Core, fields: Fields, lossy: FieldPath[]): UserPatch | undefined {
  const user = overlay(core);
  while (fields.size > 0) {
    const patch = patchOf(fields);
    if (validatePatch(patch, { current: user as unknown as User, ...core.limited }).valid) return patch;
    const paths = [...fields.keys()];
    const path = paths.reverse().find((other) => valueOf(user, other) === undefined) ?? (paths[0] as FieldPath);
    fields.delete(path);
    lossy.push(path);
  }
  return undefined;
}
