// Who is signed in: a claim of a signed session token (JWT, RFC 7519).

import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';

import { ConfigurationError, words } from './configuration';
import { keySet } from './key-set';

export interface SessionEnv {
  /** One or more secrets of 32 bytes or more, separated by blanks, that sign tokens by HS256. All count, so that they can rotate. */
  readonly SESSION_SECRET?: string;
  /** Or where the issuer's public keys are (RFC 7517); tokens by ES256, EdDSA or RS256. */
  readonly SESSION_JWKS_URL?: string;
  /** What the claim `iss` must be. Needed with SESSION_JWKS_URL. */
  readonly SESSION_ISSUER?: string;
  /** What the claim `aud` must have. With SESSION_JWKS_URL this or SESSION_AUTHORIZED_PARTIES is needed. */
  readonly SESSION_AUDIENCE?: string;
  /** Or what the claim `azp` may be, separated by blanks; Clerk sets it and no `aud`. */
  readonly SESSION_AUTHORIZED_PARTIES?: string;
  /** What the header `typ` must be; unless set, JWT, at+jwt (RFC 9068) or none. */
  readonly SESSION_TYPE?: string;
  /** The cookie that holds the token; without it, the token is a bearer token. */
  readonly SESSION_COOKIE?: string;
  /** The claim that holds the Palm ID: its name, or a JSON Pointer into the claims. Needed with SESSION_JWKS_URL, where `sub` is the issuer's. */
  readonly PALM_ID_CLAIM?: string;
  /** Where the claim's value leads to the Palm ID, for issuers that cannot put one in. */
  readonly PALM_IDS?: KVNamespace;
}

/** Gives the Palm ID that a request's token is for; undefined without a good token. */
export function sessions(env: SessionEnv): (request: Request) => Promise<string | undefined> {
  const verify = verifier(env);
  const read = claimReader(env);
  const { SESSION_COOKIE: cookie, PALM_IDS: ids } = env;
  return async (request) => {
    const token = cookie === undefined ? bearer(request) : cookieOf(request, cookie);
    if (token === undefined) return undefined;
    let claims: JWTPayload;
    try {
      claims = await verify(token);
    } catch (error) {
      // A set of keys that cannot be had is no fault of the token.
      if (error instanceof errors.JOSEError && !isUnavailable(error)) return undefined;
      throw error;
    }
    const value = read(claims);
    if (typeof value !== 'string' || value === '') return undefined;
    return ids === undefined ? value : ((await ids.get(value)) ?? undefined);
  };
}

/** Verifies a token, and gives its claims. */
function verifier(env: SessionEnv): (token: string) => Promise<JWTPayload> {
  const { SESSION_JWKS_URL: url, SESSION_ISSUER: issuer, SESSION_AUDIENCE: audience } = env;
  const parties = env.SESSION_AUTHORIZED_PARTIES === undefined ? undefined : words(env.SESSION_AUTHORIZED_PARTIES);
  const checks: JWTVerifyOptions = { requiredClaims: ['exp'], clockTolerance: 5 };
  if (issuer !== undefined) checks.issuer = issuer;
  if (audience !== undefined) checks.audience = audience;
  if (url !== undefined) {
    if (env.SESSION_SECRET !== undefined) throw new ConfigurationError('Set SESSION_SECRET or SESSION_JWKS_URL, not both.');
    if (issuer === undefined) throw new ConfigurationError('SESSION_JWKS_URL needs SESSION_ISSUER: the claim iss of its tokens.');
    if (audience === undefined && parties === undefined) {
      throw new ConfigurationError('SESSION_JWKS_URL needs SESSION_AUDIENCE (the claim aud) or SESSION_AUTHORIZED_PARTIES (the claim azp): an issuer signs tokens for others too.');
    }
  }
  const check = (payload: JWTPayload, type: unknown): JWTPayload => {
    checkType(type, env.SESSION_TYPE);
    if (parties !== undefined && !parties.includes(String(payload['azp']))) throw new errors.JWTClaimValidationFailed('azp', payload);
    // Clerk's: a session with a task left to do is not signed in yet.
    if (payload['sts'] === 'pending') throw new errors.JWTClaimValidationFailed('sts', payload);
    return payload;
  };
  // Of the algorithms only those that belong to the key: a token may not choose.
  if (url !== undefined) {
    const keys = keySet(url);
    const asymmetric = { ...checks, algorithms: ['ES256', 'EdDSA', 'Ed25519', 'RS256'] };
    return async (token) => {
      const { payload, protectedHeader } = await jwtVerify(token, keys as JWTVerifyGetKey, asymmetric);
      return check(payload, protectedHeader.typ);
    };
  }
  const secrets = words(env.SESSION_SECRET ?? '').map((secret) => new TextEncoder().encode(secret));
  if (secrets.length === 0 || secrets.some(({ length }) => length < 32)) {
    throw new ConfigurationError('Set the secret SESSION_SECRET, of 32 bytes or more without a blank (several are separated by blanks), or the variable SESSION_JWKS_URL.');
  }
  const symmetric = { ...checks, algorithms: ['HS256'] };
  return async (token) => {
    for (const [index, secret] of secrets.entries()) {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, secret, symmetric);
        return check(payload, protectedHeader.typ);
      } catch (error) {
        const isLast = index === secrets.length - 1;
        if (isLast || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  };
}

/**
 * A token made for something else, a logout token or a DPoP proof, says so in
 * its type (RFC 8725 section 3.11). A type may be written with `application/`.
 */
function checkType(type: unknown, wanted: string | undefined): void {
  const name = type === undefined ? undefined : String(type).toLowerCase().replace(/^application\//, '');
  const isGood = wanted === undefined ? name === undefined || name === 'jwt' || name === 'at+jwt' : name === wanted.toLowerCase();
  if (!isGood) throw new errors.JWTInvalid('typ');
}

/** How the Palm ID is found in a token's claims. */
function claimReader({ PALM_ID_CLAIM: claim, PALM_IDS, SESSION_JWKS_URL }: SessionEnv): (claims: JWTPayload) => unknown {
  if (claim === undefined && PALM_IDS === undefined && SESSION_JWKS_URL !== undefined) {
    throw new ConfigurationError(
      'SESSION_JWKS_URL needs PALM_ID_CLAIM, the claim that holds the Palm ID (identity providers have their own ID in sub), or the KV namespace PALM_IDS, which leads from sub to it.',
    );
  }
  const name = claim ?? 'sub';
  if (!name.startsWith('/')) return (claims) => member(claims, name);
  const path = name.slice(1).split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return (claims) => path.reduce<unknown>(member, claims);
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/;

function bearer({ headers }: Request): string | undefined {
  const [scheme = '', token = ''] = (headers.get('authorization') ?? '').split(/ +/, 2);
  return scheme.toLowerCase() === 'bearer' && TOKEN.test(token) ? token : undefined;
}

function cookieOf({ headers }: Request, name: string): string | undefined {
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  // Of two with one name, one may have been planted by a neighbouring subdomain.
  const [token = '', ...more] = values;
  return more.length === 0 && TOKEN.test(token) ? token : undefined;
}

function isUnavailable(error: errors.JOSEError): boolean {
  return error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC';
}
