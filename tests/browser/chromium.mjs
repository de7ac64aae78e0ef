// A browser, a page of given files, and the real sandbox on another origin.

import { once } from 'node:events';
import { createServer } from 'node:http';

import { chromium } from 'playwright-core';

import { startSandbox } from '../../edge/sandbox.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser that CHROMIUM names, or Playwright's own; with further flags. */
export function launch(flags = [], options = {}) {
  const executablePath = process.env.CHROMIUM || undefined;
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags], ...options });
}

/**
 * Opens what a test needs in one of `engines.mjs`. `files` are `{path: [type, body]}`, a body may
 * be a function of the response; `policy` is given the sandbox's URL and makes the content security policy.
 */
export async function open(files, policy, engine) {
  const { url: sandbox, dispose } = await startSandbox();
  const server = createServer((request, response) => {
    const found = files[request.url.split('?')[0]];
    if (found === undefined) return void response.writeHead(404).end();
    const [type, body] = found;
    if (typeof body === 'function') return void body(response);
    response.writeHead(200, { 'content-type': type, ...(policy && { 'content-security-policy': policy(sandbox) }) });
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await engine.launch();
  const page = (path) => browser.page(`http://127.0.0.1:${server.address().port}${path}`);
  const key = 'sk_test_browser';
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return {
    page,
    messages: browser.messages,
    sandbox,
    /** A user of the sandbox, and a way to write to it from elsewhere. */
    async create(body) {
      const made = await fetch(`${sandbox}/v1/user`, { method: 'POST', headers, body: JSON.stringify(body) });
      const path = made.headers.get('location');
      const patch = (body) => fetch(sandbox + path, { method: 'PATCH', headers, body: JSON.stringify(body) });
      return { id: path.split('/').at(-1), key, patch };
    },
    async close() {
      await browser.close();
      server.close();
      await dispose();
    },
  };
}
