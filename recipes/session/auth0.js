// Auth0. Keep the Palm ID in app_metadata, which the person cannot write, and put
// it in the access token by an Action of the trigger post-login:
//   api.accessToken.setCustomClaim('https://app.example.com/palm_id', event.user.app_metadata.palm_id);
import { createRemoteJWKSet } from 'jose';

import { bearerToken, claimsOf } from './token.js';

const issuer = process.env.AUTH0_ISSUER; // https://tenant.auth0.com/ with the slash
const audience = process.env.AUTH0_AUDIENCE; // the API's identifier, not the client ID
const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer));

export async function identify(request) {
  const checks = { issuer, audience, algorithms: ['RS256'] };
  const claims = await claimsOf(bearerToken(request), keys, checks);
  return claims?.['https://app.example.com/palm_id'];
}
