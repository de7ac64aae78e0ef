// The demo page under a slow network: from the click to the changed DOM, and
// frames while a long list is worked on.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openDemo, setLatency } from '../tests/browser/demo-page.mjs';

const CLICKS = 200;
const ROWS = 100_000;

const { newContext, visit, close } = await openDemo();
// Nothing plays by itself for a person who asked for less motion.
const page = await visit(await newContext({ reducedMotion: 'reduce' }));
await setLatency(page, 2_000);

// From the event's own time, which is before any of the page's code runs, until the
// screen with palm-user shows what was clicked in the other one.
await page.evaluate(() => {
  globalThis.spans = [];
  document.addEventListener('click', ({ target, timeStamp }) => {
    // A label's click comes first, and then its input's.
    if (target.value === undefined) return;
    const { port1, port2 } = new MessageChannel();
    const look = () => {
      const shown = document.querySelector('.screen.palm [data-row=language] :checked')?.value;
      if (shown === target.value) spans.push(performance.now() - timeStamp);
      else port2.postMessage(undefined);
    };
    port1.onmessage = look;
    queueMicrotask(look);
  }, { capture: true });
});
for (let count = 0; count < CLICKS; count += 1) {
  await page.locator(`.screen.usual [data-row=language] input[value=${count % 2 ? 'pl' : 'fr'}]`).click();
  await page.waitForFunction((clicks) => globalThis.spans.length === clicks, count + 1);
  await page.waitForTimeout(50);
}
const spans = (await page.evaluate(() => globalThis.spans)).sort((a, b) => a - b);
const at = (share) => spans[Math.ceil(spans.length * share) - 1].toFixed(2);
console.log(`click to changed DOM, answers after 2 s, ${CLICKS} clicks: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`);

const rows = Array.from({ length: ROWS }, (_, index) => `${index},person${index % 60_000}@example.com`);
await page.evaluate(() => {
  globalThis.gap = 0;
  let last = performance.now();
  const turn = (now) => {
    globalThis.gap = Math.max(globalThis.gap, now - last);
    last = now;
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
});
// By its path: contents would be decoded in the page, which is no work of ours.
const folder = await mkdtemp(path.join(tmpdir(), 'palm-user-'));
const file = path.join(folder, 'people.csv');
await writeFile(file, `id,email\n${rows.join('\n')}\n`);
const started = performance.now();
await page.locator('input[type=file]').setInputFiles(file);
await page.getByTestId('found').waitFor();
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const gap = await page.evaluate(() => globalThis.gap);
console.log(`${ROWS.toLocaleString('en')} rows for duplicates: ${seconds} s, longest time between two frames ${gap.toFixed(0)} ms`);
await close();
await rm(folder, { recursive: true });
