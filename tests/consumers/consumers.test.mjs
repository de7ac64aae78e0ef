// The packed package in everything it is for, each with no more configuration
// than that tool's own starter has. A table at the end.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { Miniflare } from 'miniflare';

import { launch } from '../browser/chromium.mjs';
import { serve } from './api.mjs';
import { expected } from './exercise.js';
import { empty, folder, install, project, root } from './install.mjs';
import { startNext } from './next.mjs';

const execute = promisify(execFile);
const tool = (name) => path.join(root, 'node_modules', name);
const rows = [];
let api;
let launched;

before(async () => {
  await install(folder);
  api = await serve();
});

after(async () => {
  api?.close();
  await (await launched)?.close();
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, result, ms] of rows) console.log(`${name.padEnd(width)}  ${result}  ${String(ms).padStart(6)} ms`);
});

/** The one browser, started when it is first asked for. */
const browser = () => (launched ??= launch());

/** A test, and a line of the table. */
function consumer(name, run, skip = false) {
  test(name, { timeout: 300_000, skip }, async () => {
    const start = Date.now();
    let result = 'FAILS';
    try {
      await run();
      result = 'works';
    } finally {
      rows.push([name, result, Date.now() - start]);
    }
  });
}

/** The same for what runs in a page; skipped, with the reason, where no browser can be had. */
const page = (name, run) => consumer(name, run, process.env.PALM_USER_NO_BROWSER ?? false);

