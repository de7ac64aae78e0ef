// Clerk. Keep the Palm ID in a user's public metadata, which only your server can
// write, and put it in the session token (Dashboard → Sessions → Customize):
//   { "palm_id": "{{user.public_metadata.palm_id}}" }
import { createRemoteJWKSet } from 'jose';

import { bearerToken, claimsOf, cookie } from './token.js';

const issuer = process.env.CLERK_ISSUER; // https://clerk.example.com, the Frontend API URL
const origins = process.env.APP_ORIGINS.split(' '); // https://app.example.com
const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));

export async function identify(request) {
  const token = cookie(request, '__session') ?? bearerToken(request);
  const claims = await claimsOf(token, keys, { issuer, algorithms: ['RS256'] });
  // Clerk sets no audience: azp is the origin of the page that asked for the token.
  if (claims === undefined || !origins.includes(claims.azp)) return undefined;
  // A session with a task left to do, such as choosing an organisation, is not signed in yet.
  return claims.sts === 'pending' ? undefined : claims.palm_id;
}
