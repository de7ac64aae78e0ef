import { createGateway } from 'palm-user/edge';

import { identify, LIMIT, onRequest, ORIGIN, WRITABLE } from './shared.js';

let gateway;
export default {
  fetch(request, env, context) {
    gateway ??= createGateway({
      apiKey: env.KEY,
      identify,
      writable: { metadata: WRITABLE, display_name: true },
      allowedOrigins: [ORIGIN],
      maxBodyBytes: LIMIT,
      onRequest,
      fetch: env.PALM,
    });
    return gateway(request, context);
  },
};
