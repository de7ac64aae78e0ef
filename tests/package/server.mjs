// A real server on loopback that answers as it is told, down to the socket.

import { createServer } from 'node:http';
import { once } from 'node:events';

export const USER = Object.freeze({
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: { customer_tier: 'premium' },
  status: 'active',
  verification: null,
  display_name: 'Ada',
});

/** Each answer of a script serves one request; the last one serves the rest. */
export async function serve(...script) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    const answer = script[Math.min(requests.length, script.length) - 1];
    await answer(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
    close() {
      return this[Symbol.asyncDispose]();
    },
  };
}

export const json = (status, document, headers = {}) => (response) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(document));
};

export const ok = json(200, USER);

export const problem = (status, members = {}, headers = {}) =>
  json(status, { type: `https://api.getpalm.com/problems/p${status}`, title: `T${status}`, status, ...members }, { 'content-type': 'application/problem+json', ...headers });

export const text = (status, type, body) => (response) => {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
};

/** The connection is reset before a byte of the answer. */
export const reset = (response) => response.socket.resetAndDestroy();

/** The connection breaks amid the body. */
export const truncated = (response) => {
  const body = JSON.stringify(USER);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.write(body.slice(0, 20), () => setTimeout(() => response.socket.destroy(), 10));
};

/** Headers and half a body, and then nothing. */
export const stalled = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"id":');
};

/** Nothing at all. */
export const silent = () => {};
