/**
 * `palm-user` for a page without a bundler: the module is fetched as a file, so
 * `init` comes first. Everything else is as in `palm-user`.
 *
 * @packageDocumentation
 */

import { ready } from './ready.js';
import { prepare, type WasmSource } from './load/web.js';

export * from './index.js';
export type { WasmSource } from './load/web.js';

/**
 * Fetches the module, compiles it as it streams, and makes its instance. Call it once
 * before anything else of `palm-user/web`; a second call does nothing.
 *
 * @param source - Where `palm_user.wasm` is, or the module itself. Left out: beside this script.
 * @throws `PalmError` with the code `network` when the module cannot be fetched, and
 * `unsupported_engine` when it cannot be compiled.
 *
 * @example
 * ```js
 * import init, { fingerprint } from 'palm-user/web';
 * await init();
 * fingerprint('ada@example.com', 'email');
 * ```
 */
export async function init(source?: WasmSource): Promise<void> {
  await prepare(source);
  await ready();
}

export default init;
