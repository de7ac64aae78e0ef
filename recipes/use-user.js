import { useSyncExternalStore } from 'react';

/** The state of a store, and its edit. */
export function useUser(store) {
  const { user, pending, paused, retryAt } = useSyncExternalStore(
    store.subscribe,
    store.getSnapshot,
    store.getSnapshot,
  );
  // While the store is paused, it is not saving: say so, and when it tries again.
  return { user, isSaving: pending.length > 0 && !paused, paused, retryAt, edit: store.edit };
}
