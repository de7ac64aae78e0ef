// Every example, begun by `npm start` and driven in Chromium.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { launch } from '../browser/chromium.mjs';
import { root } from '../consumers/install.mjs';
import { npm } from '../consumers/npm.mjs';
import { copyApp, installPackages, startApp } from './app.mjs';

const execute = promisify(execFile);
let browser;
let installed;

before(async () => {
  const start = performance.now();
  await installPackages();
  installed = performance.now() - start;
  browser = await launch();
}, { timeout: 240_000 });

after(() => browser?.close());

/** Starts an example and opens it; what goes wrong in a page is told at the end. */
async function visit(name, run, variables, built) {
  const app = await startApp(name, variables, built);
  const context = await browser.newContext();
  const errors = [];
  const open = async () => {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(app.url);
    return page;
  };
  try {
    await run({ open, context, url: app.url, folder: app.folder });
    assert.deepEqual(errors, []);
  } catch (error) {
    throw new Error(`${error.message}\n${errors.join('\n')}\n${app.output()}`, { cause: error });
  } finally {
    await context.close();
    await app.close();
  }
}

const shows = (page, selector, text) => page.locator(selector).filter({ hasText: text }).waitFor();
/** React has the element: what the server wrote is there before its listeners are. */
const isHydrated = (page, selector) =>
  page.waitForFunction((name) => Object.keys(document.querySelector(name) ?? {}).some((key) => key.startsWith('__reactProps$')), selector);
const type = async (page, selector, text) => {
  await page.fill(selector, text);
  await page.locator(selector).blur();
};

test('first-edit: from the tarballs to an edited user in a browser', { timeout: 240_000 }, async (t) => {
  const lines = (await Promise.all(['index.html', 'main.js'].map((file) => readFile(path.join(root, 'examples/first-edit', file), 'utf8')))).join('').trim().split('\n').length;
  assert.ok(lines <= 40, `${lines} lines`);
  const start = performance.now();
  await visit('first-edit', async ({ open }) => {
    const page = await open();
    await shows(page, '#state', 'Ada: saved');
    await type(page, '#name', 'Ada Lovelace');
    await shows(page, '#state', 'Ada Lovelace: saved');
  });
  t.diagnostic(`${lines} lines; ${((installed + performance.now() - start) / 1000).toFixed(1)} s, of which the installation ${(installed / 1000).toFixed(1)} s`);
});

