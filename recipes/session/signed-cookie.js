// A session of your own: a signed cookie that holds the Palm ID.
import { jwtVerify, SignJWT } from 'jose';

const NAME = '__Host-session';
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax';
const secret = new TextEncoder().encode(process.env.SESSION_SECRET); // 32 random bytes or more

/** The `set-cookie` header for a person whose password, link or passkey you have just checked. */
export async function signIn(palmId, seconds = 3600) {
  const token = new SignJWT({ palm_id: palmId }).setProtectedHeader({ alg: 'HS256' });
  const signed = await token.setExpirationTime(`${seconds} s`).sign(secret);
  return `${NAME}=${signed}; Max-Age=${seconds}; ${ATTRIBUTES}`;
}

/** The `set-cookie` header that ends the session in this browser. */
export const signOut = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/** The Palm ID of whoever is signed in; undefined: nobody, or no longer. */
export async function identify(request) {
  const cookies = request.headers.get('cookie') ?? '';
  const token = cookies.split('; ').find((cookie) => cookie.startsWith(`${NAME}=`));
  if (token === undefined) return undefined;
  const checks = { algorithms: ['HS256'], requiredClaims: ['exp', 'palm_id'] };
  return jwtVerify(token.slice(NAME.length + 1), secret, checks).then(
    ({ payload }) => payload.palm_id,
    () => undefined, // expired, or not ours
  );
}
