// The wait after a failure: by Retry-After, backoff and jitter, ended early by the device.

import type { UserStoreOptions } from './types.js';

/** More than this no timer takes. */
const MAX_TIMER_MS = 0x7fff_ffff;

export class Wait {
  /** When it ends: milliseconds since the epoch. */
  at: number | undefined;
  readonly #range: { minDelayMs?: number; maxDelayMs?: number };
  readonly #over: () => void;
  #failures = 0;
  #stop: (() => void) | undefined;

  constructor(retry: UserStoreOptions['retry'], over: () => void) {
    this.#range = retry || {};
    this.#over = over;
  }

  /** Begins to wait after one more failure. */
  begin(retryAfterMs = 0): void {
    this.end();
    this.#failures += 1;
    const { minDelayMs = 1_000, maxDelayMs = 60_000 } = this.#range;
    const most = Math.min(maxDelayMs, minDelayMs * 2 ** this.#failures);
    const least = Math.max(minDelayMs, retryAfterMs);
    const begun = Date.now();
    let timer: ReturnType<typeof setTimeout>;
    const until = (delayMs: number): void => {
      clearTimeout(timer);
      this.at = begun + delayMs;
      timer = setTimeout(over, Math.min(Math.max(this.at - Date.now(), 0), delayMs, MAX_TIMER_MS));
    };
    const over = (): void => {
      this.end();
      this.#over();
    };
    const back = (): void => {
      if (!globalThis.document?.hidden) until(least);
    };
    until(Math.max(minDelayMs + Math.random() * (most - minDelayMs), least));
    const [page, { document }] = [globalThis, globalThis];
    page.addEventListener?.('online', back);
    document?.addEventListener('visibilitychange', back);
    this.#stop = () => {
      clearTimeout(timer);
      page.removeEventListener?.('online', back);
      document?.removeEventListener('visibilitychange', back);
    };
  }

  end(): void {
    this.#stop?.();
    this.#stop = this.at = undefined;
  }

  /** The next failure is the first one again. */
  reset(): void {
    this.#failures = 0;
  }
}
