// Next.js, built by Turbopack and started.

import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { root } from './install.mjs';

const next = path.join(root, 'node_modules/next/dist/bin/next');

/** Builds and starts the app in a folder. */
export async function startNext(cwd, variables) {
  await buildNext(cwd, variables);
  return serveNext(cwd, variables);
}

function environment(variables) {
  // Vite, in this process, has set it to `development`.
  const { NODE_ENV, ...rest } = process.env;
  return { ...rest, ...variables, NEXT_TELEMETRY_DISABLED: '1' };
}

/** Builds the app in a folder. */
export async function buildNext(cwd, variables) {
  // The tools lie in a folder above, which Turbopack would not look into.
  const config = { turbopack: { root }, outputFileTracingRoot: root };
  await writeFile(path.join(cwd, 'next.config.mjs'), `export default ${JSON.stringify(config)};\n`);
  await promisify(execFile)(process.execPath, [next, 'build'], { cwd, env: environment(variables) });
}

/** Starts an app that is built; `lines` is what it prints. */
export async function serveNext(cwd, variables) {
  const server = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', '0'], { cwd, env: environment(variables) });
  const lines = [];
  const url = await new Promise((resolve, reject) => {
    const read = (data) => {
      lines.push(String(data));
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(lines.join(''));
      if (found) resolve(found[0]);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('exit', () => reject(new Error(lines.join(''))));
  });
  return { url, lines, stop: () => server.kill(), close: () => server.kill() };
}
