// The demo page in Chromium, served by the sandbox as it is deployed.

import { startSandbox } from '../../edge/sandbox.mjs';
import { launch } from './chromium.mjs';

/** Opens the sandbox with its page; `visit` gives a tab, `violations` what the policy refused. */
export async function openDemo() {
  const { url, dispose } = await startSandbox({ page: true });
  const browser = await launch();
  const violations = [];
  const errors = [];
  const requests = [];
  const newContext = async (options = {}) => {
    const context = await browser.newContext(options);
    await context.exposeBinding('reportViolation', (_, violation) => void violations.push(violation));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        globalThis.reportViolation(`${violatedDirective} ${blockedURI}`);
      });
    });
    context.on('request', (request) => requests.push(request.url()));
    return context;
  };
  const visit = async (context, path = '/') => {
    const page = await context.newPage();
    // Pages that load side by side, on a machine with two cores.
    page.setDefaultNavigationTimeout(60_000);
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(url + path);
    await page.waitForSelector('.screens:not([inert])');
    await page.waitForSelector('#duplicates');
    return page;
  };
  const close = async () => {
    await browser.close();
    await dispose();
  };
  return { url, newContext, visit, violations, errors, requests, close };
}

/** Sets how long each answer takes, in milliseconds. */
export async function setLatency(page, milliseconds) {
  await page.locator('input[type=range]').fill(String(milliseconds));
}

/** Plays a scenario to its end. */
export async function play(page, id) {
  await page.locator(`[data-scenario=${id}]`).click();
  await page.locator('.caption[data-state=playing]').waitFor();
  await page.locator('.caption[data-state=over]').waitFor({ timeout: 30_000 });
}

/** Waits until the text of a locator is, or matches, what is expected. */
export async function becomes(locator, expected) {
  const read = () => locator.textContent({ timeout: 100 }).catch(() => undefined);
  for (let left = 100; left > 0; left -= 1) {
    const text = await read();
    if (text !== undefined && (expected instanceof RegExp ? expected.test(text) : text === expected)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${locator} did not become ${expected}, but is ${await read()}`);
}
