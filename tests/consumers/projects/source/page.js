import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user/source';

import { exercise } from './exercise.js';

globalThis.result = await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, location.origin);
