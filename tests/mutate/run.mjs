// Puts faults into the TypeScript, one at a time, and says which no test noticed:
//   node tests/mutate/run.mjs --seconds 600 --seed 1 --area gateway,call
// after `cargo xtask build`. What was tried of a file that has not changed is not
// tried again, but for what survived; --fresh forgets.

import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { BROKEN, LATE, makeLane, root } from './lane.mjs';
import { mutantsOf } from './mutants.mjs';

/** What is changed, and the tests that are there to notice; the quickest is asked first. */
const AREAS = {
  gateway: { sources: ['pkg-template/src/edge'], tests: { package: /^(gateway|secrets)/, workerd: /^gateway\.test/ } },
  call: { sources: ['pkg-template/src/update-user'], tests: { package: /^(call|secrets|recovery|web|js-values)/ } },
  store: { sources: ['pkg-template/src/store'], tests: { package: /^store/ } },
  session: { sources: ['edge/gateway/src'], tests: { workerd: /^(session|gateway)\.test/ } },
};

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: 'Infinity' },
    area: { type: 'string', default: Object.keys(AREAS).join() },
    lanes: { type: 'string', default: String(Math.max(1, os.availableParallelism() - 1)) },
    fresh: { type: 'boolean', default: false },
  },
});
const deadline = Date.now() + Number(values.seconds) * 1000;
const records = path.join(root, 'target/mutate/tried.jsonl');
if (values.fresh) await rm(records, { force: true });
await mkdir(path.dirname(records), { recursive: true });
const explained = JSON.parse(await readFile(path.join(import.meta.dirname, 'explained.json'), 'utf8'));

const known = new Map();
for (const line of (await readFile(records, 'utf8').catch(() => '')).split('\n').filter(Boolean)) {
  const { id, outcome } = JSON.parse(line);
  known.set(id, outcome);
}

const mutants = shuffled(await collect(values.area.split(',')), Number(values.seed)).slice(0, Number(values.count));
const lanes = await Promise.all(Array.from({ length: Number(values.lanes) }, (_, number) => makeLane(number)));
const suites = {};
for (const area of new Set(mutants.map((mutant) => mutant.area))) suites[area] = await baseline(area);

const results = [];
let next = 0;
await Promise.all(lanes.map(work));
report();

/** Every mutant of the areas. */
async function collect(areas) {
  const all = [];
  for (const area of areas) {
    if (AREAS[area] === undefined) throw new Error(`there is no area ${area}; there are ${Object.keys(AREAS).join(', ')}`);
    for (const source of AREAS[area].sources) {
      for (const name of (await readdir(path.join(root, source))).filter((file) => file.endsWith('.ts')).sort()) {
        const file = `${source}/${name}`;
        const original = await readFile(path.join(root, file), 'utf8');
        for (const mutant of mutantsOf(file, original)) {
          const text = original.slice(0, mutant.start) + mutant.text + original.slice(mutant.end);
          const id = createHash('sha256').update(`${file}\0${text}`).digest('hex').slice(0, 16);
          const was = original.slice(mutant.start, mutant.end).replaceAll(/\s+/g, ' ');
          const line = original.split('\n')[mutant.line - 1].trim();
          all.push({ ...mutant, area, file, original, text, was, code: line, id, becomes: mutant.text.replaceAll(/\s+/g, ' ') });
        }
      }
    }
  }
  return all;
}

/** The tests of an area, the quickest first, with their time and what fails without a fault. */
async function baseline(area) {
  const tests = [];
  for (const [suite, pattern] of Object.entries(AREAS[area].tests)) {
    for (const test of await lanes[0].tests(suite, pattern)) {
      const start = Date.now();
      const known = await lanes[0].failures(test, 300_000);
      const ms = Date.now() - start;
      // A file that cannot run at all notices nothing.
      if ([...known].some((name) => name === LATE || name === BROKEN || name.endsWith(path.basename(test)))) throw new Error(`${test} fails without a fault`);
      tests.push({ test, ms, known });
      console.log(`${test}: ${(ms / 1000).toFixed(1)} s without a fault${known.size === 0 ? '' : `; fails, and is not asked: ${[...known].join('; ')}`}`);
    }
  }
  return tests.sort((one, other) => one.ms - other.ms);
}

async function work(lane) {
  while (next < mutants.length && Date.now() < deadline) {
    const mutant = mutants[next++];
    if (known.get(mutant.id) === 'caught') {
      results.push({ ...mutant, outcome: 'caught' });
      continue;
    }
    const start = Date.now();
    const outcome = await tried(lane, mutant);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    results.push({ ...mutant, outcome });
    await appendFile(records, `${JSON.stringify({ id: mutant.id, outcome })}\n`);
    console.log(`${outcome.padEnd(8)} ${mutant.file}:${mutant.line} ${mutant.kind}: ${short(mutant.was)} (${seconds} s, ${results.length})`);
  }
}

async function tried(lane, mutant) {
  try {
    await lane.write(mutant.file, mutant.text);
  } catch {
    return 'invalid';
  }
  try {
    for (const { test, ms, known } of suites[mutant.area]) {
      const failed = await lane.failures(test, ms * 5 + 20_000, known);
      // A busy machine is late too: that is no proof.
      if (failed.has(LATE)) return 'late';
      if (failed.size > 0) return 'caught';
    }
    return 'survived';
  } finally {
    await lane.write(mutant.file, mutant.original);
  }
}

function report() {
  const valid = results.filter(({ outcome }) => outcome !== 'invalid');
  const survivors = valid.filter(({ outcome }) => outcome !== 'caught');
  const reason = ({ file, code, becomes, was }) =>
    explained.find((one) => one.file === file && one.code === code && one.was === was && one.becomes === becomes)?.why;
  const open = survivors.filter((mutant) => reason(mutant) === undefined);
  for (const mutant of survivors) {
    console.log(`\n${mutant.outcome}: ${mutant.file}:${mutant.line} (${mutant.area})\n  ${mutant.code}\n  ${short(mutant.was)} → ${short(mutant.becomes)}`);
    console.log(`  ${reason(mutant) ?? 'not explained'}`);
  }
  for (const area of Object.keys(suites)) {
    const of = valid.filter((mutant) => mutant.area === area);
    const caught = of.filter(({ outcome }) => outcome === 'caught').length;
    if (of.length > 0) console.log(`${area.padEnd(8)} ${caught} of ${of.length} caught`);
  }
  const caught = valid.length - survivors.length;
  const share = valid.length === 0 ? 0 : (100 * caught) / valid.length;
  console.log(`seed ${values.seed}: ${valid.length} of ${mutants.length} mutants tried, ${caught} caught (${share.toFixed(1)} in 100), ${survivors.length - open.length} explained, ${open.length} open`);
  process.exitCode = open.length === 0 ? 0 : 1;
}

function short(text) {
  return text.length > 100 ? `${text.slice(0, 97)}…` : text;
}

/** The list in an order that a seed decides (mulberry32). */
function shuffled(list, seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const result = [...list];
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [result[index], result[other]] = [result[other], result[index]];
  }
  return result;
}
