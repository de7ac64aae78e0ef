// palm-user/react in React 18 and 19, in strict mode, in Chromium, against the sandbox;
// on a server, and where a page hydrates; and by the lint of React's compiler.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';
import { ESLint } from 'eslint';
import hooks from 'eslint-plugin-react-hooks';

import { rests, start, until } from './tabs.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const browser = await start();
after(browser.close);

const textOf = (page, id) => page.textContent(`#${id}`);
const renders = (page) => page.evaluate(() => ({ ...globalThis.renders }));

for (const react of ['18', '19']) {
  test(`React ${react}: an edit is in the page in the next frame, and in no other field's component`, async () => {
    const person = await browser.person({ react, latency: '300' });
    const page = await person.tab();
    const before = await renders(page);
    const inFrame = await page.evaluate(() => new Promise((resolve) => {
      document.getElementById('language').click();
      requestAnimationFrame(() => resolve(document.getElementById('language').textContent));
    }));
    assert.equal(inFrame, 'fr');
    await rests(page);
    const between = await renders(page);
    assert.equal(between.notes, before.notes, 'the other field did not render');
    assert.ok(between.language > before.language);
    assert.deepEqual(person.messages, []);
    await person.close();
  });

  test(`React ${react}: what is typed into stays as typed, whatever is read meanwhile`, async () => {
    const person = await browser.person({ react });
    const page = await person.tab();
    await page.click('#notes');
    await page.keyboard.type('to be ', { delay: 20 });
    await until(page, () => globalThis.store.getSnapshot().user.metadata.notes === 'to be ');
    await rests(page);
    await person.write({ metadata: { notes: 'from elsewhere' } });
    await page.evaluate(() => globalThis.store.refetch());
    assert.equal(await page.evaluate(() => globalThis.store.getSnapshot().user.metadata.notes), 'from elsewhere');
    assert.equal(await page.inputValue('#notes'), 'to be ', 'it was not replaced');
    await page.keyboard.type('continued', { delay: 20 });
    await until(page, () => globalThis.store.getSnapshot().user.metadata.notes === 'to be continued');
    await rests(page);
    await person.write({ metadata: { notes: 'from elsewhere' } });
    await page.evaluate(() => globalThis.store.refetch());
    await page.click('#display');
    assert.equal(await page.inputValue('#notes'), 'from elsewhere', 'and is, once it has lost the focus');
    assert.deepEqual(person.messages, []);
    await person.close();
  });

  test(`React ${react}: what the rules refuse is the field's error, and stays in the input`, async () => {
    const person = await browser.person({ react });
    const page = await person.tab();
    await page.fill('#display', 'Ada');
    await rests(page);
    await page.evaluate(() => {
      const { edit } = globalThis.store;
      globalThis.refused = 0;
      void edit;
    });
    // A lone surrogate is no text that JSON can carry.
    await page.evaluate(() => {
      const input = document.getElementById('display');
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, 'Ada \ud800');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    assert.equal(await textOf(page, 'display-error'), 'invalid_patch');
    assert.equal(await textOf(page, 'name'), 'Ada');
    await page.fill('#display', 'Ada L');
    assert.equal(await textOf(page, 'display-error'), '');
    await rests(page);
    assert.equal((await person.user()).display_name, 'Ada L');
    await person.close();
  });

  test(`React ${react}: a paused store is not "saving", and select renders only for what it selects`, async () => {
    const person = await browser.person({ react });
    const page = await person.tab();
    await page.evaluate(() => globalThis.store.pause());
    await page.click('#language');
    assert.equal(await textOf(page, 'pending'), '1');
    assert.equal(await textOf(page, 'paused'), 'true');
    await page.evaluate(() => globalThis.store.resume());
    await rests(page);
    await until(page, () => document.getElementById('pending').textContent === '0');
    assert.equal(await textOf(page, 'paused'), 'false');
    await person.close();
  });
}

/** What a server renders, and a page hydrates with a queue in its storage. */
const app = (platform) => `
  import { createElement as h, StrictMode } from 'react';
  import { createUserStore, persist } from 'palm-user';
  import { useField, useUser } from 'palm-user/react';
  export { ${platform === 'node' ? 'renderToString' : 'hydrateRoot'} } from 'react-dom/${platform === 'node' ? 'server' : 'client'}';
  const user = { id: '123e4567-e89b-12d3-a456-426614174000', object: 'user', created_at: '2025-10-24T10:30:00Z', updated_at: '2025-10-24T10:30:00Z', metadata: { notes: 'of the server' }, status: 'active', verification: null, display_name: 'Ada' };
  export const make = () => createUserStore({ userId: 'palm_usr_1a2b3c4d5e6f7g8h', user, send: () => new Promise(() => {}), persist: persist({ key: 'ssr' }) });
  function Page({ store }) {
    const { pending } = useUser(store);
    const name = useUser(store, ({ user }) => user.display_name);
    const [{ isPending }, , input] = useField(store, 'metadata.notes');
    return h('form', null, h('input', { id: 'notes', ...input }), h('b', null, name), h('i', null, pending.length + ' ' + isPending));
  }
  export const page = (store) => h(StrictMode, null, h(Page, { store }));
`;

async function bundleOf(version, platform) {
  const suffix = version === '19' ? '' : `-${version}`;
  const { outputFiles } = await build({
    stdin: { contents: app(platform), resolveDir: file('.') },
    bundle: true,
    write: false,
    format: platform === 'node' ? 'cjs' : 'esm',
    platform,
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: {
      'palm-user': file('../../pkg/dist/index.js'),
      'palm-user/react': file('../../pkg/dist/react.js'),
      ...(suffix && { react: file(`../../node_modules/react${suffix}`), 'react-dom': file(`../../node_modules/react-dom${suffix}`) }),
    },
  });
  return outputFiles[0].text;
}

for (const version of ['18', '19']) {
  test(`React ${version}: a page with a queue in its storage hydrates without a mismatch, and then shows the queue`, async () => {
    const module = { exports: {} };
    new Function('module', 'exports', 'require', await bundleOf(version, 'node'))(module, module.exports, (await import('node:module')).createRequire(import.meta.url));
    const server = module.exports;
    const html = server.renderToString(server.page(server.make()));
    assert.ok(html.includes('value="of the server"') && html.includes('0 false'), html);
    const { context } = await browser.person();
    const page = await context.newPage();
    const messages = [];
    page.on('console', (message) => message.type() === 'error' && messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    await page.route('**/ssr*', (route, request) => (request.url().endsWith('.js') ? bundleOf(version, 'browser').then((body) => route.fulfill({ contentType: 'text/javascript', body })) : route.fulfill({ contentType: 'text/html', body: `<!doctype html><link rel="icon" href="data:,"><div id="app">${html}</div>` })));
    await page.goto(`${browser.origin}/ssr`);
    const made = await page.evaluate(async () => {
      const { make } = await import('/ssr-app.js');
      const store = make();
      store.edit({ metadata: { notes: 'of the page' } });
      await new Promise((resolve) => setTimeout(resolve, 50));
      store.close();
      return Object.keys(localStorage).filter((key) => key.startsWith('ssr')).length;
    });
    assert.ok(made > 0);
    await page.reload();
    const shown = await page.evaluate(async () => {
      const { make, page, hydrateRoot } = await import('/ssr-app.js');
      const store = make();
      const before = store.getSnapshot().user.metadata.notes;
      hydrateRoot(document.getElementById('app'), page(store));
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { before, value: document.getElementById('notes').value, pending: document.querySelector('i').textContent };
    });
    assert.deepEqual(shown, { before: 'of the page', value: 'of the page', pending: '1 true' });
    assert.deepEqual(messages, []);
    await context.close();
  });
}

test('the lint of React\'s compiler has nothing to say', async () => {
  const lint = new ESLint({ overrideConfigFile: true, overrideConfig: [{ plugins: { 'react-hooks': hooks }, rules: Object.fromEntries(Object.keys(hooks.rules).map((rule) => [`react-hooks/${rule}`, 'error'])) }] });
  for (const name of ['use-user', 'use-field']) {
    const source = await readFile(file(`../../pkg-template/src/react/${name}.ts`), 'utf8');
    const { transform } = await import('esbuild');
    const { code } = await transform(source, { loader: 'ts', format: 'esm' });
    const [{ messages }] = await lint.lintText(code, { filePath: `${name}.js` });
    assert.deepEqual(messages.map(({ ruleId, message }) => `${ruleId}: ${message}`), []);
  }
  const [{ messages }] = await lint.lintText('import { useState } from "react"; export function useIt(on) { if (on) useState(0); }', { filePath: 'bad.js' });
  assert.ok(messages.length > 0, 'the lint finds what it should');
});

test('both hooks are at most 1 KB with gzip', async () => {
  const { outputFiles } = await build({ entryPoints: [file('../../pkg/dist/react.js')], bundle: true, minify: true, format: 'esm', external: ['react'], write: false, sourcemap: false });
  const { length } = gzipSync(outputFiles[0].contents, { level: 9 });
  assert.ok(length <= 1024, `${length} bytes`);
});
