// What the store makes of what it is given.

import { PalmError, isPalmError, type PalmErrorDetails } from '../error.js';
import { diffUsers } from '../rules.js';
import type { Limits, User } from '../types.js';

/** Whether two users of the same time agree in what can be edited. */
export function isSameUser(a: User, b: User): boolean {
  try {
    return Object.keys(diffUsers(a, b)).length === 0 && a.status === b.status;
  } catch {
    return false;
  }
}

export function withLimits(limits: Limits | undefined): { limits?: Limits } {
  return limits === undefined ? {} : { limits };
}

export function asUser(answer: User): User {
  const metadata: unknown = answer?.metadata;
  if (typeof answer?.updated_at === 'string' && typeof metadata === 'object' && metadata !== null) return answer;
  throw failure('bad_response', 'What was given for a user is none.', 'applied');
}

/** A `send` of one's own may throw anything; what it did is then unknown. */
export function asPalmError(error: unknown): PalmError {
  return isPalmError(error) ? error : failure('network', 'send failed with an error of its own.', 'unknown');
}

export function failure(
  code: PalmErrorDetails['code'],
  message: string,
  outcome: PalmErrorDetails['outcome'] = 'not_sent',
): PalmError {
  return new PalmError({ code, message, outcome });
}

let count = 0;

/** Unique among the edits of this page, and of those it was restored from. */
export function newId(): string {
  count += 1;
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}-${count}`;
}
