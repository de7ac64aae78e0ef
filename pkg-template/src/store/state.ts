// The queue as JSON, between two pages.

import type { Core } from './core.js';
import { createEdit } from './edit.js';
import { enqueue, pendingEdits, strayed } from './edits.js';
import { failure } from './failure.js';
import { isAlike, isSame, patchOf, valueOf, type Value } from './fields.js';
import { compareInstants } from './instant.js';
import { compose } from './queue.js';
import { applyPatch, composePatches } from '../rules.js';
import { UNLIMITED } from './shown.js';
import type { FieldPath } from './types.js';
import { foreign, recognise } from './users.js';
import type { UserPatch } from '../types.js';

/** A value, or nothing where the field is absent: JSON has no undefined. */
export type Stored = readonly [] | readonly [Value];

/** What `dehydrate` gives. */
export interface StoredState {
  readonly version: 2;
  readonly userId: string;
  /** The `id` in answers. */
  readonly id: string;
  /** Of the user that was confirmed. */
  readonly updated_at: string;
  readonly paused: boolean;
  /** By field: what the server had, and what the field holds without the pending edits. */
  readonly fields: readonly (readonly [path: FieldPath, confirmed: Stored, before: Stored])[];
  /** Oldest first. */
  readonly edits: readonly StoredEdit[];
}

export interface StoredEdit {
  readonly id: string;
  readonly at: number;
  readonly patch: UserPatch;
  /** Values that it was sent with, and that may be stored. */
  readonly sent?: readonly (readonly [path: FieldPath, values: readonly Stored[]])[];
  /** Fields in which it changed nothing when it was made. */
  readonly idle?: readonly FieldPath[];
  /** It undoes another. */
  readonly undo?: true;
  /** It was undone. */
  readonly over?: true;
}

function stored(value: Value): Stored {
  return value === undefined ? [] : [value];
}

export function dehydrate(core: Core): StoredState {
  const pending = pendingEdits(core);
  return {
    version: 2,
    userId: core.userId,
    id: core.confirmed.id,
    updated_at: core.confirmed.updated_at,
    paused: core.halt === 'asked',
    fields: [...compose(core.queue)].map(([path, value]) => {
      const conflict = core.conflicts.get(path);
      // A conflict is found again by what it began with.
      if (conflict !== undefined) return [path, stored(conflict.base), stored(conflict.base)];
      // Of a field without edits that count, what undoes one says what is meant.
      return [path, stored(valueOf(core.confirmed, path)), stored(core.history.chains.has(path) ? core.history.meant(path, pending) : value)];
    }),
    edits: core.queue.flatMap((write) =>
      write.edits.map(({ id, at, patch, undoes, isUndone, idle }): StoredEdit => ({
        id,
        at,
        patch: write.edits.length > 1 ? patch : patchOf(write.fields),
        ...(strayed(core, write).size > 0 && { sent: [...strayed(core, write)].map(([path, values]) => [path, values.map(stored)] as const) }),
        ...(undoes !== undefined && { undo: true }),
        ...(idle.size > 0 && { idle: [...idle] }),
        ...(isUndone && { over: true }),
      })),
    ),
  };
}

export function restore(core: Core, { fields, edits, updated_at: time }: StoredState): void {
  const known = new Map(fields.map(([path, value, before]) => [path, { value: value[0], before: before[0] }]));
  for (const [path, { value, before }] of known) if (!isAlike(value, before)) core.history.bury(path, before);
  for (const { id, at, patch, sent, idle = [], undo: isUndo, over: isOver } of edits) {
    const source = { edit: createEdit('', {}, 0), paths: [], revives: false };
    const made = createEdit(id, composePatches({}, patch), at, isUndo === true ? source : undefined);
    made.isOver = isOver === true || isUndo === true;
    core.history.edits.set(id, made);
    if (isUndo !== true) core.history.add(made, (path) => (known.has(path) ? known.get(path)?.before : valueOf(core.confirmed, path)));
    made.isUndone = isOver === true;
    for (const path of idle) made.idle.add(path);
    if (isOver === true) for (const path of made.fields.keys()) made.dead.add(path);
    enqueue(core, made);
    const write = core.queue.at(-1);
    if (write === undefined) continue;
    write.sent = new Map(sent?.map(([path, values]) => [path, values.map(([value]) => value)]));
  }
  if (compareInstants(core.confirmed.updated_at, time) < 0) {
    // The user is older than the state, unless a clock went back: a read must come first, and it says who wrote what.
    core.confirmed = applyPatch(core.confirmed, patchOf(new Map([...known].map(([path, { value }]) => [path, value]))), UNLIMITED);
    core.isTakenOver = true;
    core.doubt = core.tick += 1;
    return;
  }
  for (const [path, { value }] of known) {
    if (!isSame(value, valueOf(core.confirmed, path))) foreign(core, path, valueOf(core.confirmed, path));
  }
  recognise(core);
}

/** Checks a state that comes from storage, which anybody can have written. */
export function readState(value: unknown, userId: string, id: string): StoredState {
  const state = value as Partial<StoredState> | null;
  const ids = new Set<unknown>();
  const isState =
    state?.version === 2 &&
    typeof state.updated_at === 'string' &&
    typeof state.paused === 'boolean' &&
    isList(state.fields, ([path, confirmed, before]) => typeof path === 'string' && isList(confirmed) && isList(before)) &&
    isList(state.edits, (edit) => typeof edit.id === 'string' && Number.isFinite(edit.at) && ids.add(edit.id) && isPatch(edit.patch) && isList(edit.idle ?? []) && isList(edit.sent ?? [], ([path, values]) => typeof path === 'string' && isList(values, (value) => isList(value)))) &&
    ids.size === state.edits.length;
  if (!isState) throw failure('invalid_value', 'The state is not one that dehydrate made; start without it.');
  if (state.userId !== userId || state.id !== id) throw failure('invalid_value', 'The state is of another user.');
  return state as StoredState;
}

function isList<T>(value: readonly T[] | undefined, isItem: (item: T) => unknown = () => true): value is readonly T[] {
  try {
    return Array.isArray(value) && value.every(isItem);
  } catch {
    return false;
  }
}

/** Throws where it is none. */
function isPatch(patch: UserPatch): true {
  composePatches({}, patch);
  return true;
}
