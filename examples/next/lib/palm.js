// The gateway to Palm. Without PALM_API_KEY it talks to a sandbox in this process.

import { createGateway } from 'palm-user/edge';
import { createSandbox } from 'palm-user-sandbox';

import { identify } from './session.js';

/** Who signs in. Yours come from your own database. */
export const PERSON = 'palm_usr_1a2b3c4d5e6f7g8h';

/** One for the process: Next.js loads this file once for each of its bundles. */
function sandbox() {
  globalThis.sandbox ??= createSandbox({ users: [{ userId: PERSON, display_name: 'Ada', metadata: { language: 'en', customer_tier: 'basic' } }] });
  return globalThis.sandbox;
}

const apiKey = process.env.PALM_API_KEY;

export const gateway = createGateway({
  ...(apiKey === undefined ? { apiKey: 'sk_test_0', fetch: (url, init) => sandbox().fetch(url, init) } : { apiKey }),
  basePath: '/api/palm',
  identify,
  // What belongs to the person; the tier does not.
  writable: { metadata: ['language', 'notes'], display_name: true },
});
