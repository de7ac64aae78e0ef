// One server on loopback that misbehaves as it is told. Each conversation has a
// path of its own, so that many run at once.

import { once } from 'node:events';
import { createServer } from 'node:http';

export const USER = Object.freeze({
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: { customer_tier: 'premium', __proto__: null, ['__proto__']: 'data' },
  status: 'active',
  verification: null,
  display_name: 'Ada',
});

/** How an answer goes wrong below HTTP. */
const FAULTS = {
  /** The connection is reset before a byte of the answer. */
  reset: (response) => response.socket.resetAndDestroy(),
  /** The connection breaks amid the body. */
  truncated(response, { status = 200, type = 'application/json' }) {
    response.writeHead(status, { 'content-type': type, 'content-length': 1000 });
    response.write('{"id":', () => setTimeout(() => response.socket?.destroy(), 10));
  },
  /** Headers and half a body, and then nothing. */
  stalled(response, { status = 200 }) {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.write('{"id":');
  },
  /** Nothing at all. */
  silent() {},
};

function answer(response, described, base) {
  const { fault, status = 200, headers = {}, json, text, bytes, repeat } = described;
  if (fault !== undefined) return FAULTS[fault](response, described);
  const type = json === undefined ? 'text/html' : status < 400 ? 'application/json' : 'application/problem+json';
  const fill = (value) => value.replaceAll('{base}', base);
  const filled = Object.entries(headers).map(([name, value]) => [name, fill(value)]);
  if (status >= 200 && status !== 204) response.setHeader('content-type', type);
  response.sendDate = headers.date === undefined;
  // A connection that is used again hides faults: clients quietly send again on a new one.
  response.writeHead(status, { connection: 'close', ...Object.fromEntries(filled) });
  if (bytes !== undefined) return response.end(Buffer.from(bytes, 'base64'));
  if (repeat !== undefined) return response.end(repeat[0].repeat(repeat[1]));
  response.end(json === undefined ? text : JSON.stringify(json === 'user' ? USER : json));
}

/** The server; `files` are `{path: () => [type, body]}` for a page on its origin. */
export async function serve(files = {}) {
  const conversations = new Map();
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const [, name, ...rest] = url.split('/');
    const conversation = conversations.get(name);
    if (conversation === undefined) {
      const file = files[url];
      if (file === undefined) return void response.writeHead(404).end();
      const [type, body] = file();
      return void response.writeHead(200, { 'content-type': type, connection: 'close' }).end(body);
    }
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // the client has gone
    }
    const { requests, script } = conversation;
    requests.push({ method, path: `/${rest.join('/')}`, headers, body: Buffer.concat(chunks).toString() });
    answer(response, script[Math.min(requests.length, script.length) - 1], conversation.baseUrl);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    /** A conversation: each answer of its script serves one request, the last one the rest. */
    converse(script) {
      const name = `c${conversations.size}`;
      const conversation = { script, requests: [], baseUrl: `${origin}/${name}` };
      conversations.set(name, conversation);
      return conversation;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
