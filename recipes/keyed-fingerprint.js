// Fingerprints under a key: whoever finds a list of them cannot try candidates.
import { fingerprint } from 'palm-user';

/** `bytes` are 32 random ones, kept where the list is not. */
export function importKey(bytes) {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

/** HMAC-SHA-256 (RFC 2104) of the fingerprint's 64 digits: a stored list can be put under a key without its values. */
export async function keyed(key, digits) {
  const signed = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(digits));
  return Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `kind` is that of `fingerprint`. */
export function keyedFingerprint(key, value, kind) {
  return keyed(key, fingerprint(value, kind));
}
