// The sandbox as a page's own fetch, and as its service worker.

import { createUserStore, getUser, updateUser } from 'palm-user';
import { createSandbox } from 'palm-user-sandbox';

const key = { apiKey: 'sk_test_page', dangerouslyAllowBrowser: true };

async function edited(options) {
  const store = createUserStore({
    userId: 'ada',
    user: await getUser('ada', options),
    send: (id, patch, { signal }) => updateUser(id, patch, { ...options, signal }),
  });
  const handle = store.edit({ display_name: 'Ada Lovelace' });
  const shown = store.getSnapshot().user.display_name;
  const { display_name } = await handle.confirmed;
  const stored = (await getUser('ada', options)).display_name;
  return { shown, confirmed: display_name, stored };
}

async function fault(options) {
  const slow = { ...options, maxRetries: 0, timeoutMs: 300, headers: { 'sandbox-fault': 'body=stall' } };
  return (await getUser('ada', slow).catch((error) => error)).code;
}

export async function inPage() {
  const { fetch } = createSandbox({ users: [{ userId: 'ada', display_name: 'Ada' }] });
  return { ...(await edited({ ...key, fetch })), fault: await fault({ ...key, fetch }) };
}

export async function behindServiceWorker() {
  await navigator.serviceWorker.register('service-worker.js');
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller === null) {
    await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  }
  const options = { ...key, baseUrl: location.origin };
  return { ...(await edited(options)), fault: await fault(options) };
}

Object.assign(globalThis, { inPage, behindServiceWorker, result: 'ready' });
