import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';

import { exercise } from '../../../exercise.js';

export const GET = async () =>
  Response.json(await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, process.env.PALM_API));
