// The three engines, behind the few calls that the suites of the package make.

import { firefox } from 'playwright-core-for-firefox';

import { launch as launchChromium } from './chromium.mjs';
import { launch as launchWebKit } from './webkit.mjs';

/** Each engine that a variable names, with a way to open a page of it. `messages` takes what the page logs, where the engine tells. */
export const engines = [
  ['chromium', 'CHROMIUM', () => byPlaywright(launchChromium())],
  // Playwright drives a Firefox that is not its own by WebDriver BiDi. Versions after 1.58 send
  // commands that Firefox ESR does not know.
  ['firefox', 'FIREFOX', () => byPlaywright(firefox.launch({ channel: 'moz-firefox', executablePath: process.env.FIREFOX }))],
  ['webkit', 'WEBKIT_DRIVER', launchWebKit],
]
  .filter(([, variable]) => process.env[variable] !== undefined)
  .map(([name, , launch]) => ({ name, launch }));

async function byPlaywright(launched) {
  const browser = await launched;
  const messages = [];
  return {
    messages,
    page: async (url) => {
      const page = await browser.newPage();
      page.on('console', (message) => messages.push(message.text()));
      page.on('pageerror', (error) => messages.push(String(error)));
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}
