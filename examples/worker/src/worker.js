// A static page, sessions, and a gateway to Palm. Without PALM_API_KEY it
// talks to a sandbox in this Worker.

import { createGateway } from 'palm-user/edge';
import { createSandbox } from 'palm-user-sandbox';

import { identify, signIn } from './session.js';

/** Who signs in. Yours come from your own database. */
const PERSON = 'palm_usr_1a2b3c4d5e6f7g8h';

const sandbox = createSandbox({ users: [{ userId: PERSON, display_name: 'Ada', metadata: { language: 'en', customer_tier: 'basic' } }] });

/** One for each environment, of which a Worker has one. */
const gateways = new WeakMap();

function gatewayOf(env) {
  if (!gateways.has(env)) {
    const palm = env.PALM_API_KEY === undefined ? { apiKey: 'sk_test_0', fetch: sandbox.fetch } : { apiKey: env.PALM_API_KEY };
    const gateway = createGateway({
      ...palm,
      basePath: '/api/palm',
      identify: (request) => identify(env, request),
      // What belongs to the person; the tier does not.
      writable: { metadata: ['language', 'notes'], display_name: true },
    });
    gateways.set(env, gateway);
  }
  return gateways.get(env);
}

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/api/palm/')) return gatewayOf(env)(request, context);
    // Your own check of a password, link or passkey comes here.
    if (pathname === '/session' && request.method === 'POST') return Response.json({ token: await signIn(env, PERSON) });
    return new Response('Not found', { status: 404 });
  },
};