test('react-hono: sign in, fields, messages, undo, reload, two tabs, an ended session', { timeout: 300_000 }, async () => {
  await visit('react-hono', async ({ open, context }) => {
    const page = await open();
    await page.click('text=Sign in');
    await shows(page, 'h1', 'Hello, Ada');
    const stored = () => page.evaluate(async () => (await fetch('/api/palm/v1/user/me')).json());
    assert.deepEqual((await stored()).metadata, { language: 'en', notes: 'Call in the morning' });
    const [cookie] = await context.cookies();
    assert.ok(cookie.httpOnly && cookie.sameSite === 'Lax');

    // An edit is on screen while its request is under way.
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/v1/user/me', async (route) => {
      if (route.request().method() === 'PATCH') await held;
      await route.continue();
    });
    await page.fill('#name', 'Ada Lovelace');
    await shows(page, 'h1', 'Hello, Ada Lovelace');
    await shows(page, '#state', 'Saving');
    assert.equal((await stored()).display_name, 'Ada');
    release();
    await shows(page, '#state', 'Saved');
    assert.equal((await stored()).display_name, 'Ada Lovelace');
    await page.unroute('**/v1/user/me');

    // A message beside its field, and none once it is right.
    await page.fill('#notes', 'x'.repeat(101));
    await shows(page, '#notes-message', 'Use at most 100 characters.');
    await type(page, '#notes', 'Call in the evening');
    await page.locator('#notes-message').waitFor({ state: 'detached' });
    await shows(page, '#state', 'Saved');
    assert.equal((await stored()).metadata.notes, 'Call in the evening');

    // Two tabs show one edit; undo in the first brings the old value back in both.
    const second = await open();
    await shows(second, 'h1', 'Hello, Ada Lovelace');
    await page.selectOption('#language', 'de');
    await second.waitForFunction(() => document.querySelector('#language').value === 'de');
    await shows(page, '#state', 'Saved');
    await page.click('#undo');
    await second.waitForFunction(() => document.querySelector('#language').value === 'en');
    await shows(page, '#state', 'Saved');
    assert.equal((await stored()).metadata.language, 'en');
    await second.close();

    // Offline, an edit outlives a reload of the page.
    await page.route('**/v1/user/me', (route) => (route.request().method() === 'PATCH' ? route.abort() : route.continue()));
    await type(page, '#name', 'Countess of Lovelace');
    await shows(page, 'h1', 'Countess');
    await page.waitForSelector('[role=alert]');
    await page.unroute('**/v1/user/me');
    await page.reload();
    await shows(page, 'h1', 'Hello, Countess of Lovelace');
    await shows(page, '#state', 'Saved');
    assert.equal((await stored()).display_name, 'Countess of Lovelace');

    // The session ends; the edit waits for another, and nothing is lost.
    await context.clearCookies();
    await page.selectOption('#language', 'fr');
    await page.click('#sign-in-again');
    await shows(page, '#state', 'Saved');
    assert.equal((await stored()).metadata.language, 'fr');

    // The tier is the server's: the page neither sees nor changes it.
    const status = await page.evaluate(async () => (await fetch('/api/palm/v1/user/me', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"metadata":{"customer_tier":"premium"}}' })).status);
    assert.equal(status, 422);

    // Nothing of the person stays in the browser.
    await page.click('#sign-out');
    await page.waitForSelector('text=Sign in');
    assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage))).includes('Lovelace'));
    assert.deepEqual(await context.cookies(), []);
  });
});

test('react-hono is strict TypeScript', { timeout: 240_000 }, async () => {
  const folder = await copyApp('react-hono');
  await execute(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { cwd: folder }).catch(({ stdout }) => assert.fail(stdout));
});

test('next: a server component reads, the page edits, a route is the gateway', { timeout: 300_000 }, async () => {
  await visit('next', async ({ open, context, url }) => {
    const page = await open();
    await page.click('text=Sign in');
    await shows(page, 'h1', 'Hello, Ada');
    // What the server wrote has the user, and not what the gateway keeps back.
    const [{ name, value }] = await context.cookies();
    const html = await (await fetch(url, { headers: { cookie: `${name}=${value}` } })).text();
    assert.match(html, /Hello, (<!-- -->)?Ada/);
    assert.ok(!html.includes('customer_tier') && !html.includes('fingerprint'));
    await isHydrated(page, '#name');
    await type(page, '#name', 'Ada Lovelace');
    await shows(page, 'h1', 'Hello, Ada Lovelace');
    await shows(page, '#state', 'Saved');
    await page.selectOption('#language', 'de');
    await shows(page, '#state', 'Saved');
    await page.waitForTimeout(500);
    await shows(page, '#state', 'Saved');
    await page.reload();
    await shows(page, 'h1', 'Hello, Ada Lovelace');
    assert.equal(await page.inputValue('#language'), 'de');
  });
});

