// The crate's public API as text, from the pages that `cargo doc` has made. What this
// prints is held to `api.txt`: a change that others would notice is seen in a review.
//
//   node tests/crate/api.mjs target/doc/palm_user            compares
//   node tests/crate/api.mjs target/doc/palm_user --record   writes the baseline

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, mode] = process.argv.slice(2);
const baseline = new URL('api.txt', import.meta.url);

/** A line of source: no tags, no entities, no breaks. */
const plain = (html) =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&nbsp;/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();

const [, pinned] = /^channel = "([^"]+)"/m.exec(readFileSync(new URL('../../rust-toolchain.toml', import.meta.url), 'utf8'));
const version = execFileSync('rustc', ['--version'], { encoding: 'utf8' });

const lines = new Set();
// Not the folder: it keeps the pages of items that are gone.
const pages = readFileSync(join(folder, 'all.html'), 'utf8').matchAll(/href="((?:[a-z_]+\/)*(?:struct|enum|fn|constant|trait)\.[^"]+)\.html"/g);
for (const [, item] of pages) {
  const html = readFileSync(join(folder, `${item}.html`), 'utf8');
  // Impls for every type say nothing about this crate.
  const [own] = html.split('id="blanket-implementations"');
  for (const [, declaration] of own.matchAll(/<pre class="rust item-decl"><code>([\s\S]*?)<\/code><\/pre>/g)) {
    lines.add(`${item}: ${plain(declaration)}`);
  }
  for (const [, header] of own.matchAll(/class="code-header">([\s\S]*?)<\/h[34]>/g)) {
    lines.add(`${item}: ${plain(header)}`);
  }
}
const api = `${[...lines].sort().join('\n')}\n`;

if (mode === '--record') {
  writeFileSync(baseline, api);
} else if (!version.includes(` ${pinned} `)) {
  console.log(`skipped: the baseline is of Rust ${pinned}, and this is ${version}`);
} else {
  const recorded = readFileSync(baseline, 'utf8').replace(/\r/g, '');
  const [was, is] = [recorded, api].map((text) => new Set(text.split('\n')));
  const gone = [...was].filter((line) => !is.has(line)).map((line) => `- ${line}`);
  const added = [...is].filter((line) => !was.has(line)).map((line) => `+ ${line}`);
  const changes = [...gone, ...added];
  if (changes.length > 0) {
    console.error(`The crate's public API is not that of tests/crate/api.txt:\n${changes.join('\n')}`);
    process.exitCode = 1;
  }
}
