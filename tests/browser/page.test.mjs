// `palm-user/web` in each engine: a plain page under a strict content security
// policy, calling the real sandbox on another origin.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { open } from './chromium.mjs';
import { engines } from './engines.mjs';

const read = (name) => readFile(fileURLToPath(new URL(name, import.meta.url)));
/** Answers that break off amid the body, one for each framing. Firefox delivers them as whole. */
const cut = {
  'a declared length': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
    response.write('{"id":"123e4567-e89b-12d3-a456-426614174000","object":"user","metad', () => response.destroy());
  },
  'chunks': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"id":"123e4567-e89b-12d3-a456-426614174000","object":"user","metad', () => response.destroy());
  },
  'no byte of the body': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
    response.flushHeaders();
    setTimeout(() => response.destroy(), 50);
  },
};

/** The page of docs/guide/loading.md, whose script a policy would have to allow. */
const [, guide] = /```html\n([^]*?)```/.exec(await read('../../docs/guide/loading.md').then(String));
const guidePage = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(guide);
const DIST = '/node_modules/palm-user/dist';

/** The same page in an engine, with a user of its own. */
async function start(engine) {
  const fetches = [];
  const wasm = await read('../../pkg/dist/palm_user.wasm');
  const opened = await open(
    {
      '/': ['text/html', await read('./index.html')],
      '/page.js': ['text/javascript', await read('./page.js')],
      '/dist/web.js': ['text/javascript', await read('../../pkg/dist/web.js')],
      '/dist/palm_user.wasm': ['application/wasm', await read('../../pkg/dist/palm_user.wasm')],
      '/fuzz/exports.mjs': ['text/javascript', await read('../../fuzz/exports.mjs')],
      '/fuzz/values.mjs': ['text/javascript', await read('../../fuzz/values.mjs')],
      '/guide': ['', guidePage],
      [`${DIST}/web.js`]: ['text/javascript', await read('../../pkg/dist/web.js')],
      [`${DIST}/palm_user.wasm`]: ['', (response) => (fetches.push('palm_user.wasm'), response.writeHead(200, { 'content-type': 'application/wasm' }).end(wasm))],
      '/favicon.ico': ['image/x-icon', ''],
      ...Object.fromEntries(Object.values(cut).map((answer, at) => [`/cut-${at}/v1/user/palm_usr_1`, ['', answer]])),
    },
    // No inline script, no eval: the module may be compiled, and that is all.
    (sandbox) => `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${sandbox}; img-src 'self'`,
    engine,
  );
  const page = await opened.page('/');
  await page.waitForFunction(() => globalThis.palm !== undefined);
  return { ...opened, page, fetches, openPage: opened.page, ...(await opened.create({ metadata: { language: 'en' } })) };
}

// All start before the first test: once the tests end, nothing that is awaited is waited for.
const started = [];
for (const engine of engines) started.push([engine, await start(engine)]);
after(() => Promise.all(started.map(([, { close }]) => close())));

