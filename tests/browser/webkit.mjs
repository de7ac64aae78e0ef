// WebKitGTK by W3C WebDriver: the one protocol that Debian's build of it speaks.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** MiniBrowser, which comes with the library, below the library's folder. */
function miniBrowser() {
  const libraries = ['/usr/lib', '/usr/libexec'].filter(existsSync).flatMap((folder) => [folder, ...readdirSync(folder).map((name) => `${folder}/${name}`)]);
  return libraries.flatMap((folder) => ['4.1', '6.0', '4.0'].map((api) => `${folder}/webkit2gtk-${api}/MiniBrowser`)).find(existsSync);
}

/** What WebDriver calls a reference to an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** The keys that have no character, by Playwright's names. */
const KEYS = { Backspace: '\ue003', Tab: '\ue004', Enter: '\ue007', Escape: '\ue00c', Space: ' ', ArrowLeft: '\ue012', ArrowUp: '\ue013', ArrowRight: '\ue014', ArrowDown: '\ue015' };

/**
 * Starts a screen, the driver that WEBKIT_DRIVER names, and the browser. Each call of
 * `page(url)` opens a tab, with those of Playwright's methods that these tests use.
 */
export async function launch({ prefersReducedMotion = false } = {}) {
  const settings = prefersReducedMotion ? await withoutAnimations() : undefined;
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x1000x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [display] = await firstOf(screen, once(screen.stdio[3], 'data'));
  const port = await freePort();
  const driver = spawn(process.env.WEBKIT_DRIVER, [`--port=${port}`], { stdio: 'ignore', env: { ...process.env, ...settings, DISPLAY: `:${String(display).trim()}` } });
  const end = () => [driver, screen].forEach((child) => child.kill());
  try {
    return await openSession(`http://127.0.0.1:${port}`, driver, end);
  } catch (error) {
    end();
    throw error;
  }
}

/** GTK's own setting, which WebKit tells pages as `prefers-reduced-motion`. */
async function withoutAnimations() {
  const folder = await mkdtemp(join(tmpdir(), 'palm-user-gtk-'));
  for (const version of ['gtk-3.0', 'gtk-4.0']) {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'settings.ini'), '[Settings]\ngtk-enable-animations=0\n');
  }
  return { XDG_CONFIG_HOME: folder };
}

async function openSession(address, driver, end) {
  const call = async (method, path, body) => {
    const answer = await fetch(address + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const capabilities = { 'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] } };
  await firstOf(driver, started(() => call('GET', '/status')));
  const { sessionId } = await call('POST', '/session', { capabilities: { alwaysMatch: capabilities } });
  const session = `/session/${sessionId}`;

  // The session talks to one tab at a time, so commands wait for each other.
  const first = await call('GET', `${session}/window`);
  let current = first;
  let last = Promise.resolve();
  const inTurn = (work) => (last = last.then(work, work));
  const inTab = (tab, work) =>
    inTurn(async () => {
      if (current !== tab) await call('POST', `${session}/window`, { handle: tab });
      current = tab;
      return work();
    });
  const unused = [first];
  const newTab = async (type) =>
    unused.pop() ??
    inTurn(async () => {
      // The current one may have been closed, and then the driver opens none.
      const [open] = await call('GET', `${session}/window/handles`);
      await call('POST', `${session}/window`, { handle: open });
      current = open;
      return (await call('POST', `${session}/window/new`, { type })).handle;
    });

  return {
    // This protocol does not tell what a page logs.
    messages: undefined,
    /** A tab lies behind the others, where nothing is drawn; a window is seen. */
    page: async (url, type = 'tab') => {
      const tab = await newTab(type);
      const ask = (method, path, body) => inTab(tab, () => call(method, session + path, body));
      const page = pageOf(ask);
      await page.goto(url);
      return page;
    },
    close: async () => {
      await call('DELETE', session).catch(() => undefined);
      end();
    },
  };
}

/** A tab, by a function that sends a command to it. */
function pageOf(ask) {
  /** Runs a function in the page; what it throws is thrown here. */
  const evaluate = async (run, argument) => {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve(arguments[0]).then(${run}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await ask('POST', '/execute/async', { script, args: [argument ?? null] });
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
  /** Waits for the element that a CSS selector finds; the path of its commands. */
  const find = async (selector) => {
    await waitForFunction((selector) => document.querySelector(selector) !== null, selector);
    const element = await ask('POST', '/element', { using: 'css selector', value: selector });
    return `/element/${element[ELEMENT]}`;
  };
  const type = async (selector, text) => ask('POST', `${await find(selector)}/value`, { text });
  return {
    ask,
    keys: KEYS,
    evaluate,
    waitForFunction,
    waitForSelector: find,
    goto: (url) => ask('POST', '/url', { url }),
    reload: () => ask('POST', '/refresh', {}),
    textContent: async (selector) => {
      await find(selector);
      return evaluate((selector) => document.querySelector(selector).textContent, selector);
    },
    inputValue: async (selector) => {
      await find(selector);
      return evaluate((selector) => document.querySelector(selector).value, selector);
    },
    click: async (selector) => void (await ask('POST', `${await find(selector)}/click`, {})),
    fill: async (selector, text) => {
      await ask('POST', `${await find(selector)}/clear`, {});
      if (text !== '') await type(selector, text);
    },
    press: (selector, key) => type(selector, KEYS[key] ?? key),
    close: () => ask('DELETE', '/window'),
  };
}

/** A result, unless the program cannot be started. */
function firstOf(child, result) {
  return Promise.race([result, once(child, 'error').then(([error]) => { throw error; })]);
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
