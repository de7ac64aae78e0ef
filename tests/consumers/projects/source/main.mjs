import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user/source';

import { exercise } from './exercise.js';

const [, , api] = process.argv;
console.log(JSON.stringify(await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, api)));
