import { createUserStore, getUser, persist, updateUser, type User, type UserStore } from 'palm-user';

import { metadata } from './metadata';

const options = { baseUrl: '/api/palm' };

/** Whoever is signed in; throws a PalmError `signed_out` if that is nobody. */
export const readUser = (): Promise<User> => getUser('me', options);

/** Edits outlive a reload, and all tabs share them. The key keeps people of one browser apart. */
export function makeStore(user: User): UserStore {
  return createUserStore({
    userId: 'me',
    user,
    metadata,
    send: (id, patch, { signal }) => updateUser(id, patch, { ...options, signal }),
    read: (id, { signal }) => getUser(id, { ...options, signal }),
    persist: persist({ key: `profile-${user.id}`, onClear: () => location.reload() }),
  });
}
