// Running the gateway's hooks: the functions in its options. What they throw goes only to the server's log.

import { clock } from '../update-user/environment.js';

/** Runs a hook. All hooks of a request share one time limit. */
export type RunHook = <T>(name: string, hook: () => T | PromiseLike<T>) => Promise<T>;

/** A hook threw, timed out, or returned something it may not. */
export class HookFailure {
  constructor(
    readonly hook: string,
    /** What it threw, or our own explanation. */
    readonly thrown: unknown,
    /** 503 for a timeout: the hook may be faster next time. */
    readonly status: 500 | 503 = 500,
  ) {}
}

/** The hooks of one request. */
export function hooksWithin(limitMs: number): RunHook {
  let leftMs = limitMs;
  return async (name, hook) => {
    const started = clock();
    try {
      const result = hook();
      return isPromise(result) ? await inTime(result, leftMs) : result;
    } catch (thrown) {
      throw thrown === LATE
        ? new HookFailure(name, new Error(`${name} did not finish within hookTimeoutMs (${limitMs}).`), 503)
        : new HookFailure(name, thrown ?? new Error(`${name} threw ${thrown}.`));
    } finally {
      leftMs -= clock() - started;
    }
  };
}

/** The failure of a hook that returned something it may not. */
export function misuse(hook: string, message: string): HookFailure {
  return new HookFailure(hook, new Error(message));
}

const LATE = Symbol('late');

const PENDING = Symbol('pending');

async function inTime<T>(work: PromiseLike<T>, ms: number): Promise<T> {
  // A hook that did not have to wait needs no timer.
  const first = await Promise.race([work, Promise.resolve(PENDING)]);
  if (first !== PENDING) return first as T;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, Math.max(0, ms), LATE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
