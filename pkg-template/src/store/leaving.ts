// What is left to do when a page is being left.

import type { Core } from './core.js';
import { hurry, pump } from './sending.js';
import type { UserPatch } from '../types.js';

/** Browsers let a page that has gone send 64 KiB; this leaves room for another request. */
const MAX_KEEPALIVE_BYTES = 60_000;

/** Whether a patch must, and can, be sent so that it outlives its page. */
export function isLastWord(core: Core, patch: UserPatch): boolean {
  return (core.isLeaving || globalThis.document?.visibilityState === 'hidden') && new TextEncoder().encode(JSON.stringify(patch)).length <= MAX_KEEPALIVE_BYTES;
}

/** Sends what is debounced when the page is hidden: it may never be seen again. Listens only while something is. */
export function watchLeaving(core: Core): void {
  const isWaiting = !core.isClosed && core.queue.some(({ isDue }) => !isDue);
  if (isWaiting === (core.unwatch !== undefined)) return;
  core.unwatch?.();
  core.unwatch = undefined;
  const { document } = globalThis;
  if (!isWaiting || document === undefined) return;
  const hidden = ({ type }: Event): void => {
    core.isLeaving = type === 'pagehide';
    if (!core.isLeaving && document.visibilityState !== 'hidden') return;
    hurry(core);
    pump(core);
  };
  document.addEventListener('visibilitychange', hidden);
  // Of a page that is left, this comes first.
  globalThis.addEventListener?.('pagehide', hidden);
  core.unwatch = () => {
    document.removeEventListener('visibilitychange', hidden);
    globalThis.removeEventListener?.('pagehide', hidden);
  };
}
