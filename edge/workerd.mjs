// A Worker of this folder in workerd, with the configuration it is deployed with.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { unstable_readConfig as readConfig } from 'wrangler';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Starts a Worker: `gateway` or `sandbox`.
 *
 * @param {'gateway' | 'sandbox'} name
 * @param {{ port?: number, host?: string, persist?: string, page?: boolean, vars?: Record<string, unknown>, services?: object, kv?: string[], rateLimited?: boolean, log?: (line: string) => void }} [options]
 *   `port` 0 takes a free one; without `persist`, a folder, the state ends with the
 *   Worker; with `page` it serves www/dist, which must have been built; `vars`,
 *   `services` and `kv` are its bindings; `rateLimited` turns its limits on; `log` is
 *   given what it writes to the console.
 * @returns {Promise<{ url: string, dispose: () => Promise<void> }>}
 */
export async function start(name, { port = 0, host = '127.0.0.1', persist, log, ...bindings } = {}) {
  const worker = new Miniflare({
    ...LOCAL,
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => forward(stream, log)),
    host,
    port,
    ...(await workerOptions(name, bindings)),
    ...(persist === undefined ? {} : { durableObjectsPersist: path.resolve(persist) }),
  });
  const url = await worker.ready;
  return { url: url.origin, worker, dispose: () => worker.dispose() };
}

/** Of every workerd here: nothing is asked of the network, and faults are not logged. */
export const LOCAL = {
  cf: false,
  telemetry: { enabled: false },
  handleRuntimeStdio: (...streams) => streams.forEach((stream) => forward(stream)),
};

/** The Worker with its deployed configuration, so that what runs here is what is deployed. */
export async function workerOptions(name, { page = false, vars = {}, services = {}, kv = [], rateLimited = false } = {}) {
  const folder = path.join(here, name);
  const config = readConfig({ config: path.join(folder, 'wrangler.jsonc') });
  const migrated = config.migrations.flatMap((migration) => migration.new_sqlite_classes ?? []);
  const durableObjects = Object.fromEntries(
    config.durable_objects.bindings.map(({ name, class_name: className }) => [
      name,
      { className, useSQLite: migrated.includes(className) },
    ]),
  );
  const ratelimits = Object.fromEntries((config.ratelimits ?? []).map(({ name, simple }) => [name, { simple }]));
  return {
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    modules: await bundle(folder, config),
    durableObjects,
    bindings: { ...config.vars, ...vars },
    serviceBindings: services,
    kvNamespaces: kv,
    ...(rateLimited ? { ratelimits } : {}),
    ...(page ? { assets: assetsOf(folder, config) } : {}),
  };
}

/** workerd's log, without the connections that a fault was to break. */
function forward(stream, write = console.error) {
  let isFault = false;
  createInterface(stream).on('line', (line) => {
    isFault = line.includes('sandbox-fault: ') || (isFault && line.startsWith('stack:'));
    if (!isFault) write(line);
  });
}

/** The page's files, behind the Worker. */
function assetsOf(folder, { assets }) {
  const routerConfig = { has_user_worker: true, invoke_user_worker_ahead_of_assets: assets.run_worker_first };
  return { directory: path.resolve(folder, assets.directory), binding: assets.binding, routerConfig };
}

/** The Worker as one module, and the wasm beside it. */
async function bundle(folder, config) {
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
      Object.entries(config.alias).map(([name, file]) => [name, path.resolve(folder, file)]),
    ),
    logLevel: 'warning',
  });
  const [script] = result.outputFiles;
  return [
    { type: 'ESModule', path: 'worker.mjs', contents: script.text },
    { type: 'CompiledWasm', path: 'palm_user.wasm', contents: await readFile(wasm) },
  ];
}
