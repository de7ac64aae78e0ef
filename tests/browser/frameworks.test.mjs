// The recipes for Vue, Svelte and Solid, rendered in Chromium, against the sandbox.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { compile } from 'svelte/compiler';

import { open } from './chromium.mjs';
import { engines } from './engines.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const FRAMEWORKS = ['vue', 'svelte', 'solid'];

const svelte = {
  name: 'svelte',
  setup: (b) => b.onLoad({ filter: /\.svelte$/ }, async ({ path }) => ({ contents: compile(await readFile(path, 'utf8'), { filename: path, generate: 'client' }).js.code })),
};
const bundle = async (name) => {
  const { outputFiles } = await build({
    entryPoints: [file(`./frameworks/${name}.js`)],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['browser'],
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
    alias: { 'palm-user': file('../../pkg/dist/index.js') },
    plugins: [svelte],
  });
  return outputFiles[0].text;
};
const files = {};
for (const name of FRAMEWORKS) {
  files[`/${name}`] = ['text/html', `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>${name}</title><div id="app"></div><script type="module" src="/${name}.js"></script></html>`];
  files[`/${name}.js`] = ['text/javascript', await bundle(name)];
}
const browser = await open(files, undefined, engines.find(({ name }) => name === 'chromium'));
after(browser.close);

for (const name of FRAMEWORKS) {
  test(`${name}: shows an edit before the server has answered, edits by an input, and lets go of the store`, async () => {
    const { id, key } = await browser.create({ metadata: { language: 'en', notes: '' } });
    const page = await browser.page(`/${name}?sandbox=${encodeURIComponent(browser.sandbox)}&id=${id}&key=${key}`);
    await page.waitForSelector('#language');
    // The answer may come before the frame: the request waits for it.
    const inFrame = await page.evaluate(() => new Promise((resolve) => {
      const { fetch } = globalThis;
      const frame = new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      globalThis.fetch = (...request) => frame.then(() => fetch(...request));
      globalThis.store.edit({ metadata: { language: 'de' } });
      requestAnimationFrame(() => resolve([document.getElementById('language').textContent, document.getElementById('pending').textContent]));
    }));
    assert.deepEqual(inFrame, ['de', '1']);
    await page.waitForFunction(() => document.getElementById('pending').textContent === '0');
    await page.click('#notes');
    await page.keyboard.type('typed');
    await page.evaluate(() => globalThis.store.flush());
    const { metadata } = await page.evaluate(() => globalThis.store.getSnapshot().confirmed);
    assert.deepEqual([metadata.language, metadata.notes], ['de', 'typed']);
    assert.equal(await page.inputValue('#notes'), 'typed');
    assert.ok(await page.evaluate(() => globalThis.listeners > 0));
    await page.evaluate(() => globalThis.unmount());
    assert.equal(await page.evaluate(() => globalThis.listeners), 0);
  });
}

test('nothing was said on the console', () => assert.deepEqual(browser.messages, []));

test('the guide shows these recipes', async () => {
  const guide = await readFile(file('../../docs/guide/store.md'), 'utf8');
  for (const name of FRAMEWORKS) {
    const recipe = await readFile(file(`../../recipes/${name}.js`), 'utf8');
    assert.ok(guide.includes(`\`\`\`js\n${recipe}\`\`\``), `docs/guide/store.md does not have recipes/${name}.js as it is`);
  }
});
