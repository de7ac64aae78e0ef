// A clock that stops while nothing happens, so that the timeline has no empty stretches.

import { observable, type Observable } from '../observable';

export interface Clock {
  /** Milliseconds of activity since the page was opened. */
  readonly now: () => number;
  readonly isRunning: Observable<boolean>;
  /** Keeps the clock running until the function it gives is called. */
  readonly hold: () => () => void;
}

/** What ends is looked at for a moment longer. */
const GRACE_MS = 800;

export function createClock(): Clock {
  const isRunning = observable(false);
  let elapsed = 0;
  let since = 0;
  let holds = 0;
  let stopping: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    elapsed += performance.now() - since;
    isRunning.set(false);
  }

  return {
    isRunning,
    now: () => elapsed + (isRunning.get() ? performance.now() - since : 0),
    hold: () => {
      clearTimeout(stopping);
      holds += 1;
      if (!isRunning.get()) {
        since = performance.now();
        isRunning.set(true);
      }
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holds -= 1;
        if (holds === 0) stopping = setTimeout(stop, GRACE_MS);
      };
    },
  };
}
