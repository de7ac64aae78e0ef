// What every answer of the sandbox has in common.

import { drain } from './body.js';

const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'location, retry-after, x-request-id',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};

/** Adds the common headers, once the request has been read to its end. */
export async function answer(request: Request, { body, status, headers: own }: Response): Promise<Response> {
  await drain(request);
  const headers = new Headers(own);
  headers.set('x-request-id', crypto.randomUUID());
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  // An answer that a fault cuts off must not be compressed on the way.
  if (own.has('cache-control')) headers.set('cache-control', `no-store, ${own.get('cache-control')}`);
  return new Response(body, { status, headers });
}
