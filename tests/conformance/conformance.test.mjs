// Every client holds every case: the same data, the same server that misbehaves.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { launch } from '../browser/chromium.mjs';
import { fetchClient } from './clients/fetch.mjs';
import { npm } from './clients/npm.mjs';
import { files, inPage } from './clients/page.mjs';
import { reqwest } from './clients/reqwest.mjs';
import { USER, serve } from './server.mjs';

const { PALM_USER_ROOT: root, PALM_USER_CONFORMANCE: module, PALM_USER_REQWEST: program } = process.env;
const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url)));
const { defaults, secrets, cases } = read('cases.json');
const others = (name) => read(`../cases/${name}.json`).cases;

/** The other files of cases, as calls. */
const STATUSES = others('status')
  // A browser deals with a 304 itself.
  .filter(({ status }) => status >= 400)
  .map(({ status, code, outcome, retryable, ...rest }) => ({
    ...rest,
    script: [{ status, json: { detail: 'why' } }],
    expect: { error: { code, outcome, retryable, status, attempts: 1, problem: { detail: 'why' } } },
  }));
const PATHS = others('user-id').map(({ id, path, error, ...rest }) => ({
  ...rest,
  action: 'get',
  userId: id,
  script: [{ json: 'user' }],
  ...(error === undefined ? { expect: 'user', request: { path } } : { expect: { error: { code: error, outcome: 'not_sent' } }, requests: 0 }),
}));
const KEYS = others('api-key').map(({ key, valid, ...rest }) => ({
  ...rest,
  options: { apiKey: key },
  script: [{ json: 'user' }],
  ...(valid ? { expect: 'user', request: { headers: { authorization: `Bearer ${key}` } } } : { expect: { error: { code: 'invalid_api_key', outcome: 'not_sent' } }, requests: 0 }),
}));
const HEADERS = others('header').map(({ header, value, valid, ...rest }) => ({
  ...rest,
  options: { headers: { [header]: value } },
  script: [{ json: 'user' }],
  ...(valid ? { expect: 'user', request: { headers: { [header.toLowerCase()]: value } } } : { expect: { error: { code: 'invalid_options', outcome: 'not_sent' } }, requests: 0 }),
}));
const WAITS = others('retry-after')
  .filter(({ header, date }) => date !== undefined || /^\d+$/.test(header))
  .map(({ header, date, expect, ...rest }) => ({
    ...rest,
    script: [{ status: 503, headers: { 'retry-after': header, ...(date && { date }) }, json: {} }],
    expect: { error: { code: 'server_error', outcome: 'unknown', retryAfterMs: expect } },
  }));
const SUITES = { calls: cases, statuses: STATUSES, 'user IDs': PATHS, keys: KEYS, headers: HEADERS, waits: WAITS };

let server;
let browser;
const clients = {};
const HAS_BROWSER = process.env.CHROMIUM !== undefined;
const NAMES = ['npm', 'fetch', 'reqwest', ...(HAS_BROWSER ? ['chromium', 'chromium-fetch'] : [])];
const withoutBrowser = !HAS_BROWSER && 'there is no Chromium';

before(async () => {
  const folder = `${root}/pkg`;
  server = await serve(files({ packageFolder: folder, moduleFolder: module }));
  clients.npm = await npm({ packageUrl: pathToFileURL(`${folder}/dist/index.js`) });
  clients.fetch = await fetchClient(await import(pathToFileURL(`${module}/conformance.js`)), readFileSync(`${module}/conformance_bg.wasm`));
  clients.reqwest = await reqwest({ program });
  if (!HAS_BROWSER) return;
  browser = await launch();
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`${server.origin}/page.html`);
  await page.waitForFunction(() => globalThis.ready);
  clients.chromium = await inPage(page, 'npm');
  clients['chromium-fetch'] = await inPage(page, 'fetch');
  clients.page = page;
});
after(async () => {
  for (const name of NAMES) await clients[name]?.close();
  await browser?.close();
  await server?.close();
});

/** Whether data says what is expected: null means absent, and of an object the members that are named. */
function check(actual, expected, where) {
  if (expected === null) return assert.equal(actual, undefined, where);
  if (typeof expected !== 'object') return assert.equal(actual, expected, where);
  if (Array.isArray(expected)) assert.equal(actual?.length, expected.length, `${where}: ${JSON.stringify(actual)}`);
  for (const [name, value] of Object.entries(expected)) check(actual?.[name], value, `${where}.${name}`);
}

