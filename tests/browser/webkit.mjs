// WebKitGTK by W3C WebDriver: the one protocol that Debian's build of it speaks.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';

/** MiniBrowser, which comes with the driver, below the library's folder. */
function miniBrowser() {
  const libraries = ['/usr/lib', '/usr/libexec'].filter(existsSync).flatMap((folder) => [folder, ...readdirSync(folder).map((name) => `${folder}/${name}`)]);
  return libraries.flatMap((folder) => ['4.1', '6.0', '4.0'].map((api) => `${folder}/webkit2gtk-${api}/MiniBrowser`)).find(existsSync);
}

/** Starts a screen, the driver and the browser. `page()` gives its one tab, with what these tests ask of Playwright's. */
export async function launch() {
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x1000x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [display] = await once(screen.stdio[3], 'data');
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore', env: { ...process.env, DISPLAY: `:${String(display).trim()}` } });

  const call = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const capabilities = { 'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] } };
  await started(() => call('GET', '/status'));
  const { sessionId } = await call('POST', '/session', { capabilities: { alwaysMatch: capabilities } });
  const session = `/session/${sessionId}`;

  /** Runs a function in the page; what it throws is thrown here. */
  const evaluate = async (run, argument) => {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve(arguments[0]).then(${run}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await call('POST', `${session}/execute/async`, { script, args: [argument ?? null] });
    if (error !== undefined) throw new Error(error);
    return value;
  };
  const waitForFunction = async (condition, argument) => {
    for (let left = 100; left > 0; left -= 1) {
      if (await evaluate(condition, argument)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not in 10 s: ${condition}`);
  };
  return {
    // What the page logs cannot be read by this protocol.
    messages: [],
    page: async (url) => {
      await call('POST', `${session}/url`, { url });
      const textContent = (selector) => evaluate((selector) => document.querySelector(selector).textContent, selector);
      return { evaluate, waitForFunction, textContent };
    },
    close: async () => {
      await call('DELETE', session).catch(() => undefined);
      driver.kill();
      screen.kill();
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function started(ask) {
  for (let left = 50; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
