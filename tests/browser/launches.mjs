// Ends well if an engine of `engines.mjs` opens a page: node launches.mjs <engine>.

import { engines } from './engines.mjs';

const engine = engines.find(({ name }) => name === process.argv[2]);
const browser = await engine.launch();
try {
  const page = await browser.page('data:text/html,<title>open</title>');
  if ((await page.evaluate(() => document.title)) !== 'open') process.exitCode = 1;
} finally {
  await browser.close();
}
