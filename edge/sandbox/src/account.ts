// Who is calling: the bearer key, and what stands for it from here on.

import { fingerprint } from 'palm-user';

import { refusal, type Result } from './problem';

/**
 * The account of a request's key (RFC 6750 section 2.1). It names Durable
 * Objects, so it is a fingerprint: the key itself is stored nowhere.
 */
export function account(request: Request): Result<string> {
  const header = request.headers.get('authorization') ?? '';
  const key = /^Bearer +([A-Za-z0-9_-]+)$/i.exec(header)?.[1];
  if (key?.startsWith('sk_live_')) {
    return { refusal: refusal(403, 'The sandbox takes test keys (sk_test_…) only.') };
  }
  if (key === undefined || !/^sk_test_./.test(key)) {
    return { refusal: refusal(401, 'Send authorization: Bearer sk_test_….') };
  }
  return { value: fingerprint(key) };
}
