// Who is calling. Each test key is an account with users of its own.

import { fingerprint } from 'palm-user';

import { refusal, type Result } from './problem.js';

/**
 * The account of a request's bearer key (RFC 6750 section 2.1). Storages name
 * records by it, so it is a fingerprint: the key itself is stored nowhere.
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
