// When a page that a script renders is painted, and when its first edit has a result: slow 4G
// and a CPU four times as slow, in new pages of Chromium. `node bench/paint.mjs`, after a build;
// `BENCH_ROUNDS=31` where two are close.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { launch } from '../tests/browser/chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = process.env.BENCH_DIST ?? path.join(root, 'pkg/dist');
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 11);
/** What Lighthouse and Chromium's own tools call slow 4G. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 };

/** The page, whoever edits it: what it shows, and what it shows after the first edit. */
const PAGE = `
  const user = { id: '123e4567-e89b-12d3-a456-426614174000', object: 'user', created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', status: 'active', display_name: 'Ada Lovelace', metadata: { language: 'en', notes: 'Prefers to be called in the morning, and not at the end of a month.', tier: 'basic' } };
  const patch = { metadata: { language: 'de' } };
  const render = ({ display_name, metadata }) => {
    document.body.innerHTML = '<main><h1></h1><p></p><dl></dl><button>Save</button></main>';
    document.querySelector('h1').textContent = display_name;
    document.querySelector('p').textContent = metadata.notes;
    for (const key in metadata) document.querySelector('dl').append(key, ': ', metadata[key]);
  };
  const edited = (after) => {
    if (after.metadata.language !== 'de') throw new Error('other result');
    globalThis.edited ??= performance.now();
    return after;
  };`;
const EDIT = `
  const edit = () => {
    if (!validatePatch(patch, { current: user }).valid) throw new Error('invalid');
    return edited(applyPatch(user, patch));
  };
  globalThis.more = [fingerprint, updateUser];`;
const PEERS = `import { produce } from 'immer'; import ky from 'ky'; import { sha256 } from '@noble/hashes/sha2.js'; import * as v from 'valibot';`;
const PEERS_EDIT = `
  const Patch = v.strictObject({ metadata: v.optional(v.record(v.string(), v.nullable(v.string()))), display_name: v.optional(v.string()) });
  const edit = () => {
    if (!v.safeParse(Patch, patch).success) throw new Error('invalid');
    return edited(produce(user, (draft) => { for (const key in patch.metadata) { if (patch.metadata[key] === null) delete draft.metadata[key]; else draft.metadata[key] = patch.metadata[key]; } }));
  };
  globalThis.more = [ky, sha256];`;

