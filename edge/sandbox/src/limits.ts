// How often an address may call. A key is no measure: anybody can make one up.

import { answer, problem, refusal } from 'palm-user-sandbox';

export interface Limits {
  /** Cloudflare's rate-limit bindings: of all calls, and of those that make a user. */
  readonly CALLS?: RateLimit;
  readonly CREATIONS?: RateLimit;
}

/** The refusal of an address that calls too often; undefined for the others. */
export async function allow(request: Request, { CALLS, CREATIONS }: Limits): Promise<Response | undefined> {
  if (request.method === 'OPTIONS') return undefined;
  const key = addressOf(request);
  const limits = request.method === 'POST' && new URL(request.url).pathname === '/v1/user' ? [CALLS, CREATIONS] : [CALLS];
  for (const limit of limits) {
    if (limit === undefined || (await limit.limit({ key })).success) continue;
    return answer(request, problem(refusal(429, 'Too many calls from this address.'), { 'retry-after': '60' }));
  }
  return undefined;
}

/** Of IPv6 the first 64 bits: the rest is chosen by whoever calls. */
function addressOf(request: Request): string {
  const address = request.headers.get('cf-connecting-ip') ?? '';
  const [start = ''] = address.split('::');
  return start.split(':').slice(0, 4).join(':');
}
