// How the gateway answers when a call to Palm fails. It passes on the status, Retry-After and outcome, but never Palm's text.

import type { PalmError } from '../error.js';
import { Refusal, type RefusalCode } from './refusal.js';

/** The refusal for a failed call to Palm. */
export function refusalOf(error: PalmError): Refusal {
  const { code, status, retryAfterMs, outcome, issues } = error;
  // 0: Palm named no time, or none to wait.
  const headers: Record<string, string> = !retryAfterMs ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  const details = { error, outcome: outcome === 'not_sent' ? 'rejected' : outcome, headers } as const;
  switch (code) {
    case 'invalid_patch':
      return new Refusal(code, { ...details, issues: issues ?? [] });
    case 'invalid_user_id':
    case 'not_found':
    case 'bad_response':
    case 'aborted':
      return new Refusal(code, details);
    case 'unauthorized':
    case 'forbidden':
      return new Refusal('palm_refused_key', details);
    case 'timeout':
      return new Refusal('palm_timeout', details);
    case 'network':
      return new Refusal('palm_unreachable', details);
    case 'bad_request':
      return withStatus(code, status, { ...details, detail: 'Palm refused the request.' });
    case 'conflict':
    case 'rate_limited':
    case 'server_error':
      return withStatus(code, status, details);
    default:
      // A wrong key or option: the caller cannot fix it and should not know about it.
      return new Refusal('gateway_failed', details);
  }
}

function withStatus(code: RefusalCode, status: number | undefined, details: Refusal['details']): Refusal {
  return new Refusal(code, status === undefined ? details : { ...details, status });
}
