// The page of every deployment: it reads its person, lets them edit their notes,
// and says when they must sign in. Nothing of it knows where it is deployed.

import { createUserStore, getUser, updateUser } from 'palm-user';

const gateway = { baseUrl: '/api/palm' };

export function start() {
  const element = (id) => document.getElementById(id);
  const say = (text) => (element('status').textContent = text);
  let store;

  const show = () => {
    const { user, pending } = store.getSnapshot();
    element('notes').value = user.metadata.notes ?? '';
    const error = pending[0]?.error;
    if (error !== undefined) say(`${error.code}: ${error.message}`);
    else say(pending.length === 0 ? 'saved' : 'saving');
  };

  const read = async () => {
    try {
      const user = await getUser('me', gateway);
      if (store !== undefined) {
        store.receive(user);
        return store.resume();
      }
      store = createUserStore({
        userId: 'me',
        user,
        send: (userId, patch, { signal }) => updateUser(userId, patch, { ...gateway, signal }),
      });
      store.subscribe(show);
      show();
    } catch ({ code, message }) {
      say(`${code}: ${message}`);
    }
  };

  element('sign-in').onclick = async () => {
    await fetch('/session', { method: 'POST' });
    await read();
  };
  element('notes').onchange = ({ target }) => store.edit({ metadata: { notes: target.value } });
  read();
}
