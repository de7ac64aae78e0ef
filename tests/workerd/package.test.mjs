// The package inside workerd: the case files again, run by a Worker.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Miniflare } from 'miniflare';

const read = (name) => readFileSync(fileURLToPath(new URL(name, import.meta.url)));
const worker = new Miniflare({
  cf: false,
  telemetry: { enabled: false },
  compatibilityDate: '2026-04-01',
  modules: [
    { type: 'ESModule', path: 'runner.mjs', contents: read('./runner.mjs').toString() },
    { type: 'ESModule', path: 'palm-user.mjs', contents: read('../../pkg/dist/workerd.js').toString() },
    { type: 'CompiledWasm', path: 'palm_user.wasm', contents: read('../../pkg/dist/palm_user.wasm') },
  ],
});
const url = await worker.ready;
after(() => worker.dispose());

for (const file of ['apply', 'validate', 'compose', 'diff', 'invert', 'fingerprint']) {
  const { cases } = JSON.parse(read(`../cases/${file}.json`));
  test(`${file}: ${cases.length} cases`, async () => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ file, cases }) });
    const results = await response.json();
    assert.equal(results.length, cases.length);
    assert.deepEqual(results.filter(({ failure }) => failure !== undefined), []);
  });
}

test('a key in workerd is not a key in a browser', async () => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ file: 'call', cases: [] }) });
  assert.deepEqual(await response.json(), [{ name: 'call', url: 'https://api.getpalm.com/v1/user/u' }]);
});
