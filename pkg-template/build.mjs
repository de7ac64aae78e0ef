// Makes pkg/ of the TypeScript sources and what wasm-bindgen and wasm-opt left
// in target/bindgen. `cargo xtask build` runs it last.

import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const template = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(template);
const bindgen = path.join(root, 'target/bindgen');
const out = path.join(root, 'pkg');
const dist = path.join(out, 'dist');
const WASM = 'palm_user.wasm';

/** Each entry of the package, and its way to the compiled module. */
const entries = [
  { file: 'index.js', source: 'index.ts', load: 'inline.ts', format: 'esm' },
  { file: 'index.cjs', source: 'index.ts', load: 'inline.ts', format: 'cjs' },
  { file: 'workerd.js', source: 'index.ts', load: 'workerd.ts', format: 'esm' },
  { file: 'web.js', source: 'web.ts', load: 'web.ts', format: 'esm' },
  // The gateway shares the core, and its instance, with the entry beside it.
  { file: 'edge.js', source: 'edge.ts', core: './index.js', format: 'esm' },
  { file: 'edge.cjs', source: 'edge.ts', core: './index.cjs', format: 'cjs' },
  { file: 'edge-workerd.js', source: 'edge.ts', core: './workerd.js', format: 'esm' },
];

/** wasm-bindgen's copy of src/wasm/glue.js: one module, whoever imports it. */
const [snippet] = (await readdir(path.join(bindgen, 'snippets'), { recursive: true })).filter((name) => name.endsWith('glue.js'));
const glue = path.join(bindgen, 'snippets', snippet);

const module = new WebAssembly.Module(await readFile(path.join(bindgen, 'palm_user_bg.wasm')));

await rm(out, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await cp(path.join(bindgen, 'palm_user_bg.wasm'), path.join(dist, WASM));
await Promise.all(entries.map(bundle));
await declarations();
await manifest();
for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE-APACHE', 'LICENSE-MIT']) {
  await cp(path.join(root, file), path.join(out, file));
}

