// What interrupts a wait: a time limit, or the caller's signal.

export type Interrupt = 'timeout' | 'aborted';

/** A promise of the interrupt. `end` removes its timer and listener, which must not outlive the call. */
export interface Interruption {
  readonly promise: Promise<Interrupt>;
  readonly end: () => void;
}

/** Without a delay, there is no timer. */
export function interruption(delayMs: number | undefined, signal: AbortSignal | undefined): Interruption {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort: (() => void) | undefined;
  const promise = new Promise<Interrupt>((resolve) => {
    if (delayMs !== undefined) timer = setTimeout(resolve, delayMs, 'timeout');
    if (signal === undefined) return;
    if (signal.aborted) resolve('aborted');
    abort = () => resolve('aborted');
    signal.addEventListener('abort', abort);
  });
  const end = (): void => {
    clearTimeout(timer);
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
  };
  return { promise, end };
}
