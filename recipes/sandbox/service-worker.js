// service-worker.js, bundled
import { createSandbox } from 'palm-user-sandbox';

const sandbox = createSandbox({ users: [{ userId: 'ada', display_name: 'Ada' }] });

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (new URL(event.request.url).pathname.startsWith('/v1/')) event.respondWith(sandbox.fetch(event.request));
});
