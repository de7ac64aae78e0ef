// What is shown, and who is told of it.

import type { Core } from './core.js';
import { giveUp } from './users.js';
import { failure } from './failure.js';
import { isSame, isTextField, patchOf, valueOf } from './fields.js';
import { TEXT_FIELDS } from '../generated.js';
import { compose, viewOf } from './queue.js';
import { applyPatch, validatePatch } from '../rules.js';
import { watchLeaving } from './leaving.js';
import { pump } from './sending.js';
import type { Conflict, FieldPath, FieldState, Snapshot, StoreUser } from './types.js';
import type { User } from '../types.js';

/** The shown user may pass the limit after another writer's change; sending may not. */
export const UNLIMITED = { limits: { maxKeys: 0xffff_ffff } };

/** Ends every change: what is shown is computed anew, and told once. */
export function changed(core: Core, user?: StoreUser): void {
  core.shown = user ?? overlay(core);
  core.snapshot = undefined;
  // An edit that was valid as it was made leaves nothing new to find.
  if (user === undefined || core.issues.length > 0) {
    const patch = patchOf(compose(core.queue, core.conflicts));
    core.issues = core.queue.length === 0 ? [] : validatePatch(patch, { current: core.confirmed as User, ...core.limited }).errors;
  }
  if (core.isQuiet) return;
  watchLeaving(core);
  core.shared?.changed();
  core.listeners.tell();
}

export function getSnapshot(core: Core): Snapshot<StoreUser> {
  return (core.snapshot ??= Object.freeze({
    user: core.shown,
    confirmed: core.confirmed,
    pending: Object.freeze(core.queue.map(viewOf)),
    issues: core.issues,
    paused: core.halt !== undefined,
    ...(core.wait.at !== undefined && { retryAt: core.wait.at }),
    conflicts: Object.freeze([...core.conflicts.keys()].map((path) => conflictOf(core, path))),
    needsRefetch: core.doubt > 0,
  }));
}

/** What is shown of a user without edits. */
export function snapshotOf(user: StoreUser): Snapshot<StoreUser> {
  return Object.freeze({ user, confirmed: user, pending: [], issues: [], paused: false, conflicts: [], needsRefetch: false });
}

export function field(core: Core, path: FieldPath): FieldState {
  if (!isTextField(path) && !/^metadata\../s.test(path)) {
    throw failure('invalid_value', `A field is ${TEXT_FIELDS.join(', ')}, or metadata. and a key.`);
  }
  const writes = core.queue.filter((write) => write.fields.has(path));
  const error = writes.reverse().find((write) => write.error !== undefined)?.error ?? core.errors.get(path);
  const next = { value: valueOf(core.shown, path), confirmed: valueOf(core.confirmed, path), isPending: writes.length > 0, ...(error && { error }) };
  const known = core.fieldStates.get(path);
  const isKnown = known !== undefined && known.error === error && known.isPending === next.isPending && isSame(known.value, next.value) && isSame(known.confirmed, next.confirmed);
  if (isKnown) return known;
  core.fieldStates.set(path, Object.freeze(next));
  return next;
}

export function overlay(core: Core): StoreUser {
  const fields = compose(core.queue, undefined, new Map(core.unseen));
  return fields.size === 0 ? core.confirmed : applyPatch(core.confirmed, patchOf(fields), UNLIMITED);
}

function conflictOf(core: Core, path: FieldPath): Conflict {
  const conflict = core.conflicts.get(path);
  const end = (choice: 'mine' | 'theirs'): void => {
    // Only the one that was shown.
    if (conflict === undefined || core.conflicts.get(path) !== conflict || core.isClosed) return;
    resolve(core, path, choice);
  };
  return Object.freeze({ path, mine: valueOf(core.shown, path), theirs: conflict?.theirs, base: conflict?.base, resolve: end });
}

export function resolve(core: Core, path: FieldPath, choice: 'mine' | 'theirs'): void {
  if (!core.conflicts.has(path)) return;
  core.shared?.note({ do: 'resolve', path, choice });
  core.conflicts.delete(path);
  if (choice === 'theirs') giveUp(core, path, failure('aborted', 'The edit was given up for what somebody else wrote.'));
  changed(core);
  pump(core);
}
