// Makes pkg/ of the TypeScript sources and what wasm-bindgen and wasm-opt left
// in target/bindgen. `cargo xtask build` runs it last.

import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { WASM, bindgen, bundle, dist } from './bundle.mjs';

const template = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(template);
const out = path.join(root, 'pkg');

await rm(out, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await cp(path.join(bindgen, 'palm_user_bg.wasm'), path.join(dist, WASM));
await bundle();
await cp(path.join(template, 'src/source.js'), path.join(dist, 'source.js'));
await declarations();
await manifest();
for (const file of ['CHANGELOG.md', 'LICENSE-APACHE', 'LICENSE-MIT']) {
  await cp(path.join(root, file), path.join(out, file));
}
await readme();

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
  const store = (await readdir(path.join(template, 'src/store'))).map((name) => `store/${path.parse(name).name}`).filter((name) => !/\/(store|types|persist|indexed-db|warn-before-leaving)$/.test(name));
  for (const internal of ['agreement', 'update-user/attempt', 'instance', 'update-user/environment', 'update-user/interruption', 'update-user/problem', 'engine', 'load/inline', 'load/workerd', 'edge/body', 'edge/caller', 'edge/chunks', 'edge/hooks', 'edge/json-text', 'edge/origin', 'edge/palm', 'edge/patch', 'edge/refusal', 'edge/request-id', 'edge/settings', 'edge/visible', 'edge/visit', 'fast-path', 'pointer', 'fast-fingerprint', 'metadata-rules', 'without-value', ...store]) {
    await rm(path.join(dist, `${internal}.d.ts`));
    await rm(path.join(dist, `${internal}.d.cts`));
  }
  await rm(path.join(dist, 'web.d.cts'));
  await rm(path.join(dist, 'load/web.d.cts'));
  await writeFile(path.join(dist, `${WASM}.d.ts`), 'declare const module: WebAssembly.Module;\nexport default module;\n');
}

/** npm's page has no repository around it: every address is absolute, made of the manifest's. */
async function readme() {
  const manifest = JSON.parse(await readFile(path.join(out, 'package.json'), 'utf8'));
  const repository = manifest.repository.url.replace(/^git\+|\.git$/g, '');
  const addresses = { repository, docs: `${repository}/blob/main/docs` };
  const text = await readFile(path.join(template, 'README.md'), 'utf8');
  const absolute = text.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => addresses[name]);
  await writeFile(path.join(out, 'README.md'), absolute);
}

/** Version and repository are the crate's. */
async function manifest() {
  const cargo = await readFile(path.join(root, 'Cargo.toml'), 'utf8');
  const [version, url] = ['version', 'repository'].map((key) => new RegExp(`^\\[package\\][^[]*?^${key} = "([^"]+)"`, 'ms').exec(cargo)?.[1]);
  if (version === undefined || url === undefined) throw new Error('Cargo.toml has no version or no repository');
  const text = await readFile(path.join(template, 'package.json'), 'utf8');
  const links = { repository: { type: 'git', url: `git+${url}.git` }, homepage: `${url}#readme`, bugs: { url: `${url}/issues` } };
  const json = { ...JSON.parse(text), version, ...links };
  await writeFile(path.join(out, 'package.json'), `${JSON.stringify(json, null, 2)}\n`);
  // Resolvers older than "exports" look for a folder of the entry's name.
  await folder('edge', { main: '../dist/edge.cjs', module: '../dist/edge.js', types: '../dist/edge.d.cts' });
  await folder('react', { main: '../dist/react.cjs', module: '../dist/react.js', types: '../dist/react.d.cts' });
  await folder('web', { type: 'module', main: '../dist/web.js', module: '../dist/web.js', types: '../dist/web.d.ts' });
}

async function folder(name, json) {
  await mkdir(path.join(out, name));
  await writeFile(path.join(out, name, 'package.json'), `${JSON.stringify({ ...json, sideEffects: false }, null, 2)}\n`);
}
