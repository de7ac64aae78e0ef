// A proxy that ends TLS, as nginx, Caddy or a load balancer do: it speaks https to
// browsers, and plain http to the server behind it, under that server's own name.

import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:https';

import { generate } from 'selfsigned';

/** Starts one for a host name; gives its port. */
export async function startTlsProxy(host, target) {
  const altNames = [{ type: 2, value: host }];
  const { private: key, cert } = await generate([{ name: 'commonName', value: host }], {
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  const { hostname, port, host: name } = new URL(target);
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const headers = { ...incoming.headers, host: name, 'x-forwarded-host': host, 'x-forwarded-proto': 'https' };
    const forwarded = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, close };
}
