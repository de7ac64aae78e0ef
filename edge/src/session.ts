// Who is signed in: the subject of a signed session token (JWT, RFC 7519).

import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';

export interface SessionEnv {
  /** A secret of 32 bytes or more that signs tokens by HS256. */
  readonly SESSION_SECRET?: string;
  /** Or where the public keys of tokens by ES256, EdDSA or RS256 are (RFC 7517). */
  readonly SESSION_JWKS_URL?: string;
  /** What the claims `iss` and `aud` must be; not looked at unless set. */
  readonly SESSION_ISSUER?: string;
  readonly SESSION_AUDIENCE?: string;
}

/** Gives the user ID that a request's token is for; undefined without a good one. */
export function sessions(env: SessionEnv): (request: Request) => Promise<string | undefined> {
  const verify = verifier(env);
  return async (request) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (token === undefined) return undefined;
    try {
      return (await verify(token)).sub;
    } catch (error) {
      // A set of keys that cannot be had is no fault of the token.
      if (error instanceof errors.JOSEError && !isUnavailable(error)) return undefined;
      throw error;
    }
  };
}

function verifier(env: SessionEnv): (token: string) => Promise<JWTPayload> {
  const checks: JWTVerifyOptions = { requiredClaims: ['exp', 'sub'], clockTolerance: 5 };
  if (env.SESSION_ISSUER !== undefined) checks.issuer = env.SESSION_ISSUER;
  if (env.SESSION_AUDIENCE !== undefined) checks.audience = env.SESSION_AUDIENCE;
  // Of the algorithms only those that belong to the key: a token may not choose.
  if (env.SESSION_JWKS_URL !== undefined) {
    const keys = createRemoteJWKSet(new URL(env.SESSION_JWKS_URL));
    const algorithms = ['ES256', 'EdDSA', 'Ed25519', 'RS256'];
    return async (token) => (await jwtVerify(token, keys, { ...checks, algorithms })).payload;
  }
  const secret = new TextEncoder().encode(env.SESSION_SECRET ?? '');
  if (secret.length < 32) {
    throw new Error('Set the secret SESSION_SECRET, 32 bytes or more, or the variable SESSION_JWKS_URL.');
  }
  return async (token) => (await jwtVerify(token, secret, { ...checks, algorithms: ['HS256'] })).payload;
}

function isUnavailable(error: errors.JOSEError): boolean {
  return error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC';
}
