import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';

import { exercise } from './exercise.js';

export const render = (baseUrl) => exercise({ applyPatch, fingerprint, updateUser, validatePatch }, baseUrl);
