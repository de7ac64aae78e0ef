// Better Auth with its JWT plugin. Keep the Palm ID in a field of the user with
// `input: false`, or whoever signs up can choose it, and put it in the token:
//   user: { additionalFields: { palmId: { type: 'string', required: false, input: false } } },
//   plugins: [jwt({ jwt: { definePayload: ({ user }) => ({ palm_id: user.palmId }) } })],
import { createRemoteJWKSet } from 'jose';

import { bearerToken, claimsOf } from './token.js';

const issuer = process.env.BETTER_AUTH_URL; // https://app.example.com, its audience as well
const keys = createRemoteJWKSet(new URL('/api/auth/jwks', issuer));

export async function identify(request) {
  const checks = { issuer, audience: issuer, algorithms: ['EdDSA', 'ES256', 'RS256'] };
  const claims = await claimsOf(bearerToken(request), keys, checks);
  return claims?.palm_id;
}
