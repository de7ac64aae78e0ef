// One edit: what it writes, and the promise of its end.

import type { PalmError } from '../error.js';
import { fieldsOf, type Fields } from './fields.js';
import type { EditHandle, FieldPath, StoreUser } from './types.js';
import type { UserPatch } from '../types.js';

export interface Edit {
  readonly id: string;
  readonly patch: UserPatch;
  readonly at: number;
  /** What it writes; once stored, what the server made of it. */
  readonly fields: Fields;
  /** Fields in which it no longer counts: undone, discarded or refused. */
  readonly dead: Set<FieldPath>;
  /** Fields that had these values already when it was made. */
  readonly idle: Set<FieldPath>;
  /** For an edit that undoes: the edit that it takes back, or brings back. */
  readonly undoes?: Undoing;
  /** `undo` has nothing left to do. */
  isOver: boolean;
  isUndone: boolean;
  /** So old that nothing is known of what it replaced. */
  isForgotten: boolean;
  /** The edit that it settles with, once it is forgotten. */
  heir?: Edit;
  handle?: EditHandle<StoreUser>;
  settled?: { readonly user: StoreUser } | { readonly error: PalmError };
  promise?: Promise<StoreUser>;
  resolve?: (user: StoreUser | Promise<StoreUser>) => void;
  reject?: (error: PalmError) => void;
}

export interface Undoing {
  readonly edit: Edit;
  readonly paths: readonly FieldPath[];
  /** Whether undoing this one brings `edit` back. */
  readonly revives: boolean;
}

export function createEdit(id: string, patch: UserPatch, at: number, undoes?: Undoing): Edit {
  const edit = { id, patch, at, fields: fieldsOf(patch), dead: new Set<FieldPath>(), idle: new Set<FieldPath>(), isOver: false, isUndone: false, isForgotten: false };
  return undoes === undefined ? edit : { ...edit, undoes };
}

/** The promise of an edit; made when somebody asks for it. */
export function confirmation(edit: Edit): Promise<StoreUser> {
  while (edit.heir !== undefined && edit.promise === undefined) edit = edit.heir;
  if (edit.promise !== undefined) return edit.promise;
  edit.promise = new Promise((resolve, reject) => {
    edit.resolve = resolve;
    edit.reject = reject;
  });
  edit.promise.catch(() => undefined);
  if (edit.settled !== undefined) settle(edit, edit.settled);
  return edit.promise;
}

/** The first end counts. */
export function settle(edit: Edit, end: { readonly user: StoreUser } | { readonly error: PalmError }): void {
  edit.settled ??= end;
  if ('user' in edit.settled) edit.resolve?.(edit.settled.user);
  else edit.reject?.(edit.settled.error);
}

/** Lets go of an edit that settles with a later one. */
export function bequeath(edit: Edit, heir: Edit): void {
  edit.isForgotten = true;
  edit.heir = heir;
  edit.resolve?.(confirmation(heir));
}
