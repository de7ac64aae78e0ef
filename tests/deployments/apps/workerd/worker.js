import { gateway } from './gateway.js';
import { signIn } from './session.js';

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/api/palm/')) return gateway(request, context);
    if (pathname !== '/session') return env.ASSETS.fetch(request);
    return new Response(null, { status: 204, headers: { 'set-cookie': await signIn(env.PERSON) } });
  },
};
