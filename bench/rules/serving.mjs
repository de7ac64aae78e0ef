// A request to a gateway, which asks a Palm of its own: without a network, so that
// what is measured is the gateway. `bench/gateway.mjs` has them behind one.

import ours from '../gateway/ours.js';
import palm from '../gateway/palm.js';
import passThrough from '../gateway/pass-through.js';
import { ORIGIN, TOKEN } from '../gateway/shared.js';
import zod from '../gateway/zod.js';

import { group } from './group.mjs';

const env = { KEY: 'sk_test_bench', PALM: { fetch: (input, init) => palm.fetch(new Request(input, { duplex: 'half', ...init })) } };
const request = (index) => new Request('https://app.example.com/v1/user/palm_usr_1a2b3c4d5e6f7g8h', {
  method: 'PATCH',
  headers: { authorization: `Bearer ${TOKEN}`, origin: ORIGIN, 'content-type': 'application/json' },
  body: JSON.stringify({ metadata: { customer_tier: `tier ${index}`, notes: null }, display_name: 'John Doe' }),
});

const answered = (gateway) => async (index) => {
  const response = await gateway.fetch(request(index), env);
  return { status: response.status, user: await response.json() };
};

export const serving = () => [
  group('gateway: one request', { 'palm-user': answered(ours), zod: answered(zod), 'pass-through': answered(passThrough) }, { isAsync: true, same: ({ status, user }) => JSON.stringify([status, Object.entries(user).sort()]) }),
];
