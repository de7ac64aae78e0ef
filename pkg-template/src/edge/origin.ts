// Which pages may call: Origin (RFC 6454), Fetch Metadata (W3C) and CORS (Fetch
// standard). docs/gateway.md has the table.

import { Refusal } from './refusal.js';
import type { Settings } from './settings.js';

type Headers = Record<string, string>;

/** Checks the origin, and adds the CORS headers for the answer. @throws `Refusal` */
export function allowOrigin(request: Request, settings: Settings, headers: Headers): void {
  const origin = request.headers.get('origin');
  if (!mayCall(request, origin, settings)) throw refused(request, origin, settings);
  if (origin === null) return;
  headers['access-control-allow-origin'] = origin;
  headers['access-control-expose-headers'] = 'retry-after, x-request-id';
  if (settings.credentials) headers['access-control-allow-credentials'] = 'true';
}

function mayCall(request: Request, origin: string | null, { publicOrigins, isAllowed }: Settings): boolean {
  const allowed = (): boolean => origin !== null && isAllowed(origin);
  if (origin !== null && publicOrigins !== undefined) return publicOrigins.has(origin) || allowed();
  const site = request.headers.get('sec-fetch-site');
  if (site === 'same-origin' || site === 'none') return true;
  if (site !== null) return allowed();
  // Checking a list is cheaper than parsing two URLs.
  return origin === null || allowed() || isOwn(request, origin);
}

/** Whether an origin has the request's own host. The scheme may differ: a proxy may have ended TLS. */
function isOwn(request: Request, origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  // With the origin's scheme, so that its default port is left out on both sides.
  const own = [request.headers.get('host'), new URL(request.url).host].map((name) => `${protocol}//${name}`);
  return own.some((url) => URL.canParse(url) && new URL(url).host === host);
}

/** The answer to a preflight. */
export function preflight(settings: Settings, headers: Headers): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...headers,
      'access-control-allow-methods': 'GET, HEAD, PATCH',
      'access-control-allow-headers': settings.allowedHeaders,
      'access-control-max-age': '600',
    },
  });
}

/** The refusal, which tells the log what was received, what was expected, and which option to set. */
function refused(request: Request, origin: string | null, { publicOrigins }: Settings): Refusal {
  const site = request.headers.get('sec-fetch-site');
  const received = [`Origin: ${origin ?? '(none)'}`, ...(site === null ? [] : [`Sec-Fetch-Site: ${site}`])].map(cut).join(', ');
  const expected = publicOrigins === undefined ? new URL(request.url).origin : [...publicOrigins].join(' or ');
  const option =
    publicOrigins === undefined
      ? 'If browsers see this gateway there, through a proxy, set publicOrigin to it; if it is another site that may call, add it to allowedOrigins.'
      : 'If it may call, add it to publicOrigin or allowedOrigins.';
  return new Refusal('origin_not_allowed', { error: new Error(`Refused a page: received ${received}; expected ${expected}. ${option}`) });
}

/** A header can have any length. */
function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
