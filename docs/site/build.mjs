// Makes the documentation site as static files: `cargo xtask docs`, or, after a build of
// the package, `node docs/site/build.mjs`. A dead link, a missing anchor or picture fails.

import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { check } from './check.mjs';
import { pictures, relink, title } from './links.mjs';
import { groups, root } from './pages.mjs';
import { reference } from './reference.mjs';

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: '/docs/' },
    out: { type: 'string', default: 'www/dist/docs' },
    rustdoc: { type: 'string' },
  },
});
const base = values.base;
const out = path.resolve(root, values.out);
const pages = path.join(root, 'target/site/pages');
const manifest = JSON.parse(await readFile(path.join(root, 'pkg/package.json'), 'utf8'));
const repository = manifest.repository.url.replace(/^git\+|\.git$/g, '');

const sidebar = await stage();
await vitepress();
if (values.rustdoc !== undefined) await rustdoc(path.resolve(root, values.rustdoc));
await markdown();
await policy();
const { files, links } = await check(out, base);
console.log(`${files} pages, ${links} links, in ${path.relative(root, out)}`);

/** Copies every page to where VitePress reads it, with links that work there; gives the sidebar. */
async function stage() {
  await rm(pages, { recursive: true, force: true });
  const all = await groups();
  const targets = new Map(all.flatMap((group) => group.pages.map(({ source, target }) => [source, target])));
  targets.set('README.md', 'index.md');
  const sidebar = [];
  for (const { text, pages: members } of all) {
    const items = [];
    for (const { source, target } of members) {
      const written = await readFile(path.join(root, source), 'utf8');
      await write(target, pictures(relink(written, { source, target, root, targets, repository })));
      items.push({ text: title(written), link: `/${target.replace(/\.md$/, '')}`, target });
    }
    sidebar.push({ text, items });
  }
  await write('index.md', await readFile(path.join(import.meta.dirname, 'index.md'), 'utf8'));
  for (const folder of ['docs', 'docs/pictures']) {
    const names = await readdir(path.join(root, folder)).catch(() => []);
    for (const name of names.filter((file) => /\.(svg|png)$/.test(file))) {
      await cp(path.join(root, folder, name), path.join(pages, folder.replace(/^docs\/?/, ''), name));
    }
  }
  await mkdir(path.join(pages, 'public'), { recursive: true });
  await cp(path.join(root, 'www/public/favicon.svg'), path.join(pages, 'public/favicon.svg'));
  const modules = await reference(pages, root);
  if (values.rustdoc !== undefined) modules.push({ text: 'Rust: palm_user', link: '/rust/palm_user/index.html', target: '_self' });
  sidebar.splice(1, 0, { text: 'Reference', items: modules });
  return sidebar;
}

async function write(target, text) {
  const file = path.join(pages, target);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function vitepress() {
  const { build } = await import('vitepress');
  const items = (list) => list.map(({ text, link, target }) => ({ text, link, ...(target === '_self' ? { target } : {}) }));
  process.env.PALM_USER_SITE = JSON.stringify({
    base,
    pages,
    repository,
    sidebar: sidebar.map(({ text, items: list }) => ({ text, items: items(list) })),
  });
  await rm(out, { recursive: true, force: true });
  await build(import.meta.dirname, { outDir: out });
}

async function rustdoc(from) {
  const to = path.join(out, 'rust');
  for (const name of await readdir(from)) {
    // Of other crates nothing: what lies beside is rustdoc's own.
    const isOther = !name.includes('.') && !['palm_user', 'src', 'search.desc', 'trait.impl', 'type.impl'].includes(name);
    if (!isOther) await cp(path.join(from, name), path.join(to, name), { recursive: true });
  }
}

/** Each page as Markdown beside its HTML, and what a language model reads first (llmstxt.org). */
async function markdown() {
  const lines = [`# palm-user`, '', `> ${manifest.description}`, ''];
  let full = '';
  for (const { text, items } of sidebar) {
    lines.push(`## ${text}`, '');
    for (const { text: name, target } of items.filter((item) => item.target !== '_self')) {
      const written = await readFile(path.join(pages, target), 'utf8');
      await mkdir(path.dirname(path.join(out, target)), { recursive: true });
      await writeFile(path.join(out, target), written);
      lines.push(`- [${name}](${base}${target}): ${summary(written)}`);
      full += `${written.trim()}\n\n`;
    }
    lines.push('');
  }
  await writeFile(path.join(out, 'llms.txt'), `${lines.join('\n').trim()}\n`);
  await writeFile(path.join(out, 'llms-full.txt'), full);
}

/** The first sentence after the heading. */
function summary(text) {
  const paragraph = text.split('\n\n').find((part) => !/^(#|---|```|\||<|- |\d\. )/.test(part)) ?? '';
  const plain = paragraph.replaceAll('\n', ' ').replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  return /^.*?[.:](?=\s|$)/.exec(plain)?.[0].replace(/:$/, '.') ?? plain;
}

/**
 * The site's content security policy, after that of the page: the scripts that VitePress
 * writes into each page are known by their hash, and no other runs.
 */
async function policy() {
  const hashes = new Set();
  for (const name of (await readdir(out, { recursive: true })).filter((file) => file.endsWith('.html') && !file.startsWith('rust'))) {
    const text = await readFile(path.join(out, name), 'utf8');
    for (const [, script] of text.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)) {
      hashes.add(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    }
  }
  const site = `default-src 'none'; script-src 'self' ${[...hashes].join(' ')}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  // rustdoc's pages have scripts of their own, and events in their markup.
  const rust = site.replace(/script-src [^;]+/, "script-src 'self' 'unsafe-inline'");
  const rules = [`${base}*`, '  ! Content-Security-Policy', `  Content-Security-Policy: ${site}`, `${base}rust/*`, '  ! Content-Security-Policy', `  Content-Security-Policy: ${rust}`];
  const file = path.join(path.dirname(out), '_headers');
  const before = await readFile(file, 'utf8').catch(() => '');
  await writeFile(file, `${before.split(`${base}*`)[0].trimEnd()}\n${rules.join('\n')}\n`.trimStart());
}
