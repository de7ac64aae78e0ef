// Supabase. Keep the Palm ID in app_metadata, which only your server can write
// (the person can write user_metadata), and use asymmetric signing keys.
import { createRemoteJWKSet } from 'jose';

import { bearerToken, claimsOf } from './token.js';

const issuer = `${process.env.SUPABASE_URL}/auth/v1`; // https://project.supabase.co/auth/v1
const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));

export async function identify(request) {
  const checks = { issuer, audience: 'authenticated', algorithms: ['ES256', 'RS256'] };
  const claims = await claimsOf(bearerToken(request), keys, checks);
  return claims?.app_metadata?.palm_id;
}
