import { createUserStore, getUser, isPalmError, updateUser } from 'palm-user';

const element = (id) => document.getElementById(id);
let store;

/** The token is for this tab, until it is closed. */
const options = () => {
  const token = sessionStorage.getItem('token');
  return { baseUrl: '/api/palm', headers: token === null ? {} : { authorization: `Bearer ${token}` } };
};

async function open() {
  try {
    store = createUserStore({
      userId: 'me',
      user: await getUser('me', options()),
      send: (id, patch, { signal }) => updateUser(id, patch, { ...options(), signal }),
      read: (id, { signal }) => getUser(id, { ...options(), signal }),
    });
    store.subscribe(show);
    show();
  } catch (error) {
    if (!isPalmError(error, 'signed_out')) throw error;
    element('sign-in').hidden = false;
  }
}

function show() {
  const { user, pending } = store.getSnapshot();
  const error = pending[0]?.error;
  element('profile').hidden = false;
  element('sign-in').hidden = error?.code !== 'signed_out';
  element('state').value = error?.message ?? (pending.length > 0 ? 'Saving' : 'Saved');
  for (const [id, value] of [['name', user.display_name], ['language', user.metadata.language], ['notes', user.metadata.notes]]) {
    if (document.activeElement !== element(id)) element(id).value = value ?? '';
  }
}

element('name').onchange = ({ target }) => store.edit({ display_name: target.value });
element('language').onchange = ({ target }) => store.edit({ metadata: { language: target.value } });
element('notes').onchange = ({ target }) => store.edit({ metadata: { notes: target.value === '' ? null : target.value } });
element('sign-in').onclick = async () => {
  const { token } = await (await fetch('/session', { method: 'POST' })).json();
  sessionStorage.setItem('token', token);
  element('sign-in').hidden = true;
  // What waited for a session goes on.
  if (store !== undefined) store.resume();
  else await open();
};

open();
