// An API on loopback that answers as Palm does, and serves pages under a strict policy.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'PATCH',
  'access-control-allow-headers': 'content-type',
};

/** `mounts` are the folders that are served, by the first part of the path. */
export async function serve(mounts = {}) {
  const server = createServer(async (request, response) => {
    if (request.method === 'OPTIONS') return void response.writeHead(204, CORS).end();
    if (request.method === 'PATCH') return void (await patch(request, response));
    const [, mount, ...rest] = new URL(request.url, 'http://x').pathname.split('/');
    const file = path.join(mounts[mount] ?? '/nowhere', ...rest);
    try {
      const body = await readFile(file.endsWith('/') ? `${file}index.html` : file);
      const type = TYPES[path.extname(file)] ?? 'text/html';
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    mount: (name, folder) => (mounts[name] = folder),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function patch(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { display_name } = JSON.parse(Buffer.concat(chunks).toString());
  const user = { id: 'x', object: 'user', created_at: 'x', updated_at: 'x', metadata: {}, status: 'active', verification: null, display_name };
  response.writeHead(200, { 'content-type': 'application/json', ...CORS }).end(JSON.stringify(user));
}
