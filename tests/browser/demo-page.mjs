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
  const visit = async (context) => {
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(url);
    await page.waitForSelector('.shown');
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
