// Faults on request: a demo or a test can cause any failure by a header.
//
//   sandbox-latency-ms: 2000
//   sandbox-fault: status=429; times=2; retry-after=1; id=abc
//   sandbox-fault: drop=before | drop=after
//   sandbox-fault: body=stall | body=html | body=wrong-shape

import { problem, refusal, type Result } from './problem.js';

export interface Fault {
  readonly kind: 'status' | 'drop-before' | 'drop-after' | 'stall' | 'html' | 'wrong-shape';
  readonly status: number;
  /** As it is sent: seconds, a date, or garbage. */
  readonly retryAfter?: string;
  /** Names the fault across calls. Without it, every call fails. */
  readonly id?: string;
  readonly times: number;
}

export interface Faults {
  readonly latencyMs: number;
  readonly fault?: Fault;
}

/** The headers that ask for faults, for CORS. */
export const FAULT_HEADERS = ['sandbox-latency-ms', 'sandbox-fault'] as const;

const MAX_LATENCY_MS = 60_000;
const MAX_TIMES = 1_000;

const KINDS: Readonly<Record<string, Fault['kind']>> = {
  'drop=before': 'drop-before',
  'drop=after': 'drop-after',
  'body=stall': 'stall',
  'body=html': 'html',
  'body=wrong-shape': 'wrong-shape',
};

export function readFaults(headers: Headers): Result<Faults> {
  const latency = headers.get('sandbox-latency-ms') ?? '0';
  if (!/^\d{1,5}$/.test(latency) || Number(latency) > MAX_LATENCY_MS) {
    const detail = `sandbox-latency-ms is a whole number up to ${MAX_LATENCY_MS}.`;
    return { refusal: refusal(400, detail) };
  }
  const latencyMs = Number(latency);
  const header = headers.get('sandbox-fault');
  if (header === null) return { value: { latencyMs } };
  const fault = readFault(header);
  if (fault !== undefined) return { value: { latencyMs, fault } };
  const detail =
    'sandbox-fault is one of status=400…599, drop=before, drop=after, body=stall, body=html ' +
    `and body=wrong-shape; then, after semicolons, times=1…${MAX_TIMES}, id=NAME and ` +
    'retry-after=TEXT (percent-encoded).';
  return { refusal: refusal(400, detail) };
}

function readFault(header: string): Fault | undefined {
  const [first = '', ...rest] = header.split(';').map((part) => part.trim());
  const status = /^status=([45]\d\d)$/.exec(first)?.[1];
  const kind = status === undefined ? (Object.hasOwn(KINDS, first) ? KINDS[first] : undefined) : 'status';
  if (kind === undefined) return undefined;
  let fault: Fault = { kind, status: Number(status ?? 200), times: 1 };
  for (const part of rest) {
    const [name, value] = split(part);
    if (name === 'times' && /^[1-9]\d{0,3}$/.test(value) && Number(value) <= MAX_TIMES) {
      fault = { ...fault, times: Number(value) };
    } else if (name === 'id' && /^[\w-]{1,64}$/.test(value)) {
      fault = { ...fault, id: value };
    } else if (name === 'retry-after' && isHeaderValue(value)) {
      fault = { ...fault, retryAfter: decodeURIComponent(value) };
    } else {
      return undefined;
    }
  }
  return fault;
}

function split(part: string): [name: string, value: string] {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
}

function isHeaderValue(encoded: string): boolean {
  try {
    return /^[\x20-\x7e]{1,200}$/.test(decodeURIComponent(encoded));
  } catch {
    return false;
  }
}

/** Whether the call does its work before the fault shows. */
export function isApplied({ kind }: Fault): boolean {
  return kind !== 'status' && kind !== 'drop-before';
}

/** Turns the right answer into the faulty one. The signal ends a body that stalls. */
export async function faulty(fault: Fault, answer: Response, signal: AbortSignal): Promise<Response> {
  switch (fault.kind) {
    case 'status': {
      const headers: HeadersInit =
        fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      return problem(refusal(fault.status, 'A fault that was asked for.'), headers);
    }
    case 'html':
      return new Response('<!doctype html><title>Sign in</title><p>Sign in to the network.', {
        headers: { 'content-type': 'text/html' },
      });
    case 'wrong-shape':
      return Response.json({ ok: true });
    case 'drop-before':
    case 'drop-after':
    case 'stall':
      return cutOff(new Uint8Array(await answer.arrayBuffer()), fault.kind === 'stall', signal);
  }
}

/**
 * Half of an answer, and then silence or the end of the connection. The headers
 * always arrive: a Worker cannot break a connection before them. They name the
 * whole length, or half an answer would look complete.
 */
function cutOff(bytes: Uint8Array<ArrayBuffer>, stalls: boolean, signal: AbortSignal): Response {
  const half = bytes.slice(0, Math.ceil(bytes.length / 2));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    // Compression on the way would drop the length.
    'content-encoding': 'identity',
    'cache-control': 'no-transform',
  };
  const body = FixedLength === undefined ? portable(half, stalls, signal) : fixedLength(FixedLength, half, bytes.length, stalls);
  return new Response(body, { headers });
}

/** The half must leave before the connection breaks. A stall outlasts every caller. */
const breakAfterMs = (stalls: boolean): number => (stalls ? 10 * 60_000 : 20);

const DROPPED = 'sandbox-fault: the connection was dropped';

function portable(half: Uint8Array<ArrayBuffer>, stalls: boolean, signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
  let end = (): void => undefined;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(half);
      // As an open connection does, the timer keeps a process of Node.js alive.
      const timer = setTimeout(() => controller.error(new TypeError(DROPPED)), breakAfterMs(stalls));
      const abort = (): void => {
        end();
        controller.error(signal.reason);
      };
      end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort);
    },
    cancel: () => end(),
  });
}

type FixedLengthStreamClass = new (length: number) => TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;

/** workerd ends every other stream as if it were complete. */
const FixedLength = (globalThis as { FixedLengthStream?: FixedLengthStreamClass }).FixedLengthStream;

function fixedLength(Stream: FixedLengthStreamClass, half: Uint8Array<ArrayBuffer>, length: number, stalls: boolean): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new Stream(length);
  const write = async (): Promise<void> => {
    const writer = writable.getWriter();
    await writer.write(half);
    // Without a timer, workerd would report a request that hangs.
    await new Promise((resolve) => setTimeout(resolve, breakAfterMs(stalls)));
    await writer.abort(new Error(DROPPED));
  };
  // Fails when the client has gone, which ends the fault.
  write().catch(() => undefined);
  return readable;
}
