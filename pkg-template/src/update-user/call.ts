// The call. The core says what to send and what an answer means; this file sends and waits.

import { attempt, type Call, type Seen } from './attempt.js';
import { define } from '#glue';
import { hold, run } from '../instance.js';
import { clock, isBrowser } from './environment.js';
import { PalmError, type PalmErrorDetails } from '../error.js';
import type { Outcome } from '../generated.js';
import { rulesIn } from '../metadata-rules.js';
import { interruption } from './interruption.js';
import { problemOf, saidByGateway } from './problem.js';
import { noteRequestId } from './request-id.js';
import type { Attempt, GetUserOptions, Metadata, UpdateUserOptions, User, UserPatch } from '../types.js';

/**
 * Changes a user: `PATCH {baseUrl}/v1/user/{userId}`. Everything is checked
 * before anything is sent.
 *
 * A merge patch is safe to repeat, so 408, 429, 5xx and lost connections are
 * retried with exponential backoff and full jitter. A `Retry-After`
 * (RFC 9110 section 10.2.3) is obeyed up to `maxRetryAfterMs`.
 *
 * @param userId - One segment of the path, `palm_usr_…`; it is percent-encoded.
 * @returns The whole user, as the server stored it.
 * @throws `PalmError`; its `outcome` says what the server may have done.
 *
 * @example
 * ```js
 * const user = await updateUser(
 *   'palm_usr_1a2b3c4d5e6f7g8h',
 *   { metadata: { language: 'de', notes: null } },
 *   { apiKey: () => env.PALM_API_KEY },
 * );
 * ```
 */
export async function updateUser<M = Metadata>(
  userId: string,
  patch: UserPatch<NoInfer<M>>,
  options?: UpdateUserOptions<M>,
): Promise<User<M>> {
  const held = rulesIn(options);
  const [checked, others] = held === undefined ? [patch, options] : [conforming(held, patch), held.rest];
  const call = run((core) =>
    core.prepareCall(hold(userId), hold(checked), hold(others), isBrowser()),
  ) as Call;
  call.init.body = JSON.stringify(call.patch);
  return (await make(call)) as unknown as User<M>;
}

/** The patch as its schemas give it. */
function conforming({ rules, rest }: NonNullable<ReturnType<typeof rulesIn>>, patch: unknown): unknown {
  const { current, limits } = rest as UpdateUserOptions;
  return rules['~conform'](patch, { current, limits }, 'server');
}

/**
 * Reads a user: `GET {baseUrl}/v1/user/{userId}`. It waits, retries and gives up
 * like {@link updateUser}.
 *
 * @param userId - One segment of the path: `palm_usr_…`, or `me` at a gateway that knows who is signed in.
 * @returns The user. A gateway may leave out parts that a page need not see.
 * @throws `PalmError`. A read changes nothing, so its `outcome` is `not_sent` or `rejected`.
 *
 * @example
 * ```js
 * const user = await getUser('palm_usr_1a2b3c4d5e6f7g8h', { apiKey: () => env.PALM_API_KEY });
 * ```
 */
export async function getUser<U = User>(userId: string, options?: GetUserOptions): Promise<U> {
  const call = run((core) => core.prepareRead(hold(userId), hold(options), isBrowser())) as Call;
  // Only browsers have a cache to bypass, and workerd may not know the member.
  if (isBrowser()) call.init.cache = 'no-store';
  return (await make(call)) as U;
}

/** Makes a call that the core has prepared. */
async function make(prepared: Call): Promise<User> {
  // Without prototypes, so nothing on Object.prototype shows through.
  const call = { __proto__: null, ...prepared } as Call;
  call.init.headers = { __proto__: null, ...call.init.headers } as unknown as Record<string, string>;
  const started = clock();
  if (call.apiKey !== undefined) await authorize(call);
  return repeat(call, started);
}

/** Gets the key, which may take a while, and adds it to the request. */
async function authorize(call: Call): Promise<void> {
  if (typeof call.apiKey === 'function') {
    const { promise, end } = interruption(call.totalTimeoutMs, call.signal);
    try {
      const asked = ask(call.apiKey as () => unknown);
      const key = await Promise.race([asked, promise.then((interrupt) => ({ fault: interrupt, value: undefined }))]);
      if (key.fault !== undefined) throw failure(call, key.fault === 'timeout' ? 'totalTimeoutMs' : key.fault === 'aborted' ? 'not_sent' : key.fault);
      call.apiKey = key.value;
    } finally {
      end();
    }
  }
  call.init.headers['authorization'] = run((core) => core.authorization(hold(call.apiKey))) as string;
}

