// One attempt: send, read, and report what was seen. The core decides what it means.

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

/** What was seen of an attempt. The core knows these names. It has no prototype, so nothing on Object.prototype shows through. */
export interface Seen {
  fault?: 'network' | 'timeout' | 'aborted' | 'not_json' | 'too_large';
  status?: number;
  /** For a success, the document in its body, if that is JSON. For a failure, the parts of its problem that the core reads. */
  answer?: unknown;
  /** For a failure, the document in its body, if that is a JSON object. */
  problem?: ProblemDocument;
  requestId?: string | undefined;
  retryAfter?: string | undefined;
  date?: string | undefined;
  /** Of a body that is not JSON: its first character and its length. The core tells from them whether it broke off. */
  bodyStart?: string;
  contentLength?: string | undefined;
  /** The system's code of a lost connection, such as ECONNRESET. Nothing else of what fetch throws: it can hold the request. */
  systemCode?: string | undefined;
}

/** A user has a few kilobytes. This leaves room, and stops a flood. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Sends the request once. The time limit covers the body. */
export async function attempt(call: Call, timeoutMs: number): Promise<Seen> {
  const controller = new AbortController();
  const seen: Seen = { __proto__: null } as object;
  const { promise, end } = interruption(timeoutMs, call.signal);
  try {
    const fault = await Promise.race([exchange(call, controller.signal, seen), promise]);
    if (fault === undefined) return seen;
    controller.abort();
    // A copy, because the exchange may still be running.
    return { __proto__: null, ...seen, fault } as Seen;
  } finally {
    end();
  }
}

async function exchange(call: Call, signal: AbortSignal, seen: Seen): Promise<undefined> {
  try {
    const answer = await send(call.fetch, call.url, { __proto__: null, ...call.init, signal } as RequestInit);
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

/** Calls the given fetch, or the current global one. */
function send(fetch: Call['fetch'], url: string, init: RequestInit): Promise<Response> {
  if (fetch === undefined) return globalThis.fetch(url, init);
  // A service binding's fetch is a method that needs its `this`.
  return typeof fetch === 'function' ? fetch(url, init) : fetch.fetch(url, init);
}

/** A header's value, if it is readable from here. */
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
    seen.fault = 'not_json';
    seen.bodyStart = text.trimStart().slice(0, 1);
    seen.contentLength = header(answer, 'content-length');
  }
}

/** Never throws: the status is known, even if the problem details cannot be read. */
async function readProblem(answer: Response, seen: Seen): Promise<void> {
  try {
    if (header(answer, 'content-type')?.includes('json')) {
      const problem = membersOf(JSON.parse((await readText(answer)) ?? ''));
      if (problem === undefined) return;
      seen.problem = problem;
      seen.answer = { __proto__: null, type: problem['type'], outcome: problem['outcome'] };
    } else if (answer.body !== null && !answer.body.locked) {
      // Frees the connection. Nothing waits for this, and its failure does not matter.
      answer.body.cancel().catch(() => undefined);
    }
  } catch {
    // The status says enough.
  }
}

/** The body as text; undefined if it is too long. */
async function readText(answer: Response): Promise<string | undefined> {
  const { body } = answer;
  // There is no stream for an empty body, or from a fetch that is not the platform's.
  if (typeof body?.getReader !== 'function' || body.locked) return answer.text();
  const reader = body.getReader();
  // Lossy, and skips a byte order mark, as Response.json() does.
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
