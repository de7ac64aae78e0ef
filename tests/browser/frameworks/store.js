// The store of each framework's page, and how many listen to it.

import { createUserStore, getUser, updateUser } from 'palm-user';

const { sandbox, id, key } = Object.fromEntries(new URLSearchParams(location.search));
const options = { baseUrl: sandbox, headers: { authorization: `Bearer ${key}` } };

const made = createUserStore({
  userId: id,
  user: await getUser(id, options),
  send: (userId, patch, { signal }) => updateUser(userId, patch, { ...options, signal }),
});
globalThis.listeners = 0;
export const store = {
  ...made,
  subscribe: (listener) => {
    globalThis.listeners += 1;
    const end = made.subscribe(listener);
    return () => {
      globalThis.listeners -= 1;
      end();
    };
  },
};
globalThis.store = store;
