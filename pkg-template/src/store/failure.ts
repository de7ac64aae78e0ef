// What went wrong, and whose fault it was.

import { PalmError, isPalmError, type PalmErrorDetails } from '../error.js';
import type { StoreUser } from './types.js';

export function failure(
  code: PalmErrorDetails['code'],
  message: string,
  outcome: PalmErrorDetails['outcome'] = 'not_sent',
): PalmError {
  return new PalmError({ code, message, outcome, retryable: outcome === 'unknown' });
}

export function closed(outcome: 'not_sent' | 'unknown'): PalmError {
  return failure('aborted', 'The store was closed.', outcome);
}

/** A function of one's own may throw anything; what it did is then unknown. */
export function asPalmError(error: unknown): PalmError {
  return isPalmError(error) ? error : failure('network', 'The function failed with an error of its own.', 'unknown');
}

/** An error made by hand may lack the status that its code stands for. */
const STATUSES: Readonly<Record<string, number>> = { bad_request: 400, not_found: 404, conflict: 409 };

/** Whether the edit itself was refused, so that it will be again. */
export function isRefusal({ code, outcome, status = STATUSES[code] ?? 0 }: PalmError): boolean {
  if (code === 'invalid_patch') return outcome === 'not_sent' || outcome === 'rejected';
  return outcome === 'rejected' && [400, 404, 409, 413, 422].includes(status);
}

/** Checks that an answer is a user, and this one. */
export function checkUser<U extends StoreUser>(
  answer: U,
  id: string | undefined,
  code: PalmErrorDetails['code'],
  outcome?: PalmErrorDetails['outcome'],
): U {
  const metadata: unknown = answer?.metadata;
  const isUser = typeof answer?.id === 'string' && answer.id !== '' && typeof answer.updated_at === 'string' && typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  if (!isUser) throw failure(code, 'What was given for a user is none.', outcome);
  if (id !== undefined && answer.id !== id) throw failure(code, 'What was given is another user.', outcome);
  return answer;
}

/** Calls a function of one's own. What it throws, or rejects with, must not stop the store. */
export function guarded<T>(call: () => T): T | undefined {
  try {
    const result = call() as T & { then?: (done: undefined, failed: (error: unknown) => void) => void };
    result?.then?.(undefined, report);
    return result;
  } catch (error) {
    report(error);
    return undefined;
  }
}

/** Not `reportError`, which ends a process in Deno and which Node.js does not have. */
function report(error: unknown): void {
  console.error(error);
}
