// Sessions as JSON Web Tokens, which the page sends in the header `authorization`.

import { jwtVerify, SignJWT } from 'jose';

const keyOf = (env) => new TextEncoder().encode(env.SESSION_SECRET);

/** A token for a person whose password, link or passkey you have just checked. */
export function signIn(env, palmId) {
  return new SignJWT({ palm_id: palmId }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(keyOf(env));
}

/** The Palm ID of whoever is signed in; undefined: nobody, or no longer. */
export async function identify(env, request) {
  const [, token] = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token === undefined) return undefined;
  const checks = { algorithms: ['HS256'], requiredClaims: ['exp', 'palm_id'] };
  return jwtVerify(token, keyOf(env), checks).then(
    ({ payload }) => payload.palm_id,
    () => undefined, // expired, or not ours
  );
}
