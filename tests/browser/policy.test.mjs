// A page whose content security policy forbids WebAssembly: every function says
// which directive to set, and validatePatch does not throw. And a gateway of the
// page's own origin, which a path names.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { open } from './chromium.mjs';
import { engines } from './engines.mjs';

const read = (name) => readFile(fileURLToPath(new URL(name, import.meta.url)));
const SCRIPT = `import * as palm from '/dist/index.js'; import init from '/dist/web.js'; globalThis.palm = { ...palm, init };`;
const USER = { id: 'x', object: 'user', created_at: 'x', updated_at: 'x', metadata: {}, status: 'active' };
const FILES = {
  '/': ['text/html', '<!doctype html><script type="module" src="/page.js"></script>'],
  '/page.js': ['text/javascript', SCRIPT],
  '/dist/index.js': ['text/javascript', await read('../../pkg/dist/index.js')],
  '/dist/web.js': ['text/javascript', await read('../../pkg/dist/web.js')],
  '/dist/palm_user.wasm': ['application/wasm', await read('../../pkg/dist/palm_user.wasm')],
  '/api/palm/v1/user/me': ['application/json', JSON.stringify(USER)],
  '/favicon.ico': ['image/x-icon', ''],
};
const POLICY = "default-src 'none'; connect-src 'self'; img-src 'self'";

const started = [];
for (const engine of engines) {
  const forbidden = await open(FILES, () => `${POLICY}; script-src 'self'`, engine);
  const allowed = await open(FILES, () => `${POLICY}; script-src 'self' 'wasm-unsafe-eval'`, engine);
  started.push([engine.name, forbidden, allowed]);
}
after(() => Promise.all(started.flatMap(([, forbidden, allowed]) => [forbidden.close(), allowed.close()])));

for (const [name, forbidden, allowed] of started) {
  test(`${name}: under a policy that forbids WebAssembly, unsupported_engine names the directive`, async () => {
    const page = await forbidden.page('/');
    await page.waitForFunction(() => globalThis.palm !== undefined);
    const said = await page.evaluate(async () => {
      const { applyPatch, fingerprint, getUser, init, isPalmError, ready, updateUser, validatePatch } = globalThis.palm;
      const user = { metadata: { notes: 'x' } };
      const patch = { metadata: { notes: 'y' } };
      const calls = [() => applyPatch(user, patch), () => fingerprint('a'), () => updateUser('me', patch, { baseUrl: '/api/palm' }), () => getUser('me', { baseUrl: '/api/palm' }), () => init(), () => ready()];
      const errors = [];
      for (const call of calls) {
        errors.push(await Promise.resolve().then(call).then(() => 'nothing', (error) => (isPalmError(error) ? `${error.code} ${error.message}` : String(error))));
      }
      return { errors, report: validatePatch(patch), again: validatePatch(patch, { current: user }) };
    });
    for (const error of said.errors) assert.match(error, /^unsupported_engine .*'wasm-unsafe-eval' to its script-src/);
    for (const { valid, errors } of [said.report, said.again]) {
      assert.deepEqual([valid, errors.length, errors[0].code], [false, 1, 'unsupported_engine']);
      assert.match(errors[0].message, /'wasm-unsafe-eval'/);
    }
  });

  test(`${name}: with the directive it runs, and a path names the page's own gateway`, async () => {
    const page = await allowed.page('/');
    await page.waitForFunction(() => globalThis.palm !== undefined);
    const { user, isValid } = await page.evaluate(async () => {
      const { getUser, validatePatch } = globalThis.palm;
      return { isValid: validatePatch({ metadata: { notes: 'y' } }).valid, user: await getUser('me', { baseUrl: '/api/palm' }) };
    });
    assert.deepEqual([isValid, user], [true, USER]);
  });
}
