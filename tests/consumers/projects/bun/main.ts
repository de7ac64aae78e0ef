import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';

import { exercise } from './exercise.js';

const result = await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, process.argv[2]);
console.log(JSON.stringify(result));
