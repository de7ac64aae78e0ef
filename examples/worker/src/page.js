import { createUserStore, getUser, isPalmError, updateUser } from 'palm-user';

const element = (id) => document.getElementById(id);

/** The token is for this tab, until it is closed. */
const options = () => {
  const token = sessionStorage.getItem('token');
  return { baseUrl: '/api/palm', headers: token === null ? {} : { authorization: `Bearer ${token}` } };
};

const store = createUserStore({
  userId: 'me',
  send: (id, patch, { signal }) => updateUser(id, patch, { ...options(), signal }),
  read: (id, { signal }) => getUser(id, { ...options(), signal }),
});

function show() {
  const { user, pending, paused } = store.getSnapshot();
  element('sign-in').hidden = user !== undefined && paused?.code !== 'signed_out';
  element('profile').hidden = user === undefined;
  if (user === undefined) return;
  for (const [id, value] of [['name', user.display_name], ['language', user.metadata.language], ['notes', user.metadata.notes]]) {
    if (document.activeElement !== element(id)) element(id).value = value ?? '';
  }
  const error = pending[0]?.error;
  element('state').value = error?.message ?? (pending.length > 0 ? 'Saving' : 'Saved');
}

store.subscribe(show);
element('name').onchange = ({ target }) => store.edit({ display_name: target.value });
element('language').onchange = ({ target }) => store.edit({ metadata: { language: target.value } });
element('notes').onchange = ({ target }) => store.edit({ metadata: { notes: target.value === '' ? null : target.value } });
element('sign-in').onclick = async () => {
  const { token } = await (await fetch('/session', { method: 'POST' })).json();
  sessionStorage.setItem('token', token);
  await read();
  // What waited for a session goes on.
  store.resume();
};

async function read() {
  try {
    await store.refetch();
  } catch (error) {
    if (!isPalmError(error, 'signed_out')) element('state').value = error.message;
  }
  show();
}

await read();
