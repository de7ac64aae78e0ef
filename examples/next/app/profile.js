'use client';

import { createUserStore, getUser, updateUser } from 'palm-user';
import { useField, useUser } from 'palm-user/react';
import { useState } from 'react';

const options = { baseUrl: '/api/palm' };

const makeStore = (user) =>
  createUserStore({
    userId: 'me',
    user,
    send: (id, patch, { signal }) => updateUser(id, patch, { ...options, signal }),
    read: (id, { signal }) => getUser(id, { ...options, signal }),
  });

export function Profile({ user }) {
  const [store] = useState(() => makeStore(user));
  const [name, , nameInput] = useField(store, 'display_name', { debounceMs: 300 });
  const [, , languageInput] = useField(store, 'metadata.language');
  const { pending } = useUser(store);
  const error = pending[0]?.error;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <h1>Hello, {name.value}</h1>
      <label>
        Name <input id="name" {...nameInput} />
      </label>
      <label>
        Language{' '}
        <select id="language" {...languageInput}>
          <option>en</option>
          <option>de</option>
          <option>fr</option>
        </select>
      </label>
      <output id="state">{error?.message ?? (pending.length > 0 ? 'Saving' : 'Saved')}</output>
    </form>
  );
}
