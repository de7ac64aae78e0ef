// One call of `send` or `read`, with a time limit of its own.

import type { PalmError } from '../error.js';
import { asPalmError, failure } from './failure.js';

export interface Request {
  /** Asks the call to end; its answer is still awaited. */
  readonly abort: () => void;
  /** Ends it here and now: no answer is awaited any more. */
  readonly end: () => void;
}

/** Calls, and tells either of the answer or of the error, whatever the function does. */
export function request<T>(
  call: (options: { signal: AbortSignal }) => Promise<T>,
  timeoutMs: number,
  answered: (answer: T) => void,
  failed: (error: PalmError) => void,
): Request {
  const controller = new AbortController();
  let isOver = false;
  const finish = (): boolean => {
    clearTimeout(timer);
    const isFirst = !isOver;
    isOver = true;
    return isFirst;
  };
  const end = (): void => {
    if (finish()) controller.abort();
  };
  const timer = setTimeout(() => {
    end();
    failed(failure('timeout', `No answer within ${timeoutMs} ms.`, 'unknown'));
  }, timeoutMs);
  new Promise<T>((resolve) => resolve(call({ signal: controller.signal }))).then(
    (answer) => finish() && answered(answer),
    (error: unknown) => finish() && failed(asPalmError(error)),
  );
  return { abort: () => controller.abort(), end };
}
