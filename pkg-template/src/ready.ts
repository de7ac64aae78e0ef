// The work of the first call, done before it.

import { prepare } from '#load';

import { enter, isReady } from './instance.js';

/**
 * Compiles the module off the main thread and makes its instance, so that the first
 * call takes no longer than the next ones. Without it the first call does both.
 * A second `ready()` does nothing.
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
  enter();
}
