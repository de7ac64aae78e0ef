// What the first call of a page takes, in new pages of Chromium, plain and with its CPU four
// times as slow: `node bench/first-call.mjs`, after a build. `BENCH_ROUNDS=31` where two are close.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { launch } from '../tests/browser/chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = process.env.BENCH_DIST ?? path.join(root, 'pkg/dist');
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);

/** What a page does once it has loaded, and what the person's first edit then runs. */
const OURS = `
  const user = { id: 'x', object: 'user', created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', status: 'active', metadata: { language: 'en', notes: null, tier: 'basic' } };
  const patch = { metadata: { language: 'de' } };
  globalThis.first = () => {
    if (!validatePatch(patch, { current: user }).valid) throw new Error('invalid');
    return applyPatch(user, patch).metadata.language;
  };`;
const CANDIDATES = {
  'palm-user': `import { applyPatch, validatePatch } from '${dist}/index.js'; ${OURS}`,
  'palm-user, ready()': `import { applyPatch, ready, validatePatch } from '${dist}/index.js'; ${OURS} await ready();`,
  'palm-user/web, init()': `import init, { applyPatch, validatePatch } from '${dist}/web.js'; ${OURS} await init('/palm_user.wasm');`,
  'valibot and immer': `
    import * as v from 'valibot'; import { produce } from 'immer';
    const Patch = v.strictObject({ metadata: v.optional(v.record(v.string(), v.nullable(v.string()))), display_name: v.optional(v.string()) });
    const user = { status: 'active', metadata: { language: 'en', notes: null, tier: 'basic' } };
    const patch = { metadata: { language: 'de' } };
    globalThis.first = () => {
      if (!v.safeParse(Patch, patch).success) throw new Error('invalid');
      return produce(user, (draft) => { for (const key in patch.metadata) { if (patch.metadata[key] === null) delete draft.metadata[key]; else draft.metadata[key] = patch.metadata[key]; } }).metadata.language;
    };`,
};

const files = { '/palm_user.wasm': ['application/wasm', await readFile(path.join(dist, 'palm_user.wasm'))] };
for (const [at, contents] of Object.values(CANDIDATES).entries()) {
  const { outputFiles } = await build({ stdin: { contents: `${contents}\nglobalThis.loaded = true;`, resolveDir: root }, bundle: true, write: false, format: 'esm', minify: true, external: ['*.wasm'], target: 'es2022' });
  files[`/${at}.js`] = ['text/javascript', outputFiles[0].text];
  files[`/${at}`] = ['text/html', `<!doctype html><script type="module" src="/${at}.js"></script>`];
}
// A page by itself has a clock of 5 µs instead of 100.
const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const server = createServer((request, response) => {
  const [type, body] = files[request.url] ?? ['text/plain', ''];
  response.writeHead(200, { 'content-type': type, ...headers }).end(body);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${server.address().port}`;

const browser = await launch();
/** Milliseconds of the first call, a while after the page has loaded. */
async function measured(at, rate) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    await page.goto(`${base}/${at}`);
    await page.waitForFunction(() => globalThis.loaded);
    return await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const start = performance.now();
      if (globalThis.first() !== 'de') throw new Error('other result');
      return performance.now() - start;
    });
  } finally {
    await context.close();
  }
}

const names = Object.keys(CANDIDATES);
for (const rate of [1, 4]) {
  const seen = names.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const at = (round + turn) % names.length;
      seen[at].push(await measured(at, rate));
    }
  }
  console.log(`\nfirst call, CPU ${rate} times as slow, ms: median (lowest to highest) of ${ROUNDS} new pages`);
  for (const [at, name] of names.entries()) {
    const times = seen[at].toSorted((a, b) => a - b);
    console.log(`  ${name.padEnd(24)} ${times[ROUNDS >> 1].toFixed(2).padStart(7)}   (${times[0].toFixed(2)} to ${times.at(-1).toFixed(2)})`);
  }
}
await browser.close();
server.close();