async function bundle({ file, source, load, core, format }) {
  await build({
    entryPoints: [path.join(template, 'src', source)],
    outfile: path.join(dist, file),
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    // Whole names keep a stack readable; gzip makes them cheap.
    minifyIdentifiers: false,
    legalComments: 'none',
    logLevel: 'warning',
    // Of wasm-bindgen's own way to load, which no entry takes.
    logOverride: { 'empty-import-meta': 'silent' },
    plugins: [
      {
        name: 'palm-user',
        setup(b) {
          b.onResolve({ filter: /^#bindgen$/ }, () => ({ path: path.join(bindgen, 'palm_user.js') }));
          b.onResolve({ filter: /^#glue$/ }, () => ({ path: glue }));
          b.onLoad({ filter: /\/bindgen\/palm_user\.js$/ }, async (args) => ({
            contents: renewable(withImports(await readFile(args.path, 'utf8'), module)),
          }));
          if (core === undefined) {
            b.onResolve({ filter: /^#load$/ }, () => ({ path: path.join(template, 'src/load', load) }));
          } else {
            b.onResolve({ filter: /^\.\.\/(update-user\/call|error|rules)\.js$/ }, () => ({ path: core, external: true }));
          }
          b.onResolve({ filter: /^#wasm-text$/ }, () => ({ path: '#wasm-text', namespace: 'wasm-text' }));
          b.onLoad({ filter: /./, namespace: 'wasm-text' }, wasmText);
          b.onResolve({ filter: /^#wasm-module$/ }, () => ({ path: `./${WASM}`, external: true }));
        },
      },
    ],
  });
}

/** The module by the code that `load/frequency-code.ts` reads. */
async function wasmText() {
  const source = path.join(template, 'src/load/frequency-code.ts');
  const { outputFiles } = await build({ entryPoints: [source], format: 'esm', write: false });
  const { ALPHABET, SINGLE } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const wasm = await readFile(path.join(dist, WASM));
  const counts = new Array(256).fill(0);
  for (const byte of wasm) counts[byte]++;
  const ranked = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);
  const code = [];
  ranked.forEach((byte, rank) => {
    const beyond = rank - SINGLE;
    const prefix = beyond < 0 ? '' : ALPHABET[SINGLE + Math.floor(beyond / SINGLE)];
    code[byte] = prefix + ALPHABET[rank % SINGLE];
  });
  const text = Array.from(wasm, (byte) => code[byte]).join('');
  const bytes = Buffer.from(ranked).toString('hex');
  return { contents: `export const text = "${text}";\nexport const bytes = "${bytes}";` };
}

/**
 * wasm-bindgen imports all of glue.js, once for each group of imports. Every
 * bundler of every user would warn of the double key, and a bundle would hold a
 * list of all that glue.js exports: the module asks for less.
 */
function withImports(script, module) {
  const imports = WebAssembly.Module.imports(module).filter(({ module }) => module.startsWith('./snippets/'));
  const asked = [...new Set(imports.map(({ name }) => name))];
  const list = (item) => asked.map(item).join(', ');
  const [first, ...more] = script.matchAll(/^import \* as (import\d+) from ("\.\/snippets\/[^"]+glue\.js")\n/gm);
  for (const [line, name] of more) {
    script = script.replace(line, '').replace(new RegExp(`^ +"[^"]+": ${name},\n`, 'm'), '');
  }
  return script.replace(first[0], `import { ${list((name) => `${name} as asked_${name}`)} } from ${first[2]};\nconst ${first[1]} = { ${list((name) => `${name}: asked_${name}`)} };\n`);
}

/** `initSync` makes a new instance each time: instance.ts replaces one that is spent. */
function renewable(script) {
  const guard = /(function initSync\(module\) \{\n) +if \(wasm !== undefined\) return wasm;\n/;
  if (!guard.test(script)) throw new Error('wasm-bindgen writes another initSync: look at build.mjs');
  return script.replace(guard, '$1');
}

/** Declarations for ESM, and the same for CommonJS, where TypeScript wants `.d.cts`. */
async function declarations() {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const project = path.join(template, 'tsconfig.json');
  const args = ['-p', project, '--noEmit', 'false', '--emitDeclarationOnly', '--outDir', dist];
  execFileSync(process.execPath, [tsc, ...args], { stdio: 'inherit' });
  const files = await readdir(dist, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
    const text = await readFile(path.join(dist, file), 'utf8');
    const common = text.replaceAll(/(from '\.[^']*)\.js'/g, "$1.cjs'");
    await writeFile(path.join(dist, file.replace(/\.d\.ts$/, '.d.cts')), common);
  }
  const store = (await readdir(path.join(template, 'src/store'))).map((name) => `store/${path.parse(name).name}`).filter((name) => !/\/(store|types)$/.test(name));
  for (const internal of ['agreement', 'update-user/attempt', 'instance', 'update-user/environment', 'update-user/interruption', 'load/inline', 'load/frequency-code', 'load/workerd', 'edge/body', 'edge/caller', 'edge/hooks', 'edge/json-text', 'edge/origin', 'edge/palm', 'edge/patch', 'edge/pointer', 'edge/refusal', 'edge/request-id', 'edge/settings', 'edge/visible', 'edge/visit', 'last-report', 'plain', 'short', ...store]) {
    await rm(path.join(dist, `${internal}.d.ts`));
    await rm(path.join(dist, `${internal}.d.cts`));
  }
  await rm(path.join(dist, 'web.d.cts'));
  await rm(path.join(dist, 'load/web.d.cts'));
}

/** One version, the crate's. */
async function manifest() {
  const cargo = await readFile(path.join(root, 'Cargo.toml'), 'utf8');
  const version = /^\[package\][^[]*?^version = "([^"]+)"/ms.exec(cargo)?.[1];
  if (version === undefined) throw new Error('Cargo.toml has no [package] version');
  const text = await readFile(path.join(template, 'package.json'), 'utf8');
  const json = { ...JSON.parse(text), version };
  await writeFile(path.join(out, 'package.json'), `${JSON.stringify(json, null, 2)}\n`);
  // Resolvers older than "exports" look for a folder of the entry's name.
  await folder('edge', { main: '../dist/edge.cjs', module: '../dist/edge.js', types: '../dist/edge.d.cts' });
  await folder('web', { type: 'module', main: '../dist/web.js', module: '../dist/web.js', types: '../dist/web.d.ts' });
}

async function folder(name, json) {
  await mkdir(path.join(out, name));
  await writeFile(path.join(out, name, 'package.json'), `${JSON.stringify({ ...json, sideEffects: false }, null, 2)}\n`);
}
