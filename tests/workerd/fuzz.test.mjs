// fuzz/exports.mjs inside workerd.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Miniflare } from 'miniflare';

const read = (name) => readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)));
const program = `
import * as palm from './palm-user.mjs';
import { fuzz } from './exports.mjs';
export default {
  async fetch() {
    globalThis.fetch = async () => { throw new TypeError('nothing leaves this place'); };
    try {
      return Response.json(await fuzz(palm, { seed: 7_000_000, inputs: 10_000 }));
    } catch (error) {
      return Response.json({ error: error.message });
    }
  },
};`;
const worker = new Miniflare({
  cf: false,
  telemetry: { enabled: false },
  compatibilityDate: '2026-04-01',
  modules: [
    { type: 'ESModule', path: 'program.mjs', contents: program },
    { type: 'ESModule', path: 'exports.mjs', contents: read('fuzz/exports.mjs').toString() },
    { type: 'ESModule', path: 'values.mjs', contents: read('fuzz/values.mjs').toString() },
    { type: 'ESModule', path: 'palm-user.mjs', contents: read('pkg/dist/workerd.js').toString() },
    { type: 'CompiledWasm', path: 'palm_user.wasm', contents: read('pkg/dist/palm_user.wasm') },
  ],
});
after(() => worker.dispose());

test('10,000 hostile inputs', async () => {
  const result = await (await fetch(await worker.ready)).json();
  assert.equal(result.error, undefined);
  assert.ok(result.inputs >= 10_000);
});