test('next, built and served as one deploys it', { timeout: 480_000 }, async () => {
  const folder = await copyApp('next');
  npm(['run', 'build', '--silent'], { cwd: folder, env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const served = { folder, script: 'serve' };
  await visit('next', async ({ open }) => {
    const page = await open();
    await page.click('text=Sign in');
    await shows(page, 'h1', 'Hello, Ada');
    await isHydrated(page, '#name');
    await type(page, '#name', 'Ada Lovelace');
    await shows(page, '#state', 'Saved');
    await page.reload();
    await shows(page, 'h1', 'Hello, Ada Lovelace');
  }, { SESSION_SECRET: 'a secret of the test, of 32 bytes or more' }, served);
  // Sessions that everybody could sign are worse than none.
  const { close, output, url } = await startApp('next', {}, served);
  try {
    const answer = await fetch(url, { headers: { cookie: 'session=x.y.z' } });
    assert.equal(answer.status, 500);
    assert.match(output(), /identify failed/);
  } finally {
    await close();
  }
});

test('worker: a static page, a token, a gateway in workerd', { timeout: 240_000 }, async () => {
  await visit('worker', async ({ open }) => {
    const page = await open();
    await page.click('#sign-in');
    await shows(page, '#state', 'Saved');
    assert.equal(await page.inputValue('#name'), 'Ada');
    await type(page, '#name', 'Ada Lovelace');
    await type(page, '#notes', 'Call in the evening');
    await shows(page, '#state', 'Saved');
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#name').value === 'Ada Lovelace');
    assert.equal(await page.inputValue('#notes'), 'Call in the evening');
    // A token that is not ours: the edit waits until the person has signed in again.
    await page.evaluate(() => sessionStorage.setItem('token', 'x.y.z'));
    await type(page, '#name', 'Countess');
    await page.click('#sign-in:visible');
    await shows(page, '#state', 'Saved');
    const name = await page.evaluate(async () => (await (await fetch('/api/palm/v1/user/me', { headers: { authorization: `Bearer ${sessionStorage.getItem('token')}` } })).json()).display_name);
    assert.equal(name, 'Countess');
  });
});

describe('duplicates', () => {
  test('a million rows in 48 MB of heap', { timeout: 240_000 }, async (t) => {
    const folder = await copyApp('duplicates');
    const { stdout, stderr } = await execute(process.execPath, ['--max-old-space-size=48', 'duplicates.js'], { cwd: folder });
    // Of the sample: every tenth row repeats another, but every thousandth has no address.
    assert.match(stdout, /1000000 rows: 99000 people are in the file more than once, 1000 addresses cannot be read/);
    assert.match(stderr, /100 % {2}1000000 rows/);
    t.diagnostic(stdout.trim().split('\n').at(-1));
    const lines = (await readFile(path.join(folder, 'duplicates.csv'), 'utf8')).trim().split('\n').slice(1);
    assert.equal(lines.length, 198_000);
    const groups = Map.groupBy?.(lines, (line) => line.split(',')[0]) ?? lines.reduce((map, line) => map.set(line.split(',')[0], [...(map.get(line.split(',')[0]) ?? []), line]), new Map());
    for (const group of groups.values()) {
      const [first, second] = group.map((line) => Number(line.split(',')[1])).sort((a, b) => a - b);
      assert.ok(group.length === 2 && second - first === 9 && second % 10 === 0, group.join());
    }
  });

  test('a column that is not there is told', async () => {
    const folder = await copyApp('duplicates');
    await execute(process.execPath, ['duplicates.js', '--rows', '10'], { cwd: folder });
    const failed = await execute(process.execPath, ['duplicates.js', 'sample.csv', 'phone'], { cwd: folder }).then(() => assert.fail('it ran'), (error) => error);
    assert.match(failed.stderr, /has no column phone; it has id, email, country/);
  });
});

test('each example names the versions that are tested here', async () => {
  const workspace = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const { version } = JSON.parse(await readFile(path.join(root, 'pkg/package.json'), 'utf8'));
  const own = { 'palm-user': `^${version}`, 'palm-user-sandbox': `^${version}` };
  const names = (await readdir(path.join(root, 'examples'))).filter((name) => name !== 'rust' && !name.endsWith('.md'));
  assert.deepEqual(names.sort(), ['duplicates', 'first-edit', 'next', 'react-hono', 'worker']);
  for (const name of names) {
    const { dependencies, devDependencies } = JSON.parse(await readFile(path.join(root, 'examples', name, 'package.json'), 'utf8'));
    for (const [dependency, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.equal(range, own[dependency] ?? workspace.devDependencies[dependency], `${name}: ${dependency}`);
    }
  }
});
