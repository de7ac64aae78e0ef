// The documentation in Chromium, served beside the page under its policy.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { startSandbox } from '../../edge/sandbox.mjs';
import { launch } from '../browser/chromium.mjs';

const skip = process.env.PALM_USER_NO_BROWSER;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let sandbox;
let browser;

before(async () => {
  if (skip) return;
  sandbox = await startSandbox({ page: true });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await sandbox?.dispose();
});

/** A tab, and what went wrong in it: errors, refusals of the policy, requests that leave the machine. */
async function open(address, options = {}) {
  const context = await browser.newContext(options);
  const faults = [];
  await context.exposeBinding('reportViolation', (_, violation) => void faults.push(violation));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => globalThis.reportViolation(`${violatedDirective} ${blockedURI}`));
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(sandbox.url) && !request.url().startsWith('data:')) faults.push(request.url());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(`${sandbox.url}/docs/${address}`);
  return { page, context, faults };
}

test('search finds a page, without a network', { skip }, async () => {
  const { page, context, faults } = await open('');
  await page.getByRole('button', { name: 'Search' }).first().click();
  const results = page.locator('.VPLocalSearchBox .result');
  await page.locator('#localsearch-input').fill('retryAfterMs');
  await results.first().waitFor();
  await context.setOffline(true);
  await page.locator('#localsearch-input').fill('halves refused request');
  await page.waitForFunction(() => document.querySelector('.VPLocalSearchBox .result')?.href.includes('/guide/store'));
  await context.setOffline(false);
  await results.first().click();
  await page.waitForURL(/\/docs\/guide\/store/);
  await page.locator('h1', { hasText: 'Optimistic edits' }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('each link of the demo page leads to a page of the documentation, or to a section that is there', { skip }, async () => {
  const html = await (await fetch(`${sandbox.url}/`)).text();
  const links = [...html.matchAll(/<a[^>]*\shref="([^"]+)"/g)].map(([, address]) => address);
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(sandbox.url);
  await page.locator('#duplicates').waitFor();
  const dead = [];
  for (const address of links) {
    if (address.startsWith('#')) {
      if ((await page.locator(address).count()) !== 1) dead.push(address);
    } else if (!/^https?:/.test(address)) {
      const { status, headers } = await fetch(new URL(address, `${sandbox.url}/`));
      if (status !== 200 || !headers.get('content-type').startsWith('text/html')) dead.push(`${address}: ${status}`);
    }
  }
  assert.deepEqual(dead, []);
  assert.ok(links.filter((address) => address.startsWith('docs/')).length >= 3, links.join());
  await context.close();
});

test('it reads without JavaScript', { skip }, async () => {
  const { page, context, faults } = await open('guide/start.html', { javaScriptEnabled: false });
  assert.match(await page.locator('main').innerText(), /A first program/);
  assert.deepEqual(faults, []);
  await context.close();
});

test('the documentation of the crate is beside it', { skip }, async () => {
  const { page, context, faults } = await open('rust/palm_user/index.html');
  assert.match(await page.locator('main').innerText(), /Crate palm_user/);
  assert.deepEqual(faults, []);
  await context.close();
});

for (const address of ['', 'guide/store.html', 'guide/gateway.html', 'performance.html', 'reference/palm-user/react.html']) {
  for (const [colorScheme, width] of [['light', 320], ['dark', 1280]]) {
    test(`axe: /docs/${address}, ${colorScheme}, ${width} px`, { skip }, async () => {
      const { page, context, faults } = await open(address, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
      await page.waitForLoadState('networkidle');
      await page.evaluate(axe);
      for (const scheme of ['light', 'dark']) {
        await page.evaluate(async (isDark) => {
          document.documentElement.classList.toggle('dark', isDark);
          // Colours change over a moment.
          await new Promise((resolve) => requestAnimationFrame(resolve));
          await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
        }, scheme === 'dark');
        const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }));
        assert.deepEqual(violations.map(({ id, nodes }) => `${scheme}, ${id}: ${nodes.slice(0, 3).map(({ target }) => target)}`), []);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} px wider than the window`);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }
}
