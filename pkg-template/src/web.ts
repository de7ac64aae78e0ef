/**
 * `palm-user` for a page without a bundler: the module is fetched as a file, so
 * `init` comes first. Everything else is as in `palm-user`.
 *
 * @packageDocumentation
 */

export * from './index.js';
export { init, init as default } from './load/web.js';
export type { WasmSource } from './load/web.js';
