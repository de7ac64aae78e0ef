// Writes what is made of measurements and of code, for the repository and the site:
// docs/pictures/*.svg, the tables of docs/performance.md, and the figures that documents
// quote of bench/results.json and of tests/packaging/sizes.json. `node docs/site/figures.mjs`; with `--check` it writes nothing and fails where
// something is stale.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { architecture } from './pictures/architecture.mjs';
import { SCHEMES } from './pictures/draw.mjs';
import { edit } from './pictures/edit.mjs';
import { figure, speed } from './pictures/speed.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** In the order of their tables, where they were measured. */
const RUNTIMES = [['node', 'Node.js'], ['chromium', 'Chromium'], ['firefox', 'Firefox'], ['webkit', 'WebKit'], ['workerd', 'workerd']];

/** The files by their path, as they should be. */
async function made() {
  const { rules } = JSON.parse(await readFile(path.join(root, 'bench/results.json'), 'utf8'));
  const files = new Map();
  for (const scheme of Object.keys(SCHEMES)) {
    files.set(`docs/pictures/architecture-${scheme}.svg`, architecture(scheme));
    files.set(`docs/pictures/edit-${scheme}.svg`, edit(scheme));
    files.set(`docs/pictures/speed-${scheme}.svg`, speed(scheme, rules.node));
  }
  const tables = `\nA figure with a range in brackets is unsure: its rounds are far apart. In workerd the clock is coarse, and the first groups suffer from it.\n\n${RUNTIMES.filter(([name]) => rules[name] !== undefined).map(([name, title]) => table(rules[name], title)).join('\n')}`;
  files.set('docs/performance.md', between(await text('docs/performance.md'), tables));
  const sizes = JSON.parse(await text('tests/packaging/sizes.json'));
  for (const [file, sentences] of Object.entries(quotes(rules.node, sizes))) {
    files.set(file, quoted(file, files.get(file) ?? (await text(file)), sentences));
  }
  return files;
}

const text = async (file) => (await readFile(path.join(root, file), 'utf8')).replaceAll('\r\n', '\n');

const BEGIN = '<!-- made by docs/site/figures.mjs -->\n';
const END = '<!-- end -->';

function between(page, fresh) {
  const [before, rest] = page.split(BEGIN);
  return `${before}${BEGIN}${fresh}${END}${rest.split(END)[1]}`;
}

/** Everything that was measured in one runtime, the fastest first. */
function table(groups, runtime) {
  const lines = groups.map(({ group, rows }) => {
    const one = (row) => `${row.name} ${measured(row)}`;
    const ours = rows.filter(({ name }) => name.startsWith('palm-user'));
    const others = rows.filter((row) => !ours.includes(row)).toSorted((a, b) => a.ns - b.ns);
    const first = ours.find(({ name }) => name === 'palm-user');
    const variants = ours.filter((row) => row !== first).map((row) => one(row).replace('palm-user, ', ''));
    return `| ${group} | **${measured(first)}**${variants.length > 0 ? ` · ${variants.join(' · ')}` : ''} | ${others.map(one).join(' · ') || '–'} |`;
  });
  return `### ${runtime}\n\n| | palm-user | others, fastest first |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
}

/** A median; with its range where the rounds are far apart, as it then says little. */
const measured = ({ ns, low, high }) => (low > 0 && high < ns * 3 ? time(ns) : `${time(ns)} (${time(low)} to ${time(high)})`);
const time = (ns) => (ns === 0 ? '0' : ns < 1e3 ? `${figure(ns)} ns` : ns < 1e6 ? `${figure(ns / 1e3)} µs` : `${figure(ns / 1e6)} ms`);

/** What documents quote: each text with `#` for a figure, and the figures. */
function quotes(groups, sizes) {
  const ns = (group, who) => groups.find((found) => found.group === group).rows.find(({ name }) => name === who).ns;
  const µs = (group, who) => figure(ns(group, who) / 1e3);
  const [few, many] = ['validatePatch: 2 keys', 'validatePatch: 50 keys'];
  const gzip = (name) => sizes[name].gzip / 1e3;
  const four = 'workerd: validatePatch, applyPatch, fingerprint, updateUser';
  const [module, inlined, all, edge] = ['palm_user.wasm', 'inlined: the same', 'workerd: everything', 'edge: what it adds'].map(gzip);
  const row = (name) => [sizes[name].bytes, sizes[name].gzip, sizes[name].brotli].map((bytes) => bytes.toLocaleString('en'));
  return {
    'README.md': [
      ['`validatePatch` takes # µs for two keys and # µs for fifty, where valibot takes # and # µs.', µs(few, 'palm-user'), µs(many, 'palm-user'), µs(few, 'valibot'), µs(many, 'valibot')],
      ['The four main functions are # KB with gzip, # KB of it WebAssembly.', figure(gzip(four)), figure(module)],
    ],
    'docs/guarantees.md': [
      ['are # KB together, the module # KB of it, or # KB with the module inlined. Everything that `palm-user` exports is # KB, and `palm-user/edge` adds # KB.', figure(gzip(four)), figure(module), figure(inlined), figure(all), figure(edge)],
    ],
    'docs/guide/migrating.md': [['| downloaded, gzip | # KB |', figure(gzip(four))]],
    'docs/size.md': [
      ['| Workers: `validatePatch`, `applyPatch`, `fingerprint`, `updateUser` | # | # | # |', ...row(four)],
      ['| `/web`: the same | # | # | # |', ...row('/web: the same')],
      ['| the module inlined: the same | # | # | # |', ...row('inlined: the same')],
      ['The aim was 20 KB, and 26 KB inlined. It is missed by # and # KB.', figure(gzip(four) - 20), figure(inlined - 26)],
    ],
  };
}

/** A document with its quoted figures as they are now. */
function quoted(file, document, sentences) {
  return sentences.reduce((before, [sentence, ...values]) => {
    const pattern = new RegExp(sentence.split('#').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\d.,]+'));
    if (!pattern.test(before)) throw new Error(`${file} no longer has the sentence: ${sentence}`);
    return before.replace(pattern, () => values.reduce((text, value) => text.replace('#', value), sentence));
  }, document);
}

/** The files that were stale; unless only looked at, they are written. */
export async function figures({ isCheck = false } = {}) {
  const stale = [];
  await mkdir(path.join(root, 'docs/pictures'), { recursive: true });
  for (const [file, fresh] of await made()) {
    if ((await text(file).catch(() => '')) === fresh) continue;
    stale.push(file);
    if (!isCheck) await writeFile(path.join(root, file), fresh);
  }
  return stale;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isCheck = process.argv.includes('--check');
  const stale = await figures({ isCheck });
  console.log(stale.length === 0 ? 'nothing has changed' : `${isCheck ? 'stale' : 'written'}: ${stale.join(', ')}`);
  if (isCheck && stale.length > 0) process.exitCode = 1;
}
