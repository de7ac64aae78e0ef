// Writes what is made of measurements and of code, for the repository and the site:
// docs/pictures/*.svg, the tables of docs/performance.md, and the figures that the README
// quotes. `node docs/site/figures.mjs`; with `--check` it writes nothing and fails where
// something is stale.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { architecture } from './pictures/architecture.mjs';
import { SCHEMES } from './pictures/draw.mjs';
import { edit } from './pictures/edit.mjs';
import { figure, speed } from './pictures/speed.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** The files by their path, as they should be. */
async function made() {
  const { rules } = JSON.parse(await readFile(path.join(root, 'bench/results.json'), 'utf8'));
  const files = new Map();
  for (const scheme of Object.keys(SCHEMES)) {
    files.set(`docs/pictures/architecture-${scheme}.svg`, architecture(scheme));
    files.set(`docs/pictures/edit-${scheme}.svg`, edit(scheme));
    files.set(`docs/pictures/speed-${scheme}.svg`, speed(scheme, rules.node));
  }
  const tables = `\nA figure with a range in brackets is unsure: its rounds are far apart. In workerd the clock is coarse, and the first groups suffer from it.\n\n${table(rules.node, 'Node.js')}\n${table(rules.chromium, 'Chromium')}\n${table(rules.workerd, 'workerd')}`;
  files.set('docs/performance.md', between(await text('docs/performance.md'), tables));
  files.set('README.md', quoted(await text('README.md'), rules.node));
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

/** The README's sentence on the speed of a check. */
function quoted(readme, groups) {
  const ns = (group, who) => groups.find((found) => found.group === group).rows.find(({ name }) => name === who).ns;
  const µs = (group, who) => figure(ns(group, who) / 1e3);
  const [few, many] = ['validatePatch: 2 keys', 'validatePatch: 50 keys'];
  const sentence = /`validatePatch` takes \S+ µs for two keys and \S+ µs for fifty, where valibot takes \S+ and \S+ µs in the same run\./;
  if (!sentence.test(readme)) throw new Error('README.md no longer has the sentence on validatePatch');
  return readme.replace(
    sentence,
    `\`validatePatch\` takes ${µs(few, 'palm-user')} µs for two keys and ${µs(many, 'palm-user')} µs for fifty, where valibot takes ${µs(few, 'valibot')} and ${µs(many, 'valibot')} µs in the same run.`,
  );
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
