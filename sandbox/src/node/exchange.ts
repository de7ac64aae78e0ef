// One request of Node's http server, answered by a fetch handler.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

import type { Sandbox } from '../index.js';

export async function exchange(sandbox: Sandbox, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  try {
    const request = toRequest(incoming, gone.signal);
    if (request === undefined) outgoing.writeHead(400).end();
    else await send(await sandbox.fetch(request, { signal: gone.signal }), outgoing);
  } catch (error) {
    if (gone.signal.aborted) return;
    // A fault broke the connection, or the storage failed.
    if (outgoing.headersSent) return void outgoing.destroy();
    console.error(error);
    outgoing.writeHead(500, { 'content-type': 'application/problem+json' });
    outgoing.end(JSON.stringify({ type: 'about:blank', title: 'The sandbox failed; its log says why', status: 500 }));
  }
}

/** Undefined for what no fetch handler can be given, such as TRACE. */
function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  const headers = new Headers();
  try {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
    }
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const body = hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {};
    return new Request(new URL(url, 'http://127.0.0.1'), { method, headers, signal, ...body } as RequestInit);
  } catch {
    return undefined;
  }
}

async function send(answer: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  const reader = answer.body?.getReader();
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    if (!outgoing.write(next.value)) await drained(outgoing);
  }
  outgoing.end();
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    outgoing.once('drain', resolve);
    outgoing.once('close', resolve);
  });
}
