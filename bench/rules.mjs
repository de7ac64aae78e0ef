// The rules beside their peers, in Node.js, Chromium and workerd: a table,
// bench/results.json, and what docs/site/figures.mjs makes of it. `node bench/rules.mjs node`
// measures in one of them, `node bench/rules.mjs workerd 'applyPatch: sample'` the
// groups with that in their name; `BENCH_ROUNDS=15` where two are close.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

import { figures } from '../docs/site/figures.mjs';
import { measureAll } from './rules/measure.mjs';
import { engines } from '../tests/browser/engines.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'pkg/dist');
const out = path.join(root, 'target/bench');
const LABELS = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKit' };

/** One of the programs in rules/, with everything it imports. */
async function bundle(name, entry, edge, platform) {
  const outfile = path.join(out, `${platform}.mjs`);
  const alias = { 'palm-user/edge': path.join(dist, edge), 'palm-user': path.join(dist, entry) };
  await build({ entryPoints: [path.join(root, 'bench/rules', name)], outfile, bundle: true, format: 'esm', target: 'es2022', platform: platform === 'node' ? 'node' : 'browser', external: ['*.wasm', 'bun:*', 'node:*', '@mitata/counters'], alias, define: platform === 'chromium' ? { global: 'globalThis' } : {}, logLevel: 'error' });
  return outfile;
}

const show = (runtime) => ({ group, rows }) => {
  const ours = rows.find(({ name }) => name === 'palm-user');
  console.log(`\n${runtime}: ${group}`);
  for (const { name, ns, low, high } of rows.toSorted((a, b) => a.ns - b.ns)) {
    console.log(`  ${name.padEnd(28)} ${time(ns).padStart(10)}   ${time(low)} to ${time(high)}   ${(ns / ours.ns).toFixed(2)} of ours`);
  }
};
const time = (ns) => (ns < 1000 ? `${ns.toFixed(0)} ns` : ns < 1e6 ? `${(ns / 1000).toFixed(2)} µs` : `${(ns / 1e6).toFixed(1)} ms`);

/** A process for each candidate and round. */
async function inNode(before) {
  const program = await bundle('process.mjs', 'index.js', 'edge.js', 'node');
  const { listed } = await import(pathToFileURL(program));
  const one = ({ index }, who) => Number(execFileSync(process.execPath, [program, String(index), who], { encoding: 'utf8' }));
  return groupwise(await listed(asked), before, one, show('Node.js'));
}

/** Of groups that are not asked for, what was there before is kept. */
async function groupwise(all, before, one, report) {
  const known = (name) => before?.find(({ group }) => group === name);
  const isOne = all.some(({ name }) => name === asked);
  const wanted = all.map((group, index) => ({ ...group, index })).filter(({ name }) => (isOne ? name === asked : name.includes(asked)));
  const results = await measureAll(wanted, (at, who) => one(wanted[at], who), report);
  return all.map(({ name }) => results.find(({ group }) => group === name) ?? known(name)).filter(Boolean);
}

/** A page of its own for each candidate and round: in Chromium of a process of its own, too. */
async function inPages(engine, before, label) {
  const script = await readFile(await bundle('page.mjs', 'index.js', 'edge.js', 'chromium'), 'utf8');
  // A page by itself has a clock of 5 µs instead of 100 in Chromium. On this address crypto.subtle is there.
  const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
  const server = createServer(({ url }, response) => {
    const [type, body] = url === '/page.js' ? ['text/javascript', script] : ['text/html', '<!doctype html><script type="module" src="/page.js"></script>'];
    response.writeHead(200, { 'content-type': type, ...headers }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await engine.launch();
  // A driver's session ends with its last tab.
  await browser.page('about:blank');
  const inPage = async (search, ask) => {
    const page = await browser.page(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => globalThis.bench !== undefined);
    const answer = await page.evaluate(ask, search);
    await page.close();
    return answer;
  };
  const one = ({ index }, who) => inPage([index, who], ([index, who]) => globalThis.bench.one(index, who));
  try {
    return await groupwise(await inPage(asked, (asked) => globalThis.bench.listed(asked)), before, one, show(label));
  } finally {
    await browser.close();
    server.close();
  }
}

/** Firefox and WebKit are measured where FIREFOX and WEBKIT_DRIVER name them. */
const pages = engines.map((engine) => [engine.name, (before) => inPages(engine, before, LABELS[engine.name])]);

async function inWorkerd(before) {
  const contents = await readFile(await bundle('worker.mjs', 'workerd.js', 'edge-workerd.js', 'workerd'), 'utf8');
  const wasm = { type: 'CompiledWasm', path: 'palm_user.wasm', contents: await readFile(path.join(dist, 'palm_user.wasm')) };
  const modules = [{ type: 'ESModule', path: 'worker.mjs', contents }, wasm];
  const worker = new Miniflare({ cf: false, telemetry: { enabled: false }, compatibilityDate: '2026-04-01', compatibilityFlags: ['nodejs_compat'], modules });
  const base = await worker.ready;
  // A connection may be closed as it is taken up again.
  const ask = (search) => fetch(base + search).catch(() => fetch(base + search));
  const run = async ({ index }, candidate, times) => {
    const start = performance.now();
    const answer = await ask(`?group=${index}&candidate=${encodeURIComponent(candidate)}&times=${times}`);
    if ((await answer.text()) !== 'done') throw new Error('the Worker failed');
    return (performance.now() - start) * 1e6;
  };
  const known = new Map();
  /** How many calls take a fifth of a second, once it is compiled: a request by itself takes one or two milliseconds. */
  const calls = async (group, who) => {
    const name = `${group.index} ${who}`;
    for (let times = group.isAsync ? 100 : 10_000; !known.has(name); times *= 2) {
      const ns = await run(group, who, times);
      if (ns > 1e8) known.set(name, Math.ceil((times * 2e8) / ns));
    }
    return known.get(name);
  };
  /** Less what a request takes that does nothing. */
  const one = async (group, who) => {
    if (group.isLong) return run(group, who, 1);
    const times = await calls(group, who);
    const empty = await run(group, who, 0);
    return Math.max(0, (await run(group, who, times)) - empty) / times;
  };
  try {
    return await groupwise(await (await ask(`?asked=${encodeURIComponent(asked)}`)).json(), before, one, show('workerd'));
  } finally {
    await worker.dispose();
  }
}

// What one runtime gave is kept, whatever the next one does.
const file = path.join(root, 'bench/results.json');
const [chosen, asked = ''] = process.argv.slice(2);
for (const [runtime, run] of Object.entries({ node: inNode, ...Object.fromEntries(pages), workerd: inWorkerd })) {
  if (chosen !== undefined && chosen !== runtime) continue;
  const before = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  const results = await run(before.rules?.[runtime]);
  const machine = `${os.cpus().length} × ${os.cpus()[0].model.trim()}, Node.js ${process.versions.node}`;
  const all = { ...before, machine, rules: { ...before.rules, [runtime]: results } };
  await writeFile(file, `${JSON.stringify(all, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value), 1)}\n`);
  await figures();
}
