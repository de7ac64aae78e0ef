import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';

import { exercise } from './exercise.js';

globalThis.result = exercise({ applyPatch, fingerprint, updateUser, validatePatch }, location.origin);