for (const [engine, { page, fetches, openPage, messages, sandbox, id, key }] of started) {
  /** Calls updateUser in the page; gives what it gave, or the error's own account. */
  const update = (patch, options) =>
    page.evaluate(
      ([id, patch, options]) =>
        globalThis.palm.updateUser(id, patch, options).then(
          (user) => ({ user }),
          (error) => ({
            error: JSON.parse(JSON.stringify(error)),
            problemStatus: error.problem?.status,
            isPalmError: globalThis.palm.isPalmError(error),
          }),
        ),
      [id, patch, options],
    );
  const options = { apiKey: key, baseUrl: sandbox, dangerouslyAllowBrowser: true, maxRetries: 0 };

  test(`${engine.name}: the module is compiled under a strict policy, and no policy is violated`, async () => {
    assert.equal(await page.evaluate(() => globalThis.palm.fingerprint('abc').slice(0, 8)), 'ba7816bf');
    assert.equal(await page.evaluate(() => globalThis.violations), 0);
    if (messages) assert.deepEqual(messages, []);
  });

  test(`${engine.name}: the page of the guide`, async () => {
    const page = await openPage('/guide');
    await page.waitForFunction(() => /^[0-9a-f]{64}$/.test(document.title));
    assert.equal(await page.textContent('main'), 'Ada Lovelace');
    assert.deepEqual(fetches, ['palm_user.wasm']);
    await page.close();
  });

  test(`${engine.name}: a user is updated across origins: the preflight passes`, async () => {
    const { user, error } = await update({ metadata: { language: 'de' } }, options);
    assert.equal(error, undefined);
    assert.equal(user.metadata.language, 'de');
  });

  test(`${engine.name}: a key is refused unless it is allowed`, async () => {
    const { error, isPalmError } = await update({}, { ...options, dangerouslyAllowBrowser: false });
    assert.ok(isPalmError);
    assert.deepEqual([error.code, error.outcome], ['unsafe_environment', 'not_sent']);
  });

  for (const [fault, code, outcome] of [
    ['status=404', 'not_found', 'rejected'],
    ['status=429; retry-after=120', 'rate_limited', 'rejected'],
    ['status=500', 'server_error', 'unknown'],
    ['drop=after', 'network', 'unknown'],
    ['body=html', 'bad_response', 'applied'],
  ]) {
    test(`${engine.name}: ${fault} in a browser`, async () => {
      const { error, problemStatus } = await update({ metadata: { a: 'x' } }, { ...options, headers: { 'sandbox-fault': fault } });
      assert.deepEqual([error.code, error.outcome], [code, outcome]);
      if (code === 'rate_limited') assert.equal(error.retryAfterMs, 120_000);
      // Palm's own words can be read, and are not in what is serialised.
      if (code === 'not_found') assert.deepEqual([problemStatus, error.problem], [404, undefined]);
    });
  }

  Object.keys(cut).forEach((framing, at) => {
    test(`${engine.name}: a 200 that breaks off (${framing}) leaves the outcome unknown, and is tried again`, async () => {
      const { error } = await page.evaluate(
        ([at, options]) =>
          globalThis.palm.updateUser('palm_usr_1', { metadata: { a: 'x' } }, { ...options, baseUrl: `${location.origin}/cut-${at}`, maxRetries: 1 }).catch((error) => ({ error: JSON.parse(JSON.stringify(error)) })),
        [at, options],
      );
      assert.deepEqual([error.code, error.outcome, error.attempts], ['network', 'unknown', 2]);
    });
  });

  test(`${engine.name}: a stalled body times out in a browser`, async () => {
    const { error } = await update({}, { ...options, timeoutMs: 300, headers: { 'sandbox-fault': 'body=stall' } });
    assert.deepEqual([error.code, error.outcome], ['timeout', 'unknown']);
  });

  test(`${engine.name}: the store shows an edit in the turn it is made, and is confirmed`, async () => {
    const seen = await page.evaluate(
      async ([id, options]) => {
        const { createUserStore, updateUser } = globalThis.palm;
        const user = await updateUser(id, { metadata: { language: 'en' } }, options);
        const send = (_, patch, { signal }) => updateUser(id, patch, { ...options, signal, headers: { 'sandbox-latency-ms': '300' } });
        const store = createUserStore({ userId: id, user, send });
        const edit = store.edit({ metadata: { language: 'de' } });
        const shown = store.getSnapshot();
        const confirmed = await edit.confirmed;
        return [shown.user.metadata.language, shown.confirmed.metadata.language, confirmed.metadata.language, store.getSnapshot().pending.length];
      },
      [id, options],
    );
    assert.deepEqual(seen, ['de', 'en', 'de', 0]);
  });

  test(`${engine.name}: 10,000 hostile inputs`, async () => {
    const { inputs } = await page.evaluate(async () => {
      const { fuzz } = await import('/fuzz/exports.mjs');
      globalThis.fetch = async () => {
        throw new TypeError('nothing leaves this page');
      };
      return fuzz(globalThis.palm, { seed: 8_000_000, inputs: 10_000 });
    });
    assert.ok(inputs >= 10_000);
  });
}
