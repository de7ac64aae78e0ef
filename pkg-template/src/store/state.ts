// The state of a store between two pages.

import { PalmError, isPalmError } from '../error.js';
import { composePatches } from '../rules.js';
import type { User, UserPatch } from '../types.js';

/** What `dehydrate` gives. Statuses are left out: after a reload nothing is under way. */
export interface StoredState {
  readonly version: 1;
  readonly confirmed: User;
  readonly pending: readonly { readonly id: string; readonly patch: UserPatch }[];
  readonly paused: boolean;
  readonly needsRefetch: boolean;
}

/** Checks a state that comes from storage, which anybody can have written. */
export function readState(value: unknown): StoredState {
  const state = value as Partial<StoredState> | null;
  const isState =
    typeof state === 'object' &&
    state !== null &&
    state.version === 1 &&
    typeof state.confirmed?.id === 'string' &&
    typeof state.confirmed.updated_at === 'string' &&
    Array.isArray(state.pending) &&
    typeof state.paused === 'boolean' &&
    typeof state.needsRefetch === 'boolean' &&
    state.pending.every((edit) => typeof edit?.id === 'string' && isPatch(edit.patch));
  if (isState) return state as StoredState;
  throw new PalmError({
    code: 'invalid_value',
    message: 'The state is not one that dehydrate made; start from a user instead.',
    outcome: 'not_sent',
  });
}

function isPatch(patch: unknown): boolean {
  try {
    composePatches({}, patch as UserPatch);
    return true;
  } catch (error) {
    if (isPalmError(error)) return false;
    throw error;
  }
}
