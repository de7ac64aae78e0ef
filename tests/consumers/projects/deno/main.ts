import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';

import { exercise } from './exercise.js';

const result = await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, Deno.args[0]);
console.log(JSON.stringify(result));
