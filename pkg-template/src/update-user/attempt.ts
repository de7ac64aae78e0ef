// One attempt: send, read, and note what was seen. What it means is for the core to say.

import { interruption } from './interruption.js';
import { membersOf, type ProblemDocument } from './problem.js';
import type { FetchLike } from '../types.js';

/** A call that the core has checked. */
export interface Call {
  readonly url: string;
  readonly init: { method: string; headers: Record<string, string>; redirect: 'manual'; body?: string; cache?: 'no-store' };
  /** Undefined for a read. */
  readonly patch: unknown;
  /** Once the call is authorized, the key itself. */
  apiKey: unknown;
  readonly fetch: FetchLike | { fetch: FetchLike } | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly totalTimeoutMs?: number;
  readonly onAttempt: ((attempt: object) => void) | undefined;
}

/** What an attempt came to. The core knows the names. */
export interface Seen {
  fault?: 'network' | 'timeout' | 'aborted' | 'not_json' | 'too_large';
  status?: number;
  /** The document in the body of a success, where it is JSON; of a failure what the core asks of its problem. */
  answer?: unknown;
  /** The document in the body of a failure, where it is a JSON object. */
  problem?: ProblemDocument;
  requestId?: string | undefined;
  retryAfter?: string | undefined;
  date?: string | undefined;
  /** The system's code of a lost connection, such as ECONNRESET. Nothing else of what fetch throws: it can hold the request. */
  systemCode?: string | undefined;
}

/** A copy that shows nothing of what somebody puts on Object.prototype. */
export function plain<T extends object>(members: T): T {
  return Object.assign(Object.create(null) as object, members);
}

/** A user is a few kilobytes; this leaves room and stops a flood. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Sends once. The time limit covers the body. */
export async function attempt(call: Call, timeoutMs: number): Promise<Seen> {
  const controller = new AbortController();
  const seen = plain<Seen>({});
  const { promise, end } = interruption(timeoutMs, call.signal);
  try {
    const fault = await Promise.race([exchange(call, controller.signal, seen), promise]);
    if (fault === undefined) return seen;
    controller.abort();
    // A copy: the exchange may still go on.
    return plain({ ...seen, fault });
  } finally {
    end();
  }
}

async function exchange(call: Call, signal: AbortSignal, seen: Seen): Promise<undefined> {
  try {
    const answer = await send(call.fetch, call.url, plain({ ...call.init, signal }));
    seen.status = Number(answer.status) || 0;
    seen.requestId = header(answer, 'x-request-id') ?? header(answer, 'request-id');
    if (seen.status >= 200 && seen.status < 300) {
      await readUser(answer, seen);
    } else {
      seen.retryAfter = header(answer, 'retry-after');
      seen.date = header(answer, 'date');
      await readProblem(answer, seen);
    }
  } catch (error) {
    seen.fault = 'network';
    seen.systemCode = systemCode(error);
  }
  return undefined;
}

/** Calls the fetch that was given, or the global one as it is now. */
function send(fetch: Call['fetch'], url: string, init: RequestInit): Promise<Response> {
  if (fetch === undefined) return globalThis.fetch(url, init);
  // A service binding has fetch as a method and needs its `this`.
  return typeof fetch === 'function' ? fetch(url, init) : fetch.fetch(url, init);
}

/** A header's value, if it can be seen from here. */
function header(answer: Response, name: string): string | undefined {
  try {
    return answer.headers.get(name) ?? undefined;
  } catch {
    return undefined;
  }
}

async function readUser(answer: Response, seen: Seen): Promise<void> {
  const text = await readText(answer);
  if (text === undefined) {
    seen.fault = 'too_large';
    return;
  }
  try {
    seen.answer = JSON.parse(text);
  } catch {
    seen.fault = isCutOff(answer, text) ? 'network' : 'not_json';
  }
}

/**
 * Whether a body that is not JSON is the beginning of one. Firefox, and WebKit for some framings,
 * deliver a body as whole when the connection breaks amid it.
 */
function isCutOff(answer: Response, text: string): boolean {
  const begun = text.trimStart();
  if (begun !== '') return begun.startsWith('{');
  return answer.status !== 204 && answer.status !== 205 && header(answer, 'content-length') !== '0';
}

/** A problem that cannot be read is no reason to hide the status, which has been read. */
async function readProblem(answer: Response, seen: Seen): Promise<void> {
  try {
    if (header(answer, 'content-type')?.includes('json')) {
      const problem = membersOf(JSON.parse((await readText(answer)) ?? ''));
      if (problem === undefined) return;
      seen.problem = problem;
      seen.answer = plain({ type: problem['type'], outcome: problem['outcome'] });
    } else if (answer.body !== null && !answer.body.locked) {
      // Gives the connection back. Nobody waits for it, and nobody should hear of its failure.
      answer.body.cancel().catch(() => undefined);
    }
  } catch {
    // The status says enough.
  }
}

/** The body as text; undefined once it is too long. */
async function readText(answer: Response): Promise<string | undefined> {
  const { body } = answer;
  // No stream: an empty body, or a fetch that is not the platform's.
  if (typeof body?.getReader !== 'function' || body.locked) return answer.text();
  const reader = body.getReader();
  // Lossy, and without a byte order mark, as JSON's text is read.
  const decoder = new TextDecoder();
  let text = '';
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > MAX_BYTES) {
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

function systemCode(error: unknown): string | undefined {
  try {
    const { cause, code = (cause as { code?: unknown } | undefined)?.code } = error as { cause?: unknown; code?: unknown };
    return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
