// The demo page in a browser, served by the sandbox as it is deployed.

import { firefox } from 'playwright-core-for-firefox';

import { startSandbox } from '../../edge/sandbox.mjs';
import { launch } from './chromium.mjs';
import { launch as launchWebKit } from './webkit.mjs';
import { withLocators } from './webkit-locators.mjs';

/** The engines that a variable names. */
export const ENGINES = Object.entries({ chromium: 'CHROMIUM', firefox: 'FIREFOX', webkit: 'WEBKIT_DRIVER' })
  .filter(([name, variable]) => name === 'chromium' || process.env[variable] !== undefined)
  .map(([name]) => name)
  .filter((name) => (process.env.PALM_USER_ENGINE === undefined ? name !== 'webkit' : name === process.env.PALM_USER_ENGINE));

/**
 * Opens the sandbox with its page. `newContext` makes a browser of its own users, `visit` gives a tab.
 * `violations` is what the policy refused, `errors` what was thrown, and `requests` what was asked,
 * where the engine tells.
 */
export async function openDemo(engine = 'chromium') {
  const { url, dispose } = await startSandbox({ page: true });
  const seen = { violations: [], errors: [], requests: [] };
  const browser = await (engine === 'webkit' ? webkit(url) : playwright(engine, seen));
  const visit = async (context, path = '/') => {
    const page = await context.newPage();
    await page.goto((context.url ?? url) + path);
    await page.waitForSelector('.screens:not([inert])');
    await page.waitForSelector('#duplicates');
    return page;
  };
  const close = async () => {
    await browser.close();
    await dispose();
  };
  return { url, engine, newContext: browser.newContext, visit, ...seen, close };
}

async function playwright(engine, { violations, errors, requests }) {
  // Firefox takes this from its preferences alone, so for all of its contexts.
  const firefoxUserPrefs = { 'ui.prefersReducedMotion': 1 };
  const browser =
    engine === 'chromium' ? await launch() : await firefox.launch({ channel: 'moz-firefox', executablePath: process.env.FIREFOX, firefoxUserPrefs });
  const newContext = async (options = {}) => {
    const context = await browser.newContext(options);
    await context.exposeBinding('reportViolation', (_, violation) => void violations.push(violation));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        globalThis.reportViolation(`${violatedDirective} ${blockedURI}`);
      });
    });
    context.on('request', (request) => requests.push(request.url()));
    context.on('page', (page) => {
      // Pages that load side by side, on a machine with two cores.
      page.setDefaultTimeout(60_000);
      page.on('pageerror', (error) => errors.push(String(error)));
    });
    return context;
  };
  return { newContext, close: () => browser.close() };
}

/** Its driver has one store for all windows: a context is an origin. Less motion is asked for in all of them. */
async function webkit(url) {
  const browser = await launchWebKit({ prefersReducedMotion: true });
  let contexts = 0;
  const newContext = async () => {
    const origin = url.replace('127.0.0.1', `context-${(contexts += 1)}.localhost`);
    const pages = [];
    const context = {
      url: origin,
      newPage: async () => {
        const page = { ...withLocators(await browser.page('about:blank', 'window')), context: () => context };
        pages.push(page);
        return page;
      },
      close: () => Promise.all(pages.map((page) => page.close())),
    };
    return context;
  };
  return { newContext, close: () => browser.close() };
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
