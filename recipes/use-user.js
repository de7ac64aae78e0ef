import { useSyncExternalStore } from 'react';

/** The state of a store, and its edit. */
export function useUser(store) {
  const { user, pending, paused } = useSyncExternalStore(
    store.subscribe,
    store.getSnapshot,
    store.getSnapshot,
  );
  return { user, isSaving: pending.length > 0, paused, edit: store.edit };
}
