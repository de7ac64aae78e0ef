// When the store waits, and why, for the timeline.

import type { UserStore } from 'palm-user';

import type { Recorder } from './recorder';

export function watchWaits(store: UserStore, recorder: Recorder): void {
  let end: ReturnType<Recorder['begin']> | undefined;
  let known: string | undefined;

  function changed(): void {
    const { paused, pending, retryAt } = store.getSnapshot();
    const isWaiting = paused && pending.length > 0;
    const label = isWaiting ? labelOf(retryAt, pending.find(({ error }) => error !== undefined)?.error?.status) : undefined;
    if (label === known) return;
    end?.('good');
    end = label === undefined ? undefined : recorder.begin('palm', 'waits', label);
    known = label;
  }
  store.subscribe(changed);
  changed();
}

function labelOf(retryAt: number | undefined, status: number | undefined): string {
  if (status === 401) return 'signed out';
  if (retryAt === undefined) return 'paused';
  return status === 429 ? 'wait: Retry-After' : 'wait, then try again';
}
