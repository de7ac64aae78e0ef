import { createSignal, onCleanup } from 'solid-js';

/** The snapshot of a store as a signal, as long as its owner lives. */
export function useUser(store) {
  const [snapshot, setSnapshot] = createSignal(store.getSnapshot());
  onCleanup(store.subscribe(() => setSnapshot(store.getSnapshot())));
  return snapshot;
}
