import { createGateway } from 'palm-user/edge';

import { isSignedIn, LIMIT, ORIGIN } from './shared.js';

let gateway;
export default {
  fetch(request, env) {
    gateway ??= createGateway({ apiKey: env.KEY, authorize: isSignedIn, allowedOrigins: [ORIGIN], maxBodyBytes: LIMIT, fetch: env.PALM });
    return gateway(request);
  },
};
