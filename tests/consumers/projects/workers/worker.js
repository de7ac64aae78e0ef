import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';
import { createGateway } from 'palm-user/edge';

import { exercise } from './exercise.js';

export default {
  async fetch(request) {
    const palm = { applyPatch, fingerprint, updateUser, validatePatch };
    const result = await exercise(palm, new URL(request.url).searchParams.get('api'));
    return Response.json({ ...result, gateway: typeof createGateway });
  },
};
