// The scripts of the package: the TypeScript sources and what wasm-bindgen left in
// target/bindgen, as one file for each entry.

import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { moduleAsText } from './module-as-text.mjs';

const template = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(template);
export const bindgen = path.join(root, 'target/bindgen');
export const dist = path.join(root, 'pkg/dist');
export const WASM = 'palm_user.wasm';

/** Each entry of the package, and its way to the compiled module. */
const entries = [
  { file: 'index.js', source: 'index.ts', load: 'inline.ts', format: 'esm' },
  { file: 'index.cjs', source: 'index.ts', load: 'inline.ts', format: 'cjs' },
  { file: 'workerd.js', source: 'index.ts', load: 'workerd.ts', format: 'esm' },
  // Pages load this one as it is: 4 KB less with gzip.
  { file: 'web.js', source: 'web.ts', load: 'web.ts', hasShortNames: true, format: 'esm' },
  // The gateway shares the core, and its instance, with the entry beside it.
  { file: 'edge.js', source: 'edge.ts', core: './index.js', format: 'esm' },
  { file: 'edge.cjs', source: 'edge.ts', core: './index.cjs', format: 'cjs' },
  // React itself, and the store, are the page's own.
  { file: 'react.js', source: 'react.ts', external: ['react'], banner: "'use client';", format: 'esm' },
  { file: 'react.cjs', source: 'react.ts', external: ['react'], banner: "'use client';", format: 'cjs' },
  { file: 'edge-workerd.js', source: 'edge.ts', core: './workerd.js', format: 'esm' },
];

/** Writes every entry to a folder where the module is, of what wasm-bindgen left in another. */
export async function bundle({ from = bindgen, to = dist } = {}) {
  // wasm-bindgen's copy of src/wasm/glue.js: one module, whoever imports it.
  const snippets = path.join(from, 'snippets');
  const [snippet] = (await readdir(snippets, { recursive: true })).filter((name) => path.basename(name) === 'glue.js');
  const module = new WebAssembly.Module(await readFile(path.join(from, 'palm_user_bg.wasm')));
  const script = await readFile(path.join(from, 'palm_user.js'), 'utf8');
  const shared = { from, to, glue: path.join(snippets, snippet), bindings: renewable(withImports(script, module)) };
  await Promise.all(entries.map((entry) => bundleEntry({ ...entry, ...shared }).then(() => shorten(path.join(to, `${entry.file}.map`)))));
}

/** A source map holds every source as it is, but for the module as text, which is in the script. */
async function shorten(file) {
  const map = JSON.parse(await readFile(file, 'utf8'));
  map.sourcesContent = map.sourcesContent.map((content, index) => (map.sources[index].includes('wasm-text') ? null : content));
  await writeFile(file, JSON.stringify(map));
}

async function bundleEntry({ file, source, load = 'inline.ts', core, external = [], banner, hasShortNames = false, format, from, to, glue, bindings }) {
  await build({
    entryPoints: [path.join(template, 'src', source)],
    outfile: path.join(to, file),
    bundle: true,
    external,
    ...(banner && { banner: { js: banner } }),
    format,
    platform: 'neutral',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    // Elsewhere whole names keep a stack readable; a user's bundler shortens them.
    minifyIdentifiers: hasShortNames,
    legalComments: 'none',
    sourcemap: true,
    logLevel: 'warning',
    // Of wasm-bindgen's own way to load, which no entry takes.
    logOverride: { 'empty-import-meta': 'silent' },
    plugins: [
      {
        name: 'palm-user',
        setup(b) {
          // By name and not by path, which is written otherwise on Windows.
          b.onResolve({ filter: /^#bindgen$/ }, () => ({ path: '#bindgen', namespace: 'bindgen' }));
          b.onLoad({ filter: /./, namespace: 'bindgen' }, () => ({ contents: bindings, resolveDir: from }));
          b.onResolve({ filter: /^#glue$/ }, () => ({ path: glue }));
          b.onResolve({ filter: /^#report$/ }, () => ({ path: path.join(path.dirname(glue), 'report.js') }));
          if (core === undefined) {
            b.onResolve({ filter: /^#load$/ }, () => ({ path: path.join(template, 'src/load', load) }));
          } else {
            b.onResolve({ filter: /^\.\.\/(update-user\/call|error|rules)\.js$/ }, () => ({ path: core, external: true }));
          }
          b.onResolve({ filter: /^#wasm-text$/ }, () => ({ path: '#wasm-text', namespace: 'wasm-text' }));
          b.onLoad({ filter: /./, namespace: 'wasm-text' }, () => wasmText(to));
          b.onResolve({ filter: /^#wasm-module$/ }, () => ({ path: `./${WASM}`, external: true }));
        },
      },
    ],
  });
}

async function wasmText(to) {
  const { text, decoder } = await moduleAsText(await readFile(path.join(to, WASM)));
  return { contents: `export const text = "${text}";\nexport const decoder = "${decoder}";` };
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

/**
 * `initSync` makes a new instance each time: instance.ts replaces one that is spent.
 * `--target module` makes its first instance on import, before anybody asks for one or
 * can catch why there is none, and `__wbg_reset_state` adds to `initSync` instead of
 * replacing it.
 */
function renewable(script) {
  const own = /^function initSync\(module\) \{\n[^]*?\n\}\n/m;
  if (!own.test(script) || !script.includes('function __wbg_finalize_init(instance, module)')) throw new Error('wasm-bindgen writes another initSync: look at bundle.mjs');
  return script.replace(own, 'function initSync({ module }) {\n    return __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);\n}\n');
}
