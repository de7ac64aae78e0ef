// Engines in which the module cannot run, each in a process of its own: every
// function says what to set, and validatePatch does not throw.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const PROGRAM = `
  import { readFileSync } from 'node:fs';
  import { createRequire } from 'node:module';
  import { applyPatch, composePatches, diffUsers, fingerprint, fingerprintMany, getUser, invertPatch, isPalmError, patchSchema, updateUser, validatePatch } from 'palm-user';
  import { createGateway } from 'palm-user/edge';
  import { init } from 'palm-user/web';
  const { PalmError: _, ...common } = createRequire(import.meta.url)('palm-user');
  const user = { metadata: { notes: 'x' } };
  const patch = { metadata: { notes: 'y' } };
  const never = () => { throw new Error('something was sent'); };
  const options = { apiKey: 'sk_test_0', fetch: never };
  const wasm = readFileSync(new URL('./node_modules/palm-user/dist/palm_user.wasm', import.meta.url));
  const calls = {
    applyPatch: () => applyPatch(user, patch),
    applyPatchWithLimits: () => applyPatch(user, patch, { limits: {} }),
    composePatches: () => composePatches(patch, patch),
    diffUsers: () => diffUsers(user, user),
    invertPatch: () => invertPatch(patch, user),
    fingerprint: () => fingerprint('a@b.c', 'email'),
    fingerprintMany: () => fingerprintMany(['a@b.c'], 'email'),
    updateUser: () => updateUser('u', patch, options),
    getUser: () => getUser('u', options),
    require: () => common.fingerprint('a'),
    web: () => init(wasm),
  };
  const said = {};
  for (const [name, call] of Object.entries(calls)) {
    said[name] = await Promise.resolve().then(call).then(() => 'nothing', (error) => (isPalmError(error) ? [error.code, error.outcome, error.message] : String(error)));
  }
  for (const options of [undefined, {}, { current: user }]) said['validatePatch ' + JSON.stringify(options)] = validatePatch(patch, options);
  said.patchSchema = patchSchema['~standard'].validate(patch);
  const events = [];
  const gateway = createGateway({ apiKey: 'sk_test_0', identify: () => 'u', fetch: never, writable: { metadata: ['notes'] }, onRequest: (event) => events.push(event) });
  for (const init of [{}, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(patch) }]) {
    const { status, code } = await (await gateway(new Request('https://gateway.example/v1/user/me', init))).json();
    const { error } = events.at(-1);
    said['gateway ' + (init.method ?? 'GET')] = [status, code, error.code, error.message];
  }
  console.log(JSON.stringify(said));
`;

/** Node's own fetch is a WebAssembly module too: it is loaded before there is none. */
const LOAD_FETCH = `
  import { createServer } from 'node:http';
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  await (await fetch('http://127.0.0.1:' + server.address().port)).text();
  server.close();
  server.closeAllConnections();
`;

/** What every function says in a process that begins with a statement. */
const run = (first) => JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--import', `data:text/javascript,${encodeURIComponent(LOAD_FETCH + first)}`, '-e', PROGRAM], { encoding: 'utf8' }));

const CSP = `WebAssembly.Module(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because neither 'wasm-unsafe-eval' nor 'unsafe-eval' is an allowed source of script`;
for (const [name, first, expected] of [
  ['without WebAssembly', 'delete globalThis.WebAssembly', /^WebAssembly is missing here; palm-user needs Chromium 91/],
  ['without SIMD', 'WebAssembly.validate = () => false; WebAssembly.Module = function () { throw new WebAssembly.CompileError("invalid value type 0x7b") }; WebAssembly.compile = async () => new WebAssembly.Module()', /^WebAssembly has no SIMD here; .*Safari 16\.4/],
  ['under a policy, as Chromium says it', `WebAssembly.Module = function () { throw new WebAssembly.CompileError(${JSON.stringify(CSP)}) }; WebAssembly.compile = async () => new WebAssembly.Module()`, /'wasm-unsafe-eval' to its script-src/],
  ['under a policy, as Firefox says it', 'WebAssembly.Module = function () { throw new WebAssembly.CompileError("call to WebAssembly.Module() blocked by CSP") }; WebAssembly.compile = async () => new WebAssembly.Module()', /'wasm-unsafe-eval' to its script-src/],
  ['on a platform that compiles ahead of time', 'WebAssembly.Module = function () { throw new WebAssembly.CompileError("WebAssembly.Module(): Wasm code generation disallowed by embedder") }; WebAssembly.compile = async () => new WebAssembly.Module()', /condition "workerd"/],
  ['for another reason', 'WebAssembly.Module = function () { throw new WebAssembly.CompileError("?") }; WebAssembly.compile = async () => new WebAssembly.Module()', /^WebAssembly could not be compiled here/],
]) {
  test(`${name}: unsupported_engine, and what to do`, () => {
    const { patchSchema, ...said } = run(first);
    assert.equal(Object.keys(said).length, 16);
    for (const [of, what] of Object.entries(said)) {
      if (of.startsWith('validatePatch')) {
        assert.deepEqual([what.valid, what.warnings, what.errors.length], [false, [], 1], of);
        assert.deepEqual([what.errors[0].code, what.errors[0].severity, what.errors[0].path], ['unsupported_engine', 'error', []], of);
        assert.match(what.errors[0].message, expected, of);
      } else if (of.startsWith('gateway')) {
        assert.deepEqual(what.slice(0, 3), [500, 'gateway_failed', 'unsupported_engine'], of);
        assert.match(what[3], expected, of);
      } else {
        assert.deepEqual(what.slice(0, 2), ['unsupported_engine', 'not_sent'], of);
        assert.match(what[2], expected, of);
      }
    }
    assert.match(patchSchema.issues[0].message, expected);
  });
}

test('no memory left is not an engine of the wrong kind', () => {
  const said = run('WebAssembly.Instance = function () { throw new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance") }');
  assert.deepEqual(said.fingerprint.slice(0, 2), ['internal', 'not_sent']);
  assert.deepEqual(said['gateway PATCH'].slice(0, 3), [500, 'gateway_failed', 'internal']);
});
