// The public keys of an issuer (RFC 7517), through its good days and bad.
//
// jose keeps a set for ten minutes, and asks for it again, every 30 s at most,
// when a token names a key that is not in it. What it leaves open is here: an
// issuer that fails is not asked again by every request, and while it fails the
// last good set serves for an hour.

import { createRemoteJWKSet, customFetch, errors } from 'jose';

import { ConfigurationError } from './configuration';

const FAILURE_COOLDOWN_MS = 5_000;
const STALE_MS = 60 * 60_000;
const MAX_CHARACTERS = 256 * 1024;

/** The keys behind a URL. Throws `ConfigurationError` where it is not https, loopback aside. */
export function keySet(address: string): ReturnType<typeof createRemoteJWKSet> {
  const url = urlOf(address);
  let good: { readonly text: string; readonly at: number } | undefined;
  let failed = -Infinity;
  const fetchSet: FetchSet = async (href, init) => {
    const now = Date.now();
    const stale = good !== undefined && now - good.at < STALE_MS ? good : undefined;
    if (now - failed < FAILURE_COOLDOWN_MS) return respond(stale);
    try {
      const response = await fetch(href, init);
      const text = response.status === 200 ? await response.text() : '';
      if (text.length > MAX_CHARACTERS || !isKeySet(text)) throw new Error('no set of keys');
      good = { text, at: now };
      return respond(good);
    } catch {
      failed = Date.now();
      return respond(stale);
    }
  };
  return createRemoteJWKSet(url, { [customFetch]: fetchSet });
}

function urlOf(address: string): URL {
  try {
    const url = new URL(address);
    if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return url;
  } catch {
    // Neither is any other text.
  }
  throw new ConfigurationError('SESSION_JWKS_URL must be an https URL.');
}

type FetchSet = (href: string, init: RequestInit) => Promise<Response>;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function respond(set: { readonly text: string } | undefined): Response {
  if (set === undefined) throw new errors.JWKSInvalid('The set of keys cannot be had.');
  return new Response(set.text, { headers: { 'content-type': 'application/json' } });
}

function isKeySet(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text).keys);
  } catch {
    return false;
  }
}
