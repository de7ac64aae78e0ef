import init, { applyPatch, fingerprint, updateUser, validatePatch } from '/palm-user/dist/web.js';

import { exercise } from './exercise.js';

const palm = { applyPatch, fingerprint, updateUser, validatePatch };

/** Here, in a worker beside the page, and in a service worker. */
globalThis.result = (async () => {
  await init();
  return exercise(palm, location.origin);
})();

globalThis.fromWorker = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker('worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });

globalThis.fromServiceWorker = async () => {
  await navigator.serviceWorker.register('service-worker.js', { type: 'module' });
  const { active } = await navigator.serviceWorker.ready;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    active.postMessage('exercise', [port2]);
  });
};