async function ask(provider: () => unknown): Promise<{ value: unknown; fault: 'apiKey' | undefined }> {
  try {
    return { value: await provider(), fault: undefined };
  } catch {
    // Whatever it threw may hold the key.
    return { value: undefined, fault: 'apiKey' };
  }
}

async function repeat(call: Call, started: number): Promise<User> {
  let previous: Outcome | undefined;
  for (let attempts = 1; ; attempts++) {
    if (call.signal?.aborted) throw failure(call, 'not_sent', previous, attempts - 1);
    const sent = clock();
    const timeoutMs = Math.max(1, Math.floor(Math.min(call.timeoutMs, remaining(call, started) ?? Infinity)));
    const seen = await attempt(call, timeoutMs);
    const judged = judge(call, Object.assign(seen, { previous, attempts, timeoutMs, remainingMs: remaining(call, started) }));
    const requestId = judged.requestId ?? judged.error?.requestId ?? call.init.headers['x-request-id'];
    const error = judged.error && errorOf(judged.error, judged, seen, requestId);
    tell(call, {
      attempt: attempts,
      status: seen.status || undefined,
      requestId,
      durationMs: Math.max(0, clock() - sent),
      retryInMs: judged.waitMs,
      error,
    });
    if (error === undefined) return noteRequestId(seen.answer as User, requestId);
    if (judged.waitMs === undefined) throw error;
    previous = error.outcome;
    const { promise, end } = interruption(judged.waitMs, call.signal);
    try {
      if ((await promise) === 'aborted') throw failure(call, 'not_sent', previous, attempts);
    } finally {
      end();
    }
  }
}

/** The time left for the whole call, in milliseconds. */
function remaining(call: Call, started: number): number | undefined {
  const { totalTimeoutMs } = call;
  return totalTimeoutMs === undefined ? undefined : Math.max(0, totalTimeoutMs - (clock() - started));
}

/** The core's judgement of an attempt. Without an error, the answer is a user. */
type Judged = { error?: PalmErrorDetails; waitMs?: number; requestId?: string; isGateway?: number };

/** The error of an attempt: the core's, with the server's own account. */
function errorOf(error: PalmErrorDetails, { isGateway }: Judged, { problem }: Seen, requestId: string | undefined): PalmError {
  const details: PalmErrorDetails = { ...error, ...(isGateway && problem ? saidByGateway(problem) : {}) };
  const said = problemOf(problem);
  if (said !== undefined) details.problem = said;
  if (requestId !== undefined) details.requestId = requestId;
  return new PalmError(details);
}

/** An attempt with what came before it. The fault may also lie outside an attempt. */
type Judgeable = Omit<Seen, 'fault'> & {
  fault?: Seen['fault'] | 'not_sent' | 'apiKey' | 'totalTimeoutMs';
  previous: Outcome | undefined;
  attempts: number;
  timeoutMs?: number;
  remainingMs?: number | undefined;
};

function judge(call: Call, seen: Judgeable): Judged {
  const all = { __proto__: null, ...seen, now: Date.now(), random: Math.random() };
  // By now the server may have done anything, except to a read.
  const worst = call.patch === undefined ? 'rejected' : 'unknown';
  const judged = { __proto__: null, ...(run((core) => core.judgeAttempt(hold(all), hold(call)), worst) as object | undefined) } as Judged;
  if (judged.error !== undefined) judged.error = { __proto__: null, ...judged.error } as PalmErrorDetails;
  return judged;
}

/** The error of a call that ended outside an attempt. */
function failure(call: Call, fault: Judgeable['fault'] & string, previous?: Outcome, attempts = 0): PalmError {
  return new PalmError(judge(call, { fault, previous, attempts }).error as PalmErrorDetails);
}

/** Tells the listener, without undefined members. If it throws or rejects, the call goes on. */
function tell(call: Call, attempt: { [Name in keyof Attempt]: Attempt[Name] | undefined }): void {
  if (call.onAttempt === undefined) return;
  const present: Record<string, unknown> = {};
  for (const name of Object.keys(attempt) as (keyof Attempt)[]) {
    if (attempt[name] !== undefined) define(present, name, attempt[name]);
  }
  try {
    const told: unknown = call.onAttempt(present);
    if (told !== undefined) Promise.resolve(told).catch(() => undefined);
  } catch {
    // The listener's own failure.
  }
}