/** What a case expects of a client. Both clients of a browser differ as "chromium" says. */
const of = (described, client) => described?.[client] ?? (client === 'chromium-fetch' ? described?.chromium : undefined);

for (const name of NAMES) {
  for (const [suite, calls] of Object.entries(SUITES)) {
    describe(`${name}: ${suite}`, { concurrency: name === 'reqwest' ? 1 : 4 }, () => {
      for (const described of calls) {
        const skip = of(described.skip, name);
        test(described.name, { skip }, () => converse(described, name));
      }
    });
  }
}

async function converse(described, name) {
  const { script, action = defaults.action, userId = defaults.userId, patch = defaults.patch } = described;
  const conversation = server.converse(script);
  const options = { baseUrl: conversation.baseUrl, ...defaults.options, ...described.options };
  if (options.apiKey === null) delete options.apiKey;
  const { user, error, shown } = await clients[name].call({ action, userId, patch, options });
  const differs = of(described.differs, name);
  const expect = differs?.expect ?? described.expect;
  if (expect === 'user') {
    assert.equal(error, undefined, JSON.stringify(error));
    const sent = described.user ?? USER;
    assert.equal(JSON.stringify(user), JSON.stringify(sent), 'the document');
  } else {
    check(error, expect.error, 'error');
    if (expect.error.problem) assert.deepEqual(error.problem, expect.error.problem);
  }
  const { requests } = conversation;
  const allowed = differs?.requests ?? described.requests;
  if (allowed !== undefined) assert.ok([allowed].flat().includes(requests.length), `${requests.length} requests`);
  if (described.request !== undefined) {
    const { body, ...rest } = described.request;
    check(requests[0], rest, 'request');
    if (body !== undefined) assert.equal(requests[0].body, body === null ? '' : JSON.stringify(body));
  }
  for (const request of requests) assert.deepEqual([request.method, request.path, request.body], [requests[0].method, requests[0].path, requests[0].body], 'sent again');
  for (const secret of secrets) assert.ok(!shown.includes(secret), `${secret} in ${shown}`);
}

describe('the crate and JavaScript values', { skip: withoutBrowser }, () => {
  const inBoth = async (run, ...args) => [run(clients.fetch.glue, ...args), await clients.page.evaluate(`(${run})(globalThis.glue, ...${JSON.stringify(args)})`)];

  test('a user comes and goes as it is', async () => {
    for (const copy of await inBoth((glue, text) => JSON.stringify(glue.copyUser(JSON.parse(text))), JSON.stringify(USER))) {
      assert.equal(copy, JSON.stringify(USER));
    }
  });

  test('a patch is read by the rules', async () => {
    const run = (glue) => {
      const circle = {};
      circle.circle = circle;
      const values = {
        'null as a name': { display_name: null },
        'an unknown member': { displayName: 'x' },
        'NaN, which is not null': { metadata: { a: NaN } },
        'undefined, which is not null': { metadata: { a: undefined, b: 'x' } },
        'a date': { metadata: { a: new Date() } },
        'a map': new Map(),
        'a circle': { metadata: { a: circle } },
        'a bigint': { metadata: { a: 1n } },
        'a lone surrogate': { metadata: { a: '\ud800' } },
        'a getter that throws': { get metadata() { throw new Error('x'); } },
        'a key __proto__': { metadata: JSON.parse('{"__proto__":"data"}') },
        'no prototype': Object.assign(Object.create(null), { display_name: 'Ada' }),
      };
      return Object.fromEntries(Object.entries(values).map(([name, value]) => {
        const read = glue.readPatch(value);
        return [name, typeof read === 'string' ? JSON.parse(read).map(({ code }) => code).join() : JSON.stringify(read)];
      }));
    };
    for (const read of await inBoth(run)) {
      assert.deepEqual(read, {
        'null as a name': 'wrong_type',
        'an unknown member': 'unknown_field',
        'NaN, which is not null': 'not_json',
        'undefined, which is not null': '{"metadata":{"b":"x"}}',
        'a date': 'not_json',
        'a map': 'not_an_object',
        'a circle': 'cyclic',
        'a bigint': 'not_json',
        'a lone surrogate': 'ill_formed_string',
        'a getter that throws': 'unreadable',
        'a key __proto__': '{"metadata":{"__proto__":"data"}}',
        'no prototype': '{"display_name":"Ada"}',
      });
    }
  });

  test('a key is refused in a page, and not in Node.js', async () => {
    assert.equal(await clients.fetch.glue.refusesKey(), 'network');
    assert.equal(await clients.page.evaluate(() => globalThis.glue.refusesKey()), 'unsafe_environment');
  });
});
