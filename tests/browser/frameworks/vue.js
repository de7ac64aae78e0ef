import { createApp, h } from 'vue';

import { useMetadata, useUser } from '../../../recipes/vue.js';
import { store } from './store.js';

const app = createApp({
  setup() {
    const snapshot = useUser(store);
    const notes = useMetadata(store, 'notes');
    return () => h('p', [
      h('output', { id: 'language' }, snapshot.value.user.metadata.language),
      h('output', { id: 'pending' }, snapshot.value.pending.length),
      h('input', { id: 'notes', value: notes.value, onInput: (event) => (notes.value = event.target.value) }),
    ]);
  },
});
app.mount('#app');
globalThis.unmount = () => app.unmount();
