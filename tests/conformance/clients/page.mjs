// Either client in a page of the server's own origin.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TYPES = { js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm', html: 'text/html' };

/** What the server has to serve: the package, the module, and what calls them. */
export function files({ packageFolder, moduleFolder }) {
  const file = (path) => () => [TYPES[path.split('.').at(-1)], readFileSync(path)];
  return {
    '/page.html': () => ['text/html', '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'],
    '/page.js': () => ['text/javascript', PAGE],
    '/told.mjs': file(fileURLToPath(new URL('told.mjs', import.meta.url))),
    '/fetch.mjs': file(fileURLToPath(new URL('fetch.mjs', import.meta.url))),
    '/web.js': file(`${packageFolder}/dist/web.js`),
    '/palm_user.wasm': file(`${packageFolder}/dist/palm_user.wasm`),
    '/conformance.js': file(`${moduleFolder}/conformance.js`),
    '/conformance_bg.wasm': file(`${moduleFolder}/conformance_bg.wasm`),
  };
}

const PAGE = `
import * as palm from '/web.js';
import * as glue from '/conformance.js';
import { told } from '/told.mjs';
import { fetchClient } from '/fetch.mjs';
await palm.init('/palm_user.wasm');
const client = await fetchClient(glue, '/conformance_bg.wasm');
globalThis.clients = { npm: (call) => told(palm, call), fetch: client.call };
globalThis.glue = glue;
globalThis.ready = true;
`;

export async function inPage(page, name) {
  return {
    /** As text: what Playwright hands over loses a key __proto__. */
    call: async (described) =>
      JSON.parse(await page.evaluate(async ([name, call]) => JSON.stringify(await globalThis.clients[name](JSON.parse(call))), [name, JSON.stringify(described)])),
    close() {},
  };
}
