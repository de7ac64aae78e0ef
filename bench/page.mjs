// The demo page under a slow network: from the click to the changed DOM, and
// frames while a long list is worked on.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openDemo, setLatency } from '../tests/browser/demo-page.mjs';

const CLICKS = Number(process.env.BENCH_CLICKS ?? 400);
const ROWS = 100_000;

const { newContext, visit, close } = await openDemo();
// Nothing plays by itself for a person who asked for less motion.
const page = await visit(await newContext({ reducedMotion: 'reduce' }));
await setLatency(page, 2_000);

// From the click's own time, which is before any of the page's code runs, until both
// screens show what was clicked. A click on what is chosen already changes nothing, and
// is not an edit: an older answer may just have put that value on the left screen.
await page.evaluate(() => {
  globalThis.spans = [];
  let clicked = 0;
  const chosen = (side) => document.querySelector(`.screen.${side} [data-row=language] :checked`)?.value;
  document.addEventListener('click', ({ timeStamp }) => {
    clicked = timeStamp;
  }, { capture: true });
  document.addEventListener('change', ({ target }) => {
    const { port1, port2 } = new MessageChannel();
    const look = () => {
      const waited = performance.now() - clicked;
      if (chosen('palm') === target.value || waited > 5_000) spans.push(waited);
      else port2.postMessage(undefined);
    };
    port1.onmessage = look;
    queueMicrotask(look);
  }, { capture: true });
});
let made = 0;
while (made < CLICKS) {
  // What neither screen shows.
  const next = await page.evaluate(() => {
    const shown = [...document.querySelectorAll('.screen [data-row=language] :checked')].map(({ value }) => value);
    return ['de', 'fr', 'pl', 'en'].find((language) => !shown.includes(language));
  });
  await page.locator(`.screen.usual [data-row=language] input[value=${next}]`).click();
  await page.waitForTimeout(50);
  made = await page.evaluate(() => globalThis.spans.length);
}
const spans = await page.evaluate(() => globalThis.spans);
// The last ones as well: a page may become slow with what it remembers.
for (const [which, part] of Object.entries({ first: spans.slice(0, 100), last: spans.slice(-100) })) {
  const sorted = part.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.ceil(sorted.length * share) - 1].toFixed(2);
  console.log(`click to changed DOM, answers after 2 s, the ${which} 100 of ${spans.length} edits: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}

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
