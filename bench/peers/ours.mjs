// The store of this package, with its defaults.

import { PalmError, createUserStore } from '../../pkg/dist/index.js';

import { BEFORE } from './api.mjs';

const USER_ID = 'palm_usr_1a2b3c4d5e6f7g8h';
let updates = 0;

export async function mount(api) {
  const user = ({ tier, note } = BEFORE) => {
    const at = new Date(Date.UTC(2026, 0, 1) + (updates += 1000)).toISOString();
    return { id: '123e4567-e89b-12d3-a456-426614174000', object: 'user', created_at: at, updated_at: at, metadata: { tier, note }, status: 'active', verification: null };
  };
  /** What `updateUser` and a read of one's own make of the same answers. */
  const call = (promise) => promise.then(user, (error) => {
    throw error.status === 400
      ? new PalmError({ code: 'bad_request', message: 'refused', outcome: 'rejected', status: 400 })
      : new PalmError({ code: 'network', message: 'no answer', outcome: 'unknown', retryable: true });
  });
  const store = createUserStore({
    userId: USER_ID,
    user: user(),
    send: (_, { metadata }, { signal }) => call(api.patch(metadata, { signal })),
    read: (_, { signal }) => call(api.read({ signal })),
    retry: { minDelayMs: 5, maxDelayMs: 20 },
  });
  return {
    screen: () => store.getSnapshot().user.metadata,
    edit: (metadata) => void store.edit({ metadata }),
    refetch: () => void (store.refetch?.().catch(() => {}) ?? call(api.read()).then(store.receive)),
    wait: () => new Promise((resolve) => setTimeout(resolve, 30)),
    close: () => store.close?.(),
  };
}
