// The work of the first call, done before it.

import { isInlined, prepare } from '#load';

import { fastReport, fastUpdate } from './fast-path.js';
import { enter, isReady } from './instance.js';

/**
 * Compiles the module off the main thread, makes its instance, and runs what a first
 * edit runs. Without it the first call does all that. A store on a page calls it
 * once the browser is idle. A second `ready()` does nothing.
 *
 * @throws `PalmError` with the code `unsupported_engine` where WebAssembly cannot run;
 * of `palm-user/web` also with `network` where the module cannot be fetched.
 *
 * @example
 * ```js
 * import { ready } from 'palm-user';
 * void ready().catch(() => undefined); // once the page has rendered; calls report errors themselves
 * ```
 */
export async function ready(): Promise<void> {
  if (isReady) return;
  await prepare();
  if (enter()) rehearse();
}

/** Engines compile a function when it first runs, and half of a first edit is that. */
function rehearse(): void {
  const user = { metadata: { a: '', b: '' } };
  const patch = { metadata: { a: null, b: ' ', c: '' } };
  fastReport(patch, { current: user });
  fastUpdate(user, patch, undefined);
}

/**
 * `ready()` for whoever makes a store on a page: once the browser has nothing else to
 * do, and only where the module is here already. Elsewhere the first call may wait.
 */
export function readyWhenIdle(): void {
  if (!isInlined || isReady || typeof document === 'undefined') return;
  const begin = (): void => void ready().catch(() => undefined);
  // Safari has none.
  if (typeof requestIdleCallback === 'function') requestIdleCallback(begin, { timeout: 1000 });
  else setTimeout(begin);
}
