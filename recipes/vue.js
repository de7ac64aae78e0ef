import { computed, onScopeDispose, shallowRef } from 'vue';

/** The snapshot of a store, as long as the component lives. */
export function useUser(store) {
  const snapshot = shallowRef(store.getSnapshot());
  onScopeDispose(store.subscribe(() => (snapshot.value = store.getSnapshot())));
  return snapshot;
}

/** One key of the metadata, for `v-model`. */
export function useMetadata(store, key) {
  const snapshot = useUser(store);
  return computed({
    get: () => snapshot.value.user.metadata[key],
    set: (value) => store.edit({ metadata: { [key]: value } }, { debounceMs: 300 }),
  });
}