/** The two lines that the guide has for the head of a page. */
const guide = await readFile(path.join(root, 'docs/guide/loading.md'), 'utf8');
const links = guide.match(/<link rel="(module)?preload".*>/g).join('').replaceAll('./node_modules/palm-user/dist/', '/');
const preload = (script) => links.replace('/web.js', script);
const ours = (from) => `import init, { applyPatch, fingerprint, updateUser, validatePatch } from '${from}';`;
const later = (from) => `const { default: init, applyPatch, fingerprint, updateUser, validatePatch } = await import('${from}');`;
const INIT = "await init('/palm_user.wasm');";
const WEB = path.join(dist, 'web.js');
/** `shown`: the user, before anything else is done. `edited`: the first edit's result. */
const CANDIDATES = {
  // The guide's page.
  'shown by its own script': {
    peers: { page: `${PAGE} render(user); const { edit } = await import('/peers.js'); edit(user, patch, edited);`, head: '<link rel="modulepreload" href="/peers.js">' },
    'web.js as it is': { page: `const module = fetch('/palm_user.wasm'); ${PAGE} render(user); ${later('/web.js')} ${EDIT} await init(module); edit();`, head: '<link rel="modulepreload" href="/web.js">' },
  },
  'shown by the script that edits': {
    peers: { bundle: `${PEERS} ${PAGE} ${PEERS_EDIT} render(user); requestAnimationFrame(() => setTimeout(edit));` },
    '/web, bundled': { bundle: `${ours(WEB)} ${PAGE} ${EDIT} render(user); ${INIT} edit();`, head: preload('SCRIPT') },
    'web.js as it is': { page: `${ours('/web.js')} ${PAGE} ${EDIT} render(user); ${INIT} edit();`, head: preload('/web.js') },
  },
  'shown after the first edit': {
    peers: { bundle: `${PEERS} ${PAGE} ${PEERS_EDIT} render(edit());` },
    '/web, bundled': { bundle: `${ours(WEB)} ${PAGE} ${EDIT} ${INIT} render(edit());`, head: preload('SCRIPT') },
    'inlined, bundled': { bundle: `${ours(path.join(dist, 'index.js')).replace('init, ', '')} ${PAGE} ${EDIT} render(edit());` },
    'web.js as it is': { page: `${ours('/web.js')} ${PAGE} ${EDIT} ${INIT} render(edit());`, head: preload('/web.js') },
  },
};
const packed = (text) => gzipSync(text, { level: 9 });
const bundled = async (contents) => {
  const { outputFiles } = await build({ stdin: { contents, resolveDir: root }, bundle: true, write: false, format: 'esm', minify: true, external: ['*.wasm'], target: 'es2022' });
  return ['text/javascript', packed(outputFiles[0].text)];
};
const files = {
  '/palm_user.wasm': ['application/wasm', packed(await readFile(path.join(dist, 'palm_user.wasm')))],
  '/web.js': ['text/javascript', packed(await readFile(WEB))],
  '/peers.js': await bundled(`${PEERS} ${PEERS_EDIT.replace('() => {', '(user, patch, edited) => {')} export { edit };`),
};
const pages = [];
for (const [group, candidates] of Object.entries(CANDIDATES)) {
  for (const [name, { page, bundle, head = '' }] of Object.entries(candidates)) {
    const script = `/${pages.length}.js`;
    if (bundle !== undefined) files[script] = await bundled(bundle);
    const run = bundle === undefined ? `<script type="module">${page}</script>` : `<script type="module" src="${script}"></script>`;
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A user</title><link rel="icon" href="data:,">${head.replace('SCRIPT', script)}<body>${run}`;
    files[`/${pages.length}`] = ['text/html', packed(html)];
    pages.push({ group, name, paints: [], edits: [] });
  }
}
const server = createServer((request, response) => {
  const found = files[request.url];
  if (found === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': found[0], 'content-encoding': 'gzip', 'cache-control': 'no-store' }).end(found[1]);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${server.address().port}`;

const browser = await launch();
/** Milliseconds from the navigation to the largest paint, and to the first edit's result. */
async function measured(at) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', SLOW_4G);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await page.goto(`${base}/${at}`);
    await page.waitForFunction(() => globalThis.edited);
    return await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const paint = await new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }));
      return [paint, globalThis.edited];
    });
  } finally {
    await context.close();
  }
}

for (let round = 0; round < ROUNDS; round++) {
  for (let turn = 0; turn < pages.length; turn++) {
    const at = (round + turn) % pages.length;
    const [paint, edited] = await measured(at);
    pages[at].paints.push(paint);
    pages[at].edits.push(edited);
  }
}
const sorted = (times) => times.toSorted((a, b) => a - b);
const median = (times) => sorted(times)[times.length >> 1];
const told = (times) => `${median(times).toFixed(0).padStart(6)} (${sorted(times)[0].toFixed(0)} to ${Math.max(...times).toFixed(0)})`.padEnd(22);
console.log(`ms from the navigation, medians (lowest to highest) of ${ROUNDS} new pages; slow 4G, CPU 4 times as slow`);
for (const group of Object.keys(CANDIDATES)) {
  console.log(`\n${group.padEnd(32)} largest paint         of peers   first edit`);
  const [peers, ...others] = pages.filter((page) => page.group === group);
  for (const { name, paints, edits } of [peers, ...others]) {
    console.log(`  ${name.padEnd(28)} ${told(paints)} ${(median(paints) / median(peers.paints)).toFixed(2).padStart(6)}   ${told(edits)}`);
  }
}
await browser.close();
server.close();
