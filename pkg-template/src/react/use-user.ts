// A store's snapshot, or a part of it.

import { useMemo, useSyncExternalStore } from 'react';

import type { Snapshot, StoreUser, UserStore } from '../store/types.js';
import type { User } from '../types.js';

/**
 * The snapshot of a store, or what `select` makes of it. The component renders again when
 * that has changed. An object or a list that `select` makes anew is the same one as before
 * while its members are, as long as `select` is the same function.
 *
 * On a server, and while a page hydrates, it is the user as the store was made with,
 * without pending edits.
 *
 * @example
 * ```jsx
 * const { user, pending, paused, retryAt } = useUser(store);
 * const isSaving = useUser(store, ({ pending, paused }) => pending.length > 0 && !paused);
 * ```
 */
export function useUser<U extends StoreUser = User, T = Snapshot<U>>(store: UserStore<U, any>, select?: (snapshot: Snapshot<U>) => T): T {
  const [get, getOnServer] = useMemo(() => [selector(store.getSnapshot, select), selector(store.getServerSnapshot, select)] as const, [store, select]);
  return useSyncExternalStore(store.subscribe, get, getOnServer);
}

/** Selects once a snapshot. */
function selector<S, T>(get: () => S, select: ((snapshot: S) => T) | undefined): () => T {
  let last: S | undefined;
  let selected: T;
  return () => {
    const snapshot = get();
    if (snapshot !== last) {
      const next = select === undefined ? (snapshot as unknown as T) : select(snapshot);
      if (last === undefined || !isAlike(selected, next)) selected = next;
      last = snapshot;
    }
    return selected;
  };
}

function isAlike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && Object.is(a[key as never], b[key as never]));
}
