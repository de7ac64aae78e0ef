import init, { applyPatch, fingerprint, updateUser, validatePatch } from '/palm-user/dist/web.js';

import { exercise } from './exercise.js';

await init();
postMessage(await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, location.origin));
