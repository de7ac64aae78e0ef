// The pictures of the page in the README and the documentation:
//   cargo xtask build --page && CHROMIUM=/usr/bin/chromium node www/screenshots.mjs
// With a folder named, every state at 390 and 1,440 px in both schemes goes there instead.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { openDemo, play } from '../tests/browser/demo-page.mjs';
import { STATES } from '../tests/browser/demo-states.mjs';

const folder = process.argv[2];
const { newContext, visit, close } = await openDemo();
const docs = (name) => fileURLToPath(new URL(`../docs/${name}.png`, import.meta.url));

/** A page whose font has arrived: over a slow network the first visit does without. */
async function open(options) {
  const context = await newContext({ reducedMotion: 'reduce', ...options });
  const page = await visit(context);
  await page.reload();
  await page.waitForSelector('.screens:not([inert])');
  await page.waitForFunction(() => document.querySelector('.palm .verdict b')?.textContent === 'Matches the server.');
  return page;
}

if (folder === undefined) {
  const scenes = [
    { name: 'desktop', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
    { name: 'desktop-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
    { name: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  ];
  for (const { name, ...options } of scenes) {
    const page = await open(options);
    await play(page, 'lost');
    await page.evaluate(() => document.activeElement.blur());
    // On a phone the picture is of the two screens.
    if (name === 'phone') await page.locator('.stage').evaluate((stage) => stage.scrollIntoView());
    await page.screenshot({ path: docs(name) });
    await page.context().close();
  }
} else {
  await mkdir(folder, { recursive: true });
  for (const { name, reach } of STATES) {
    for (const [width, colorScheme] of [[390, 'dark'], [1440, 'light']]) {
      const page = await open({ viewport: { width, height: 844 }, colorScheme });
      await reach(page);
      await page.screenshot({ path: path.join(folder, `${name}-${width}.png`), fullPage: true });
      await page.context().close();
    }
  }
}
await close();
