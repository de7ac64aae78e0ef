// The one error.

import type { ErrorCode, Outcome } from './generated.js';
import type { Issue } from './types.js';

/** Problem details (RFC 9457), as the server sent them; texts that were sent are redacted. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
}

/** The members of a {@link PalmError}, to make one. */
export interface PalmErrorDetails {
  code: ErrorCode;
  message: string;
  outcome: Outcome;
  retryable?: boolean;
  attempts?: number;
  status?: number;
  requestId?: string;
  retryAfterMs?: number;
  problem?: Problem;
  issues?: readonly Issue[];
}

/** Survives duplicated bundles, where `instanceof` does not. */
const BRAND = Symbol.for('palm-user.PalmError');

/**
 * Every failure of this package. It holds neither the key nor a value of the
 * patch, so it can be logged as it is.
 */
export class PalmError extends Error {
  override readonly name = 'PalmError';
  readonly code: ErrorCode;
  readonly outcome: Outcome;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Requests that were sent. */
  readonly attempts: number;
  /** HTTP status of the last answer. */
  declare readonly status?: number;
  /** The last answer's `x-request-id`. */
  declare readonly requestId?: string;
  /** Milliseconds the server asked to wait. */
  declare readonly retryAfterMs?: number;
  declare readonly problem?: Problem;
  declare readonly issues?: readonly Issue[];

  constructor(details: PalmErrorDetails) {
    super(details.message);
    this.code = details.code;
    this.outcome = details.outcome;
    this.retryable = details.retryable ?? false;
    this.attempts = details.attempts ?? 0;
    const { status, requestId, retryAfterMs, problem, issues } = details;
    // Only what there is: an error with six undefined members is hard to read.
    const present = { status, requestId, retryAfterMs, problem, issues };
    for (const [name, value] of Object.entries(present)) {
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The error as plain data: everything but the stack. */
  toJSON(): PalmErrorDetails & { name: 'PalmError' } {
    return { ...this, name: this.name, message: this.message };
  }
}

/**
 * Whether a value is a {@link PalmError}, from whichever copy of this package,
 * and of that code if one is given.
 *
 * @example
 * ```js
 * try {
 *   await updateUser('palm_usr_1a2b3c4d5e6f7g8h', { display_name: 'Ada' }, { apiKey });
 * } catch (error) {
 *   if (isPalmError(error, 'rate_limited')) console.log(error.retryAfterMs);
 * }
 * ```
 */
export function isPalmError<C extends ErrorCode>(
  error: unknown,
  code?: C,
): error is PalmError & { readonly code: C } {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as Record<symbol, unknown>)[BRAND] === true &&
    (code === undefined || (error as PalmError).code === code)
  );
}
