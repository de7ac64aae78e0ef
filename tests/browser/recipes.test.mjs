// The guide's recipes, in React and TanStack Query, in each engine, against the sandbox.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { open } from './chromium.mjs';
import { engines } from './engines.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const bundle = await build({
  entryPoints: [file('./recipes.jsx')],
  bundle: true,
  write: false,
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'palm-user': file('../../pkg/dist/index.js'), 'palm-user/react': file('../../pkg/dist/react.js') },
});
const FILES = {
  '/': ['text/html', '<!doctype html><html lang="en"><title>recipes</title><div id="app"></div><script type="module" src="/app.js"></script></html>'],
  '/favicon.ico': ['image/x-icon', ''],
  '/app.js': ['text/javascript', bundle.outputFiles[0].text],
};

/** The page in an engine, with a user of its own. */
async function start(engine) {
  const opened = await open(FILES, undefined, engine);
  const { sandbox, create } = opened;
  const { id, key, patch } = await create({ metadata: { language: 'en' } });
  const app = await opened.page(`/?sandbox=${encodeURIComponent(sandbox)}&id=${id}&key=${key}`);
  const becomes = (name, value) => app.waitForFunction(([name, value]) => document.getElementById(name)?.textContent === value, [name, value]);
  await becomes('query-language', 'en');
  return { ...opened, app, becomes, patch };
}

// All start before the first test: once the tests end, nothing that is awaited is waited for.
const started = [];
for (const engine of engines) started.push([engine.name, await start(engine)]);
after(() => Promise.all(started.map(([, { close }]) => close())));

for (const [engine, { app, becomes, messages, patch }] of started) {
  const text = (name) => app.textContent(`#${name}`);
  /** Clicks, and gives what is in the page in the very next frame. */
  const click = (button, name) =>
    app.evaluate(
      ([button, name]) =>
        new Promise((resolve) => {
          document.getElementById(button).click();
          requestAnimationFrame(() => resolve(document.getElementById(name).textContent));
        }),
      [button, name],
    );

  test(`${engine}: an edit is in the page in the next frame, and in the query's data`, async () => {
    assert.equal(await click('de', 'language'), 'de');
    await becomes('query-language', 'de');
    assert.equal(await text('saving'), 'true');
    await becomes('saving', 'false');
    assert.equal(await text('language'), 'de');
  });

  test(`${engine}: a rejected edit goes, the one behind it stays`, async () => {
    await app.evaluate(() => globalThis.faults.push('status=400'));
    assert.equal(await click('fr', 'language'), 'fr');
    await becomes('saving', 'false');
    assert.equal(await text('language'), 'de');
    assert.equal(await text('query-language'), 'de');
  });

  test(`${engine}: a refetch while an edit is under way does not take it off the screen`, async () => {
    const seen = app.evaluate(async () => {
      const seen = [];
      const observer = new MutationObserver(() => {
        const { textContent } = document.getElementById('query-language');
        if (seen.at(-1) !== textContent) seen.push(textContent);
      });
      observer.observe(document.body, { subtree: true, characterData: true, childList: true });
      document.getElementById('fr').click();
      document.getElementById('refetch').click();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return seen;
    });
    // TanStack tells its observers a tick after the store's; once there, the second stays.
    assert.deepEqual(await seen, ['de', 'fr']);
    await becomes('saving', 'false');
  });

  test(`${engine}: a write from elsewhere arrives with the next read`, async () => {
    await patch({ metadata: { other: 'foreign' } });
    await app.click('#refetch');
    await becomes('query-other', 'foreign');
    assert.equal(await app.evaluate(() => globalThis.store.getSnapshot().user.metadata.other), 'foreign');
  });

  test(`${engine}: nothing was said on the console`, { skip: !messages && 'this engine does not tell' }, () => {
    // The browser itself reports the 400 that was asked for.
    assert.deepEqual(messages.filter((message) => !message.includes('status of 400')), []);
  });
}
