// What makes the site finds what is dead.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { check } from '../../docs/site/check.mjs';
import { figures } from '../../docs/site/figures.mjs';
import { pictures, relink } from '../../docs/site/links.mjs';
import { groups, root } from '../../docs/site/pages.mjs';

const repository = 'https://example.com/palm-user';
const targets = new Map([
  ['docs/guide/store.md', 'guide/store.md'],
  ['SECURITY.md', 'security.md'],
]);
const place = { source: 'docs/guide/start.md', target: 'guide/start.md', root, targets, repository };
const link = (address) => /\((.*)\)/.exec(relink(`[a](${address})`, place))[1];

test('a page of the site is itself, wherever its file lies', () => {
  assert.equal(link('store.md#react'), './store.md#react');
  assert.equal(link('../../SECURITY.md#reporting'), '../security.md#reporting');
});

test('every other file is the repository\'s', () => {
  assert.equal(link('../../recipes/hono.js'), `${repository}/blob/main/recipes/hono.js`);
  assert.equal(link('../../recipes/session/'), `${repository}/tree/main/recipes/session`);
});

test('a link to nothing fails', () => {
  assert.throws(() => link('nowhere.md'), /docs\/guide\/start\.md links to nowhere\.md/);
  assert.throws(() => relink('<img src="nowhere.svg">', place), /nowhere\.svg/);
});

test('code is left alone', () => {
  const code = '```js\nf[0](nowhere.md)\n```\n`a[0](nowhere.md)`';
  assert.equal(relink(code, place), code);
});

test('addresses are left alone', () => {
  for (const address of ['https://example.org/a.md', '#here', 'mailto:a@example.com']) assert.equal(link(address), address);
});

test('a picture in two forms follows the switch', () => {
  const text = '<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="a-dark.svg">\n  <img src="a-light.svg" width="7" alt="A">\n</picture>';
  assert.equal(pictures(text), '<div class="picture" role="group" aria-label="Picture" tabindex="0"><img class="dark-only" src="a-dark.svg" width="7" alt="A"><img class="light-only" src="a-light.svg" width="7" alt="A"></div>');
});

test('a built site with a dead link, anchor or picture fails', async (context) => {
  const out = await mkdtemp(path.join(tmpdir(), 'palm-user-site-'));
  context.after(() => rm(out, { recursive: true }));
  await mkdir(path.join(out, 'guide'));
  await writeFile(path.join(out, 'guide/a.html'), '<h2 id="one">One</h2>');
  const page = (text) => writeFile(path.join(out, 'index.html'), text);
  await page('<a href="/docs/guide/a.html#one">a</a><a href="./guide/a">a</a><a href="https://example.org">b</a>');
  assert.deepEqual(await check(out, '/docs/'), { files: 2, links: 2 });
  await page('<a href="/one/">the demo page</a>');
  assert.deepEqual(await check(out, '/one/docs/'), { files: 2, links: 1 });
  const dead = ['<a href="/docs/guide/b.html">b</a>', '<a href="guide/a.html#two">a</a>', '<img src="a.svg">', '<a href="/elsewhere.html">c</a>'];
  for (const text of dead) {
    await page(text);
    await assert.rejects(check(out, '/docs/'), /dead links/, text);
  }
});

test('every document is a page, and every page is there as Markdown and in llms.txt', async () => {
  const out = path.join(root, 'www/dist/docs');
  const llms = await readFile(path.join(out, 'llms.txt'), 'utf8');
  const pages = (await groups()).flatMap((group) => group.pages);
  const documents = (await readdir(path.join(root, 'docs'), { recursive: true })).map((name) => `docs/${name.replaceAll('\\', '/')}`);
  const written = documents.filter((name) => name.endsWith('.md') && !name.startsWith('docs/site/'));
  assert.deepEqual(written.filter((name) => !pages.some(({ source }) => source === name)), []);
  for (const { target } of [...pages, { target: 'reference/palm-user.md' }]) {
    assert.ok(llms.includes(`](/docs/${target}): `), `${target} is not in llms.txt`);
    assert.match(await readFile(path.join(out, target), 'utf8'), /^# /m, target);
    assert.match(await readFile(path.join(out, target.replace(/md$/, 'html')), 'utf8'), /<main/, target);
  }
});

test('pictures and quoted figures are what the code makes of the measurements', async () => {
  assert.deepEqual(await figures({ isCheck: true }), [], 'run node docs/site/figures.mjs, look at what changed, and commit it');
});

test('the README has at most 900 words', async () => {
  const words = (await readFile(path.join(root, 'README.md'), 'utf8')).split(/\s+/).length;
  assert.ok(words <= 900, `${words} words`);
});
