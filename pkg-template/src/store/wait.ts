// The wait after a failure: by Retry-After, backoff and jitter, ended early by the device.

import type { UserStoreOptions } from './types.js';

/** More than this no timer takes. */
const MAX_TIMER_MS = 0x7fff_ffff;

export class Wait {
  /** When it ends: milliseconds since the epoch. */
  at: number | undefined;
  /** When it ends where the device says that it is worth a try. */
  least: number | undefined;
  readonly #range: { minDelayMs?: number; maxDelayMs?: number };
  readonly #over: () => void;
  /** In a row. */
  failures = 0;
  #stop: (() => void) | undefined;

  constructor(retry: UserStoreOptions['retry'], over: () => void) {
    this.#range = retry || {};
    this.#over = over;
  }

  /** Begins to wait after one more failure. */
  begin(retryAfterMs = 0): void {
    this.failures += 1;
    const { minDelayMs = 1_000, maxDelayMs = 60_000 } = this.#range;
    const most = Math.min(maxDelayMs, minDelayMs * 2 ** this.failures);
    const least = Math.max(minDelayMs, retryAfterMs);
    const now = Date.now();
    this.until(now + Math.max(minDelayMs + Math.random() * (most - minDelayMs), least), now + least);
  }

  /** Waits until a time; where the device says that it is worth a try, until another one. */
  until(at: number, least = at): void {
    this.end();
    this.least = least;
    const delayMs = at - Date.now();
    let timer: ReturnType<typeof setTimeout>;
    const arm = (end: number): void => {
      clearTimeout(timer);
      this.at = end;
      // A clock that was set back makes no wait longer.
      timer = setTimeout(over, Math.min(Math.max(end - Date.now(), 0), Math.max(delayMs, 0), MAX_TIMER_MS));
    };
    const over = (): void => {
      this.end();
      this.#over();
    };
    const back = (): void => {
      if (!globalThis.document?.hidden) arm(least);
    };
    arm(at);
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
    this.failures = 0;
  }
}
