// The examples as somebody starts them: the packed packages installed, then `npm start`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { install, root } from '../consumers/install.mjs';
import { npm, npmCommand } from '../consumers/npm.mjs';

/** With PALM_USER_INSTALL, each example has all of its packages from the registry, far from this repository's. */
const isAlone = process.env.PALM_USER_INSTALL !== undefined;
const target = isAlone ? path.join(os.tmpdir(), 'palm-user-apps') : path.join(root, 'target/apps');
const examples = path.join(root, 'examples');

/** Installs both packages where every example finds them; all else is the repository's own. */
export const installPackages = () => install(target, ['pkg', 'pkg-sandbox']);

/** A copy of an example. */
export async function copyApp(name) {
  const folder = path.join(target, name);
  await rm(folder, { recursive: true, force: true });
  await cp(path.join(examples, name), folder, { recursive: true, filter: (file) => !/node_modules|\.next|\.wrangler/.test(path.relative(examples, file)) });
  if (isAlone) {
    const tarballs = (await readdir(target)).filter((file) => file.endsWith('.tgz')).map((file) => path.join(target, file));
    npm(['install', '--no-audit', '--no-fund', '--silent', ...tarballs], { cwd: folder });
  } else if (name === 'next') {
    // Turbopack does not look for Next.js in a folder above, where only this test has it.
    await writeFile(path.join(folder, 'next.config.mjs'), `export default ${JSON.stringify({ turbopack: { root }, outputFileTracingRoot: root })};\n`);
  }
  return folder;
}

/** `npm start`, or another script, on a free port; `url` answers. */
export async function startApp(name, variables = {}, { folder: built, script = 'start' } = {}) {
  const folder = built ?? (await copyApp(name));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const [file, ...args] = npmCommand(['run', script, '--silent', '--', '--port', String(port)], process.platform);
  const { NODE_ENV, NODE_TEST_CONTEXT, ...rest } = process.env;
  const env = { ...rest, NO_COLOR: '1', CI: '1', NEXT_TELEMETRY_DISABLED: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: path.join(folder, 'logs'), ...variables };
  const child = spawn(file, args, { cwd: folder, env, detached: process.platform !== 'win32', windowsVerbatimArguments: process.platform === 'win32' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const ended = once(child, 'close');
  let isRunning = true;
  void ended.then(() => (isRunning = false));
  const close = async () => {
    if (process.platform === 'win32') spawn('taskkill', ['/T', '/F', '/PID', String(child.pid)]);
    else if (isRunning) process.kill(-child.pid);
    await ended;
  };
  const limit = Date.now() + 90_000;
  while (!(await answers(url))) {
    if (isRunning && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 100));
    else {
      await close();
      throw new Error(`${name} does not answer: ${output}`);
    }
  }
  return { url, folder, close, output: () => output };
}

const answers = (url) => fetch(url).then(async (response) => response.ok && (await response.text()) !== '', () => false);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
