import { readable } from 'svelte/store';

/** The snapshot of a user store as a Svelte store: `$user.user.metadata.notes`. */
export function userOf(store) {
  return readable(store.getSnapshot(), (set) => {
    set(store.getSnapshot());
    return store.subscribe(() => set(store.getSnapshot()));
  });
}
