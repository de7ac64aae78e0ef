import h from 'solid-js/h';
import { render } from 'solid-js/web';

import { useUser } from '../../../recipes/solid.js';
import { store } from './store.js';

function Page() {
  const snapshot = useUser(store);
  return h('p', [
    h('output', { id: 'language' }, () => snapshot().user.metadata.language),
    h('output', { id: 'pending' }, () => snapshot().pending.length),
    h('input', { id: 'notes', value: () => snapshot().user.metadata.notes, onInput: (event) => store.edit({ metadata: { notes: event.currentTarget.value } }, { debounceMs: 300 }) }),
  ]);
}
globalThis.unmount = render(() => h(Page), document.getElementById('app'));
