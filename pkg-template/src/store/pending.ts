// Edits that the server has not confirmed, and what they make of a user.

import type { PalmError } from '../error.js';
import { applyPatch, invertPatch } from '../rules.js';
import type { PendingEdit } from './types.js';
import type { Limits, User, UserPatch } from '../types.js';

export interface Entry {
  readonly id: string;
  readonly patch: UserPatch;
  status: PendingEdit['status'];
  error?: PalmError;
  /** It was sent once and nobody knows what became of it. */
  mayBeStored: boolean;
  /** Its batch was rejected: it is sent by itself, so that only the guilty edit goes. */
  alone: boolean;
  readonly resolve: (user: User) => void;
  readonly reject: (error: PalmError) => void;
}

/** The shown user may pass the limit after another writer's change; sending may not. */
const UNLIMITED: Limits = { maxKeys: 0xffff_ffff };

export function view({ id, patch, status, error }: Entry): PendingEdit {
  return Object.freeze({ id, patch, status, ...(error === undefined ? {} : { error }) });
}

/** What is shown: the edits applied in their order. */
export function overlay(user: User, queue: readonly Entry[]): User {
  return queue.reduce((shown, { patch }) => applyPatch(shown, patch, { limits: UNLIMITED }), user);
}

/** Whether a user already is as the patch would have it. */
export function isStored(patch: UserPatch, user: User): boolean {
  return applyPatch(user, patch, { limits: UNLIMITED }) === user;
}

/** The inverse of an edit, without what was written after it. */
export function guardedInverse(patch: UserPatch, before: User, shown: User): UserPatch | undefined {
  const inverse = invertPatch(patch, before).patch;
  const guarded: UserPatch = {};
  const keys = Object.entries(inverse.metadata ?? {}).filter(([key]) =>
    isStored({ metadata: only(patch.metadata ?? {}, key) }, shown),
  );
  if (keys.length > 0) guarded.metadata = Object.fromEntries(keys);
  if (inverse.display_name !== undefined && patch.display_name === shown.display_name) {
    guarded.display_name = inverse.display_name;
  }
  return Object.keys(guarded).length === 0 ? undefined : guarded;
}

/** One own member, even one named `__proto__`. */
function only<T>(object: Record<string, T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name === key));
}
