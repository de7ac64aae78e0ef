// One request: what is known about it, and the event at its end.

import { clock } from '../update-user/environment.js';
import type { Outcome } from '../generated.js';
import { hooksWithin, type RunHook } from './hooks.js';
import type { Action, GatewayEvent } from './options.js';
import { requestIdOf } from './request-id.js';
import type { Settings } from './settings.js';

/** What is known about a request so far. */
export class Visit {
  readonly requestId: string;
  readonly run: RunHook;
  /** The answer's headers. */
  readonly headers: Record<string, string>;
  action: Action = 'read';
  known: Partial<Omit<{ -readonly [Name in keyof GatewayEvent]: GatewayEvent[Name] }, 'requestId' | 'status' | 'durationMs'>> & { outcome?: Outcome } = {};
  /** Why the user could not be read for `check`. */
  readError: unknown;
  readonly #started = clock();

  constructor(request: Request, { hookTimeoutMs }: Settings) {
    this.requestId = requestIdOf(request);
    this.run = hooksWithin(hookTimeoutMs);
    this.headers = {
      vary: 'origin, sec-fetch-site',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-request-id': this.requestId,
    };
  }

  /** The event of the request, once it is answered. */
  event(status: number): GatewayEvent {
    const durationMs = Math.max(0, clock() - this.#started);
    return { requestId: this.requestId, action: 'refused', status, durationMs, ...this.known };
  }
}

/** Tells `onRequest`, or else the console. This never fails a request. */
export function tell(event: GatewayEvent, { onRequest }: Settings, context: { waitUntil?(promise: Promise<unknown>): void } | undefined): void {
  if (onRequest === undefined) {
    complain(event);
    return;
  }
  try {
    const told = onRequest(event);
    if (typeof told?.then !== 'function') return;
    const settled = Promise.resolve(told).catch(lost);
    // Some frameworks pass something else as the second argument.
    if (typeof context?.waitUntil === 'function') context.waitUntil(settled);
  } catch {
    lost();
  }
}

function lost(): void {
  console.error('palm-user: onRequest of a gateway threw.');
}

/** What was logged before, so that a stranger cannot fill the log. */
const said = new Set<string>();

/** Logs failures that somebody should know about. What a hook threw is not printed: it may hold anything. */
function complain({ requestId, status, code, hook, error }: GatewayEvent): void {
  if (error === undefined || (status < 500 && code !== 'origin_not_allowed')) return;
  const text = hook !== undefined ? `${hook} failed; set onRequest to see why.` : (error as Error).message;
  if (said.has(text) || said.size >= 100) return;
  said.add(text);
  console.error(`palm-user gateway, request ${requestId}: ${text}`);
}
