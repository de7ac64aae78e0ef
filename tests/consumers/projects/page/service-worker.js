import init, { applyPatch, fingerprint, updateUser, validatePatch } from '/palm-user/dist/web.js';

import { exercise } from './exercise.js';

addEventListener('message', (event) => {
  const answer = async () => {
    await init();
    const result = await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, location.origin);
    event.ports[0].postMessage(result);
  };
  event.waitUntil(answer());
});
