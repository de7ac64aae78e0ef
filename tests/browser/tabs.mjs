// Tabs of one browser, on pages with a store that they share, against the sandbox.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { startSandbox } from '../../edge/sandbox.mjs';
import { launch } from './chromium.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
export const KEY = 'sk_test_browser';

/** The page's script, with a version of React. */
async function bundle(react) {
  const suffix = react === '19' ? '' : `-${react}`;
  const { outputFiles } = await build({
    entryPoints: [file('./tabs-app.jsx')],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: {
      'palm-user': file('../../pkg/dist/index.js'),
      'palm-user/react': file('../../pkg/dist/react.js'),
      ...(suffix && {
        react: file(`../../node_modules/react${suffix}`),
        'react-dom': file(`../../node_modules/react-dom${suffix}`),
      }),
    },
  });
  return outputFiles[0].text;
}

/** A browser, the sandbox, and a server of pages. */
export async function start() {
  const { url: sandbox, dispose } = await startSandbox();
  const scripts = { 18: await bundle('18'), 19: await bundle('19') };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://page');
    const script = /^\/app-(\d+)\.js$/.exec(pathname);
    const version = /^\/(\d+)$/.exec(pathname);
    if (script) response.writeHead(200, { 'content-type': 'text/javascript' }).end(scripts[script[1]]);
    else if (version) response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>tabs</title><div id="app"></div><script type="module" src="/app-${version[1]}.js"></script></html>`);
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><link rel="icon" href="data:,"><title>elsewhere</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  // Playwright has Chromium keep no page for the way back.
  const browser = await launch([], { ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  return {
    sandbox,
    origin,
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await dispose();
    },
    /** A person with a browser of their own, and a user of the sandbox. */
    async person({ user: body = { metadata: { language: 'en', notes: '' } }, react = '19', ...query } = {}) {
      const context = await browser.newContext();
      const made = await fetch(`${sandbox}/v1/user`, { method: 'POST', headers, body: JSON.stringify(body) });
      const path = made.headers.get('location');
      const id = path.split('/').at(-1);
      const user = async () => (await fetch(sandbox + path, { headers })).json();
      const patches = [];
      const messages = [];
      await context.addInitScript((key) => {
        if (localStorage.getItem('session') === null && localStorage.getItem('signed out') === null) localStorage.setItem('session', key);
      }, KEY);
      const url = `${origin}/${react}?${new URLSearchParams({ sandbox, id, ...query })}`;
      return {
        id,
        context,
        url,
        user,
        patches,
        messages,
        write: (patch) => fetch(sandbox + path, { method: 'PATCH', headers, body: JSON.stringify(patch) }),
        /** A new tab. */
        async tab() {
          const page = await context.newPage();
          page.on('request', (request) => request.method() === 'PATCH' && patches.push(request.postDataJSON()));
          page.on('console', (message) => message.type() !== 'info' && messages.push(message.text()));
          page.on('pageerror', (error) => messages.push(String(error)));
          await page.goto(url);
          await page.waitForFunction(() => globalThis.isReady === true);
          return page;
        },
        close: () => context.close(),
      };
    },
  };
}

/** What a store in a page shows. */
export const shown = (page) => page.evaluate(() => {
  const { user, pending, paused, needsRefetch } = globalThis.store.getSnapshot();
  return { metadata: user.metadata, name: user.display_name, pending: pending.length, paused, needsRefetch };
});

/** Waits until a store in a page shows something. */
export const until = (page, condition, argument) => page.waitForFunction(condition, argument, { timeout: 15_000, polling: 20 });
export const rests = (page) => until(page, () => globalThis.store.getSnapshot().pending.length === 0);
