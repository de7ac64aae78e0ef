// Runs the Worker of this folder in workerd, on this machine:
//   node edge/sandbox.mjs --port 8787 --persist target/sandbox --page

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { unstable_readConfig as readConfig } from 'wrangler';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Starts the sandbox; or, with the variable PALM_API_KEY, the gateway.
 *
 * @param {{ port?: number, host?: string, persist?: string, page?: boolean, vars?: Record<string, string>, services?: object }} [options]
 *   `port` 0 takes a free one; without `persist`, a folder, the state ends with the
 *   sandbox; with `page` it serves www/dist too, which must have been built; `vars`
 *   and `services` are bindings of the Worker.
 * @returns {Promise<{ url: string, dispose: () => Promise<void> }>}
 */
export async function startSandbox({ port = 0, host = '127.0.0.1', persist, ...bindings } = {}) {
  const worker = new Miniflare({
    ...LOCAL,
    host,
    port,
    ...(await workerOptions(bindings)),
    ...(persist === undefined ? {} : { durableObjectsPersist: path.resolve(persist) }),
  });
  const url = await worker.ready;
  return { url: url.origin, dispose: () => worker.dispose() };
}

/** Of every workerd here: nothing is asked of the network, and faults are not logged. */
export const LOCAL = {
  cf: false,
  telemetry: { enabled: false },
  handleRuntimeStdio: (stdout, stderr) => [stdout, stderr].forEach(forward),
};

/** The Worker with its deployed configuration, so that what runs here is what is deployed. */
export async function workerOptions({ page = false, vars = {}, services = {}, rateLimited = true } = {}) {
  const config = readConfig({ config: path.join(here, 'wrangler.jsonc') });
  const migrated = config.migrations.flatMap((migration) => migration.new_sqlite_classes ?? []);
  const durableObjects = Object.fromEntries(
    config.durable_objects.bindings.map(({ name, class_name: className }) => [
      name,
      { className, useSQLite: migrated.includes(className) },
    ]),
  );
  return {
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    modules: await bundle(config),
    durableObjects,
    bindings: vars,
    serviceBindings: services,
    ...('PALM_API_KEY' in vars && rateLimited ? { ratelimits: rateLimits(config) } : {}),
    ...(page ? { assets: assetsOf(config) } : {}),
  };
}

/** workerd's log, without the connections that a fault was to break. */
function forward(stream) {
  let isFault = false;
  createInterface(stream).on('line', (line) => {
    isFault = line.includes('as was asked for') || (isFault && line.startsWith('stack:'));
    if (!isFault) console.error(line);
  });
}

/** The page's files, behind the Worker. */
function assetsOf({ assets }) {
  const routerConfig = { has_user_worker: true, invoke_user_worker_ahead_of_assets: assets.run_worker_first };
  return { directory: path.resolve(here, assets.directory), binding: assets.binding, routerConfig };
}

function rateLimits({ ratelimits = [] }) {
  return Object.fromEntries(ratelimits.map(({ name, simple }) => [name, { simple }]));
}

/** The Worker as one module, and the wasm beside it. */
async function bundle(config) {
  const wasm = path.resolve(here, '../pkg/dist/palm_user.wasm');
  const result = await build({
    entryPoints: [config.main],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: ['cloudflare:*', './palm_user.wasm'],
    alias: Object.fromEntries(
      Object.entries(config.alias).map(([name, file]) => [name, path.resolve(here, file)]),
    ),
    logLevel: 'warning',
  });
  const [script] = result.outputFiles;
  return [
    { type: 'ESModule', path: 'worker.mjs', contents: script.text },
    { type: 'CompiledWasm', path: 'palm_user.wasm', contents: await readFile(wasm) },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '8787' }, persist: { type: 'string' }, page: { type: 'boolean' } },
  });
  const sandbox = await startSandbox({ port: Number(values.port), persist: values.persist, page: values.page });
  const stop = async () => {
    await sandbox.dispose();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  console.log(`sandbox listening on ${sandbox.url}`);
}
