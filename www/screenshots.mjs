// The pictures in the README, of the page as it is:
//   cargo xtask build --page && CHROMIUM=/usr/bin/chromium node www/screenshots.mjs

import { openDemo } from '../tests/browser/demo-page.mjs';

const { newContext, visit, close } = await openDemo();
const scenes = [
  { name: 'desktop', viewport: { width: 1180, height: 860 }, colorScheme: 'light' },
  { name: 'phone', viewport: { width: 390, height: 860 }, colorScheme: 'dark' },
];
for (const { name, ...options } of scenes) {
  const page = await visit(await newContext(options));
  const settled = (phase) => page.locator(`.timeline li.${phase}`).first().waitFor();
  await page.getByRole('button', { name: 'Next language' }).click();
  await settled('confirmed');
  await page.getByLabel('The next request will').selectOption('status=400');
  await page.getByLabel('Remove signup_source').click();
  await settled('rejected');
  await page.getByRole('button', { name: 'Three edits at once' }).click();
  await page.waitForTimeout(400);
  await page.evaluate(() => document.activeElement.blur());
  await page.screenshot({ path: new URL(`../docs/${name}.png`, import.meta.url).pathname });
}
await close();
