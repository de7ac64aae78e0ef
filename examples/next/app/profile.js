'use client';

import { createUserStore, getUser, updateUser } from 'palm-user';
import { useState, useSyncExternalStore } from 'react';

const options = { baseUrl: '/api/palm' };

const makeStore = (user) =>
  createUserStore({
    userId: 'me',
    user,
    send: (id, patch, { signal }) => updateUser(id, patch, { ...options, signal }),
    read: (id, { signal }) => getUser(id, { ...options, signal }),
  });

export function Profile({ user: initial }) {
  const [store] = useState(() => makeStore(initial));
  const { user, pending } = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  const error = pending[0]?.error;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <label>
        Name <input id="name" defaultValue={user.display_name} onBlur={({ target }) => store.edit({ display_name: target.value })} />
      </label>
      <label>
        Language{' '}
        <select id="language" value={user.metadata.language} onChange={({ target }) => store.edit({ metadata: { language: target.value } })}>
          {['en', 'de', 'fr'].map((language) => (
            <option key={language}>{language}</option>
          ))}
        </select>
      </label>
      <h1>Hello, {user.display_name}</h1>
      <output id="state">{error?.message ?? (pending.length > 0 ? 'Saving' : 'Saved')}</output>
    </form>
  );
}