/** Runs a program that prints its result as the last line. */
async function printed(cwd, command, args) {
  const { stdout } = await execute(command, args, { cwd, env: { ...process.env, NO_COLOR: '1' } });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** What a page leaves in `result`, with nothing said in its console. */
async function shown(url, read = () => globalThis.result) {
  const tab = await (await browser()).newPage();
  const messages = [];
  tab.on('console', (message) => messages.push(message.text()));
  tab.on('pageerror', (error) => messages.push(String(error)));
  try {
    await tab.goto(url);
    await tab.waitForFunction(() => globalThis.result !== undefined || globalThis.copies !== undefined);
    return await tab.evaluate(read);
  } catch (error) {
    throw new Error(`${error.message}\n${messages.join('\n')}`, { cause: error });
  } finally {
    await tab.close();
  }
}

/** What a Worker answers that wrangler has bundled, in workerd. */
async function inWorkerd(cwd, args, query) {
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' };
  const wrangler = [tool('wrangler/bin/wrangler.js'), 'deploy', ...args, '--dry-run', '--outdir', 'dist'];
  await execute(process.execPath, wrangler, { cwd, env });
  const modules = [];
  for (const name of await readdir(path.join(cwd, 'dist'))) {
    const contents = await readFile(path.join(cwd, 'dist', name));
    if (name.endsWith('.js')) modules.unshift({ type: 'ESModule', path: name, contents: contents.toString() });
    if (name.endsWith('.wasm')) modules.push({ type: 'CompiledWasm', path: name, contents });
  }
  assert.equal(modules.length, 2, 'the code and one module');
  const worker = new Miniflare({ cf: false, telemetry: { enabled: false }, compatibilityDate: '2026-04-01', modules });
  try {
    const answer = await fetch(`${await worker.ready}${query}`);
    return new Response(await answer.text(), answer);
  } finally {
    await worker.dispose();
  }
}

/** The blocks of the guide, and what its first example prints. */
const guide = {
  text: (await Promise.all(['start', 'loading'].map((name) => readFile(path.join(root, `docs/guide/${name}.md`), 'utf8')))).join('\n'),
  block(language, first) {
    const blocks = this.text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'));
    const found = [...blocks].map(([, code]) => code).find((code) => code.replace('// ', '').startsWith(first));
    assert.ok(found, `The guide has no ${language} that starts with ${first}`);
    return found;
  },
  get output() {
    return this.block('text', 'Unknown field');
  },
};

const PAGE = '<!doctype html><meta charset="utf-8"><title>x</title><script type="module" src="bundle.js"></script>';

describe('consumers', { concurrency: 2 }, () => {
  consumer('Node.js, ESM', async () => {
    const cwd = await project('node-esm');
    assert.deepEqual(await printed(cwd, process.execPath, ['main.mjs', api.url]), { ...expected, gateway: 'function' });
  });

  consumer('Node.js, CommonJS', async () => {
    const cwd = await project('node-cjs');
    assert.deepEqual(await printed(cwd, process.execPath, ['main.cjs', api.url]), { ...expected, gateway: 'function' });
  });

  const node24 = process.env.PALM_USER_NODE_24;
  const noNode24 = node24 === undefined && 'npm has no Node.js 24 for this machine';
  consumer('Node.js 24, ESM', async () => {
    const cwd = await project('node-esm', 'node-24');
    assert.deepEqual(await printed(cwd, node24, ['main.mjs', api.url]), { ...expected, gateway: 'function' });
  }, noNode24);

  consumer('source phase import: Node.js 24', async () => {
    const cwd = await project('source', 'source-node');
    assert.deepEqual(await printed(cwd, node24, ['main.mjs', api.url]), expected);
  }, noNode24);

  consumer('source phase import: Deno', async () => {
    const cwd = await project('source', 'source-deno');
    const args = [tool('deno/bin.cjs'), 'run', '--allow-net', 'main.mjs', api.url];
    assert.deepEqual(await printed(cwd, process.execPath, args), expected);
  });

  consumer('source phase import: workerd', async () => {
    const dist = path.join(folder, 'node_modules/palm-user/dist');
    const module = async (path_, type, file = path.join(dist, path_)) => ({ type, path: path_, contents: await readFile(file) });
    const main = path.join(await project('source', 'source-workerd'), 'worker.js');
    const modules = await Promise.all([module('worker.js', 'ESModule', main), ...['source.js', 'web.js'].map((name) => module(name, 'ESModule')), module('palm_user.wasm', 'CompiledWasm')]);
    const worker = new Miniflare({ cf: false, telemetry: { enabled: false }, compatibilityDate: '2026-04-01', modules });
    try {
      assert.equal(await (await fetch(await worker.ready)).text(), expected.fingerprint);
    } finally {
      await worker.dispose();
    }
  });

  for (const name of ['webpack', 'rspack']) {
    page(`source phase import: ${name}, in Chromium`, async () => {
      const cwd = await project('source', `source-${name}`);
      await bundlers()[name](cwd, 'page.js', 'bundle.js', { asyncWebAssembly: true, sourceImport: true });
      await writeFile(path.join(cwd, 'index.html'), PAGE);
      api.mount(`source-${name}`, cwd);
      assert.deepEqual(await shown(`${api.url}/source-${name}/index.html`), expected);
    });
  }

  consumer('Deno', async () => {
    const cwd = await project('deno');
    const args = [tool('deno/bin.cjs'), 'run', '--allow-net', 'main.ts', api.url];
    assert.deepEqual(await printed(cwd, process.execPath, args), expected);
  });

  consumer('Bun', async () => {
    const cwd = await project('bun');
    assert.deepEqual(await printed(cwd, tool('bun/bin/bun.exe'), ['main.ts', api.url]), expected);
  });

  for (const [name, bundle] of Object.entries(bundlers())) {
    page(`${name}, in Chromium`, async () => {
      const cwd = await project('bundle', `bundle-${name}`);
      await bundle(cwd, 'main.js', 'bundle.js');
      await writeFile(path.join(cwd, 'index.html'), PAGE);
      api.mount(name, cwd);
      assert.deepEqual(await shown(`${api.url}/${name}/index.html`), expected);
    });

    consumer(`${name}, an unused import`, async () => {
      const cwd = await project('bundle', `unused-${name}`);
      await bundle(cwd, 'unused.js', 'bundle.js');
      const text = await readFile(path.join(cwd, 'bundle.js'), 'utf8');
      assert.ok(text.length < 200, `${text.length} bytes are left: ${text.slice(0, 300)}`);
      assert.match(text, /nothing of it is used/);
    });
  }

  page('two bundles on one page', async () => {
    const cwd = await project('bundle', 'twice');
    const { esbuild, webpack } = bundlers();
    await esbuild(cwd, 'twice.js', 'one.js');
    await webpack(cwd, 'twice.js', 'two.js');
    const scripts = ['one', 'two'].map((name) => `<script type="module" src="${name}.js"></script>`);
    await writeFile(path.join(cwd, 'index.html'), `<!doctype html><meta charset="utf-8">${scripts.join('')}`);
    api.mount('twice', cwd);
    const seen = await shown(`${api.url}/twice/index.html`, async () => {
      while (globalThis.copies?.length !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
      const [one, two] = globalThis.copies;
      let error;
      try {
        one.applyPatch({}, { displayName: 1 });
      } catch (thrown) {
        error = thrown;
      }
      return {
        apart: one.PalmError !== two.PalmError,
        known: two.isPalmError(error, 'invalid_patch'),
        agree: one.fingerprint('a') === two.fingerprint('a'),
      };
    });
    assert.deepEqual(seen, { apart: true, known: true, agree: true });
  });

  page('Vite, client in Chromium', async () => {
    const cwd = await project('vite');
    await execute(process.execPath, [tool('vite/bin/vite.js'), 'build', '--base', './'], { cwd });
    api.mount('vite', path.join(cwd, 'dist'));
    assert.deepEqual(await shown(`${api.url}/vite/index.html`), expected);
  });

  consumer('Vite, SSR', async () => {
    const cwd = await project('vite-ssr');
    await execute(process.execPath, [tool('vite/bin/vite.js'), 'build', '--ssr', 'server.js'], { cwd });
    const { render } = await import(pathToFileURL(path.join(cwd, 'dist/server.js')));
    assert.deepEqual(await render(api.url), expected);
  });

  page('Vite, hot reload', async () => {
    const cwd = await project('hot');
    const { createServer } = await import('vite');
    const server = await createServer({ root: cwd, logLevel: 'silent', configFile: false, server: { host: '127.0.0.1', port: 0 } });
    await server.listen();
    const tab = await (await browser()).newPage();
    try {
      await tab.goto(server.resolvedUrls.local[0] ?? `http://127.0.0.1:${server.httpServer.address().port}`);
      await tab.waitForFunction(() => /^first [0-9a-f]{64}$/.test(document.getElementById('out').textContent));
      await tab.evaluate(() => void (globalThis.isSamePage = true));
      const file = path.join(cwd, 'show.js');
      await writeFile(file, (await readFile(file, 'utf8')).replace('first', 'second'));
      await tab.waitForFunction(() => /^second [0-9a-f]{64}$/.test(document.getElementById('out').textContent));
      assert.equal(await tab.evaluate(() => globalThis.isSamePage), true, 'the page was not loaded again');
    } finally {
      await tab.close();
      await server.close();
    }
  });

  page('Next.js: server component, route, client component', async () => {
    const cwd = await project('next');
    const next = await startNext(cwd, { PALM_API: api.url });
    try {
      assert.deepEqual(await (await fetch(`${next.url}/api/exercise`)).json(), expected);
      const tab = await (await browser()).newPage();
      await tab.goto(next.url);
      for (const place of ['server', 'client']) {
        const output = tab.locator(`#${place}:not(:empty)`);
        assert.deepEqual(JSON.parse(await output.textContent()), expected, place);
      }
      await tab.close();
    } finally {
      next.stop();
    }
  });

  consumer('Jest', async () => {
    const cwd = await project('jest', 'jest', 'commonjs');
    const env = { ...process.env, PALM_API: api.url, CI: 'true' };
    await execute(process.execPath, [tool('jest/bin/jest.js'), '--rootDir', cwd], { cwd, env });
  });

  consumer('Vitest', async () => {
    const cwd = await project('vitest');
    const env = { ...process.env, PALM_API: api.url, CI: 'true' };
    await execute(process.execPath, [tool('vitest/vitest.mjs'), 'run'], { cwd, env });
  });

  consumer('Cloudflare Workers: a bundle of wrangler in workerd', async () => {
    const cwd = await project('workers');
    const answer = await inWorkerd(cwd, [], `?api=${encodeURIComponent(api.url)}`);
    assert.deepEqual(await answer.json(), { ...expected, gateway: 'function' });
  });

  // What the guide shows, as somebody who has nothing else would try it.
  const printedBy = async (cwd, command, args) => (await execute(command, args, { cwd, env: { ...process.env, NO_COLOR: '1' } })).stdout;
  const runtimes = [
    ['Node.js', process.execPath, ['example.mjs']],
    ['Deno', process.execPath, [tool('deno/bin.cjs'), 'run', 'example.mjs']],
    ['Bun', tool('bun/bin/bun.exe'), ['example.mjs']],
  ];
  for (const [name, command, args] of runtimes) {
    consumer(`the guide's example: ${name}`, async () => {
      const cwd = await empty(`readme-${name}`, { 'example.mjs': guide.block('js', 'example.mjs') });
      assert.equal(await printedBy(cwd, command, args), guide.output);
    });
  }

  consumer("the guide's example: CommonJS", async () => {
    const common = guide.block('js', 'example.mjs').replace(/import (\{[^}]*\}) from ('[^']*')/, 'const $1 = require($2)');
    const cwd = await empty('readme-common', { 'example.cjs': common });
    assert.equal(await printedBy(cwd, process.execPath, ['example.cjs']), guide.output);
  });

  page("the guide's example: Vite", async () => {
    const files = { 'index.html': '<!doctype html><script type="module" src="/example.mjs"></script>', 'example.mjs': guide.block('js', 'example.mjs') };
    const cwd = await empty('readme-vite', files);
    await execute(process.execPath, [tool('vite/bin/vite.js'), 'build', '--base', './'], { cwd });
    api.mount('readme-vite', path.join(cwd, 'dist'));
    const tab = await (await browser()).newPage();
    const lines = [];
    tab.on('console', (message) => lines.push(`${message.text()}\n`));
    await tab.goto(`${api.url}/readme-vite/index.html`);
    while (lines.length < 3) await tab.waitForEvent('console');
    assert.equal(lines.join(''), guide.output);
    await tab.close();
  });

  consumer("the guide's Worker", async () => {
    const cwd = await empty('readme-worker', { 'worker.js': guide.block('js', 'worker.js') });
    assert.equal(await (await inWorkerd(cwd, ['worker.js', '--name', 'readme', '--compatibility-date', '2026-04-01'], '')).text(), expected.fingerprint);
  });

  page("the guide's page, with its preload line", async () => {
    const html = guide.block('html', '<!doctype html>').replace('<script', `${guide.block('html', '<link')}<script`);
    const cwd = await empty('readme-page', { 'index.html': html });
    api.mount('readme-page', cwd);
    await cp(path.join(folder, 'node_modules'), path.join(cwd, 'node_modules'), { recursive: true });
    // Its script is in the page, which the policy of the other pages forbids.
    const tab = await (await browser()).newPage({ bypassCSP: true });
    const modules = [];
    tab.on('request', (request) => request.url().endsWith('.wasm') && modules.push(request.url()));
    await tab.goto(`${api.url}/readme-page/index.html`);
    await tab.waitForFunction((title) => document.title === title, expected.fingerprint);
    assert.equal(modules.length, 1, 'what is preloaded is what init() takes');
    await tab.close();
  });

  page('a page without a bundler', async () => {
    const cwd = await project('page');
    api.mount('page', cwd);
    api.mount('palm-user', path.join(folder, 'node_modules/palm-user'));
    assert.deepEqual(await shown(`${api.url}/page/index.html`), expected);
  });

  page('a web worker beside the page', async () => {
    assert.deepEqual(await shown(`${api.url}/page/index.html`, () => globalThis.fromWorker()), expected);
  });

  page('a service worker', async () => {
    assert.deepEqual(await shown(`${api.url}/page/index.html`, () => globalThis.fromServiceWorker()), expected);
  });
});

/** Each makes a file of a program. */
function bundlers() {
  return {
    async esbuild(cwd, from, to) {
      const { build } = await import('esbuild');
      const options = { bundle: true, format: 'esm', minify: true, logLevel: 'warning', absWorkingDir: cwd };
      const { warnings } = await build({ ...options, entryPoints: [from], outfile: to });
      assert.deepEqual(warnings, []);
    },
    async rollup(cwd, from, to) {
      const { rollup } = await import('rollup');
      const { nodeResolve } = await import('@rollup/plugin-node-resolve');
      const warnings = [];
      const onwarn = ({ message }) => warnings.push(message);
      const bundle = await rollup({ input: path.join(cwd, from), plugins: [nodeResolve()], onwarn });
      await bundle.write({ file: path.join(cwd, to) });
      assert.deepEqual(warnings, []);
    },
    async webpack(...program) {
      await pack((await import('webpack')).default, ...program);
    },
    async rspack(...program) {
      await pack((await import('@rspack/core')).rspack, ...program);
    },
  };
}

/** By webpack, or by what has its interface. */
async function pack(packer, cwd, from, to, experiments = {}) {
  const options = { mode: 'production', context: cwd, entry: `./${from}`, output: { path: cwd, filename: to }, experiments };
  const stats = await promisify(packer)({ ...options, performance: false });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  assert.deepEqual([...errors, ...warnings], []);
}
