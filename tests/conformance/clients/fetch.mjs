// The crate's feature fetch, in Node.js or in a page.

import { abortSignal } from './told.mjs';

/** `glue` is what wasm-bindgen made, and `module` the bytes beside it. */
export async function fetchClient(glue, module) {
  await glue.default({ module_or_path: module });
  return {
    async call({ options: { abortAfterMs, ...options }, ...call }) {
      const signal = abortAfterMs === undefined ? undefined : abortSignal(abortAfterMs);
      return JSON.parse(await glue.call(JSON.stringify({ ...call, options }), signal));
    },
    glue,
    close() {},
  };
}
