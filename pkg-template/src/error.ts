// The one error.

import type { ErrorCode, Outcome } from './generated.js';
import type { Issue } from './report.js';

/**
 * Problem details (RFC 9457), as the server sent them but for texts of more than
 * 1,000 characters, which are cut. They can repeat what was sent: do not log them.
 */
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

/** Not members of the errors: nobody prints what is not there. A private field would tell the types of two copies apart. */
const problems = new WeakMap<PalmError, Problem>();

/** Node.js, Deno and Bun ask for this when they print an object. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * Every failure of this package. It holds neither the key nor a value of the
 * patch, so it can be logged as it is: {@link PalmError.problem}, which the
 * server wrote, is neither printed nor serialised.
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
  /** Milliseconds the server asked to wait. Always there for `rate_limited`: 0 if the server named no time. */
  declare readonly retryAfterMs?: number;
  /** Always there for `invalid_patch` and `field_not_allowed`: empty if a gateway gave none. */
  declare readonly issues?: readonly Issue[];

  constructor(given: PalmErrorDetails) {
    // What somebody puts on Object.prototype is no detail.
    const details = Object.assign(Object.create(null) as object, given);
    super(details.message);
    this.code = details.code;
    this.outcome = details.outcome;
    this.retryable = details.retryable ?? false;
    this.attempts = details.attempts ?? 0;
    if (details.problem !== undefined) problems.set(this, details.problem);
    const { status, requestId, code } = details;
    // What `PalmErrorOf` promises of a code.
    const retryAfterMs = details.retryAfterMs ?? (code === 'rate_limited' ? 0 : undefined);
    const issues = details.issues ?? (code === 'invalid_patch' || code === 'field_not_allowed' ? [] : undefined);
    // Only what there is: an error with five undefined members is hard to read.
    const present = { status, requestId, retryAfterMs, issues };
    for (const [name, value] of Object.entries(present)) {
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The server's own account of it, which can repeat what it was sent. */
  get problem(): Problem | undefined {
    return problems.get(this);
  }

  /** The error as plain data: everything but the stack and the problem. */
  toJSON(): Omit<PalmErrorDetails, 'problem'> & { name: 'PalmError' } {
    return { ...this, name: this.name, message: this.message };
  }

  /** @internal */
  [INSPECT](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    // Not by way of the getter, whatever is asked for.
    return inspect(this, { ...options, customInspect: false, showHidden: false, getters: false });
  }
}

/** The members that are always there for a code. */
interface Present {
  invalid_patch: { readonly issues: readonly Issue[] };
  field_not_allowed: { readonly issues: readonly Issue[] };
  rate_limited: { readonly retryAfterMs: number };
}

/**
 * A {@link PalmError} of some code, with the members that this code always has. Of
 * several codes it is a union: `switch (error.code)` narrows it.
 */
export type PalmErrorOf<C extends ErrorCode = ErrorCode> = C extends keyof Present
  ? PalmError & { readonly code: C } & Present[C]
  : C extends ErrorCode
    ? PalmError & { readonly code: C }
    : never;

/**
 * Whether a value is a {@link PalmError}, from whichever copy of this package,
 * and of that code if one is given. The code narrows the type: `invalid_patch`
 * always has `issues`, and `rate_limited` has `retryAfterMs`.
 *
 * @example
 * ```js
 * try {
 *   await updateUser('palm_usr_1a2b3c4d5e6f7g8h', { display_name: 'Ada' }, { apiKey });
 * } catch (error) {
 *   if (isPalmError(error, 'rate_limited')) console.log(error.retryAfterMs);
 *   if (isPalmError(error, 'invalid_patch')) console.log(error.issues[0]?.path);
 * }
 * ```
 */
export function isPalmError<C extends ErrorCode = ErrorCode>(error: unknown, code?: C): error is PalmErrorOf<C> {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as Record<symbol, unknown>)[BRAND] === true &&
    (code === undefined || (error as PalmError).code === code)
  );
}
