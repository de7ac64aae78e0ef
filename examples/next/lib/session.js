// Sessions as a signed cookie that holds the Palm ID.

import { jwtVerify, SignJWT } from 'jose';

export const COOKIE = 'session';
export const ATTRIBUTES = { httpOnly: true, sameSite: 'lax', secure: process.env.NODE_ENV === 'production', path: '/', maxAge: 3600 };

function secret() {
  const given = process.env.SESSION_SECRET;
  if (given === undefined && process.env.NODE_ENV === 'production') throw new Error('SESSION_SECRET is not set');
  return new TextEncoder().encode(given ?? 'for development only: 32 bytes or more');
}

/** The cookie's value for a person whose password, link or passkey you have just checked. */
export function signed(palmId) {
  return new SignJWT({ palm_id: palmId }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(secret());
}

/** The Palm ID of whoever is signed in; undefined: nobody, or no longer. */
export async function identify(request) {
  const cookies = request.headers.get('cookie') ?? '';
  const token = cookies.split('; ').find((cookie) => cookie.startsWith(`${COOKIE}=`));
  if (token === undefined) return undefined;
  const checks = { algorithms: ['HS256'], requiredClaims: ['exp', 'palm_id'] };
  return jwtVerify(token.slice(COOKIE.length + 1), secret(), checks).then(
    ({ payload }) => payload.palm_id,
    () => undefined, // expired, or not ours
  );
}
