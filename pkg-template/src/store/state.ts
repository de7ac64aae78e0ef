// The queue as JSON, between two pages.

import { composePatches } from '../rules.js';
import { failure } from './failure.js';
import type { Value } from './fields.js';
import type { FieldPath } from './types.js';
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

export function stored(value: Value): Stored {
  return value === undefined ? [] : [value];
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
