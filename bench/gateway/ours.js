import { createGateway } from 'palm-user/edge';

import { isSignedIn, LIMIT, ORIGIN } from './shared.js';

// The Workers it is compared with pass everything on.
const EVERYTHING = { metadata: 'all', vault: 'all', verification: true, fingerprints: true };

let gateway;
export default {
  fetch(request, env) {
    gateway ??= createGateway({ apiKey: env.KEY, authorize: isSignedIn, allowedOrigins: [ORIGIN], writable: { metadata: ['customer_tier', 'notes'], display_name: true }, visible: EVERYTHING, maxBodyBytes: LIMIT, fetch: env.PALM });
    return gateway(request);
  },
};
