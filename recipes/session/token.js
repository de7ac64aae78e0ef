// What the recipes for identity providers share.
import { errors, jwtVerify } from 'jose';

const OUTAGES = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT'];

/** The claims of a good token; undefined where there is none, or it is expired or forged. */
export async function claimsOf(token, keys, checks) {
  if (token === undefined) return undefined;
  try {
    const { payload } = await jwtVerify(token, keys, { requiredClaims: ['exp'], ...checks });
    return payload;
  } catch (error) {
    // If the provider's keys cannot be had, the session may be good: the gateway answers 500.
    if (!(error instanceof errors.JOSEError) || OUTAGES.includes(error.code)) throw error;
    return undefined;
  }
}

export function bearerToken(request) {
  return /^Bearer ([\w.-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

export function cookie(request, name) {
  const cookies = (request.headers.get('cookie') ?? '').split('; ');
  return cookies.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
}
