// The same gateway as one would write it with zod and plain JavaScript, doing equal
// work: the same order, limits and refusals, the same checks of body and answer, the
// same headers, a request ID, an event. The scan of the body for keys that are there
// twice is ours in both: no library has one.

import * as z from 'zod';

import { lossyPart } from '../../pkg-template/src/edge/json-text.ts';
import { identify, LIMIT, onRequest, ORIGIN, WRITABLE } from './shared.js';

z.config({ jitless: true }); // Workers have no eval

const MAX_ANSWER = 8 * 2 ** 20;
const MAX_DEPTH = 64;
const ID = /^(?!\.{1,2}$)[\w.~-]{1,256}$/;
const text = z.string().refine((text) => text.isWellFormed());
const value = z.lazy(() => z.union([text, z.null(), z.number(), z.boolean(), z.array(value), z.record(text, value)]));
const Patch = z.strictObject({
  metadata: z
    .record(text, value)
    .refine((metadata) => Object.values(metadata).filter((entry) => entry !== null).length <= 50)
    .refine((metadata) => !Object.hasOwn(metadata, '__proto__'))
    .optional(),
  display_name: text.optional(),
});
const User = z.looseObject({
  id: z.string(),
  object: z.literal('user'),
  created_at: z.string(),
  updated_at: z.string(),
  metadata: z.record(z.string(), value),
  status: z.string(),
});
const ALWAYS = new Set(['id', 'object', 'created_at', 'updated_at', 'status', 'display_name']);

class Refusal {
  constructor(status, code, issues) {
    Object.assign(this, { status, code, issues });
  }
}

export default {
  async fetch(request, env, context) {
    const started = performance.now();
    const event = { requestId: requestIdOf(request), action: 'refused' };
    const headers = {
      vary: 'origin, sec-fetch-site',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-request-id': event.requestId,
    };
    let response;
    try {
      response = await serve(request, env, event, headers);
    } catch (error) {
      await drain(request);
      const { status, code, issues } = error instanceof Refusal ? error : new Refusal(500, 'gateway_failed');
      event.code = code;
      const document = { type: `urn:gateway:${code}`, title: code, status, detail: code, code, outcome: event.outcome ?? 'rejected', request_id: event.requestId, issues };
      response = new Response(JSON.stringify(document), { status, headers: { ...headers, 'content-type': 'application/problem+json' } });
    }
    const told = onRequest({ ...event, status: response.status, durationMs: performance.now() - started });
    if (told !== undefined) context.waitUntil(told.catch(() => undefined));
    return response;
  },
};

async function serve(request, env, event, headers) {
  const { pathname } = new URL(request.url);
  const named = pathname.startsWith('/v1/user/') ? pathname.slice('/v1/user/'.length) : '';
  if (named === '' || named.includes('/')) throw new Refusal(404, 'route_not_found');
  if (request.method !== 'PATCH') throw new Refusal(405, 'method_not_allowed');
  if (!ID.test(named)) throw new Refusal(400, 'invalid_user_id');
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const isOwn = site === 'same-origin' || site === 'none' || (site === null && origin === null);
  if (!isOwn && origin !== ORIGIN) throw new Refusal(403, 'origin_not_allowed');
  if (origin !== null) {
    headers['access-control-allow-origin'] = origin;
    headers['access-control-expose-headers'] = 'retry-after, x-request-id';
  }
  event.action = 'update';
  const type = request.headers.get('content-type') ?? '';
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (!/^application\/(json|merge-patch\+json)\s*(;|$)/i.test(type) || encoding !== 'identity') throw new Refusal(415, 'unsupported_media_type');
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    if (request.headers.has(name)) throw new Refusal(400, 'bad_request');
  }
  const own = await within(10_000, async () => identify(request), new Refusal(503, 'gateway_failed'));
  if (own === undefined) throw new Refusal(401, 'signed_out');
  if (typeof own !== 'string' || !ID.test(own)) throw new Refusal(500, 'gateway_failed');
  if (request.bodyUsed) throw new Refusal(500, 'gateway_failed');
  if (named !== 'me' && named !== own) throw new Refusal(403, 'not_allowed');
  event.userId = own;
  if (Number(request.headers.get('content-length')) > LIMIT) throw new Refusal(413, 'too_large');
  const text = await within(10_000, () => readText(request.body, LIMIT, true), new Refusal(408, 'timeout'));
  const patch = patchOf(text);
  event.fields = [...Object.keys(patch.metadata ?? {}).map((key) => `metadata.${key}`), ...(patch.display_name === undefined ? [] : ['display_name'])];
  const user = await callPalm(env, own, patch, event);
  return Response.json(shown(user), { headers });
}

function patchOf(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'invalid_patch');
  }
  const lossy = lossyPart(text);
  if (lossy !== undefined) throw new Refusal(400, 'invalid_patch', [lossy]);
  if (isDeep(document, MAX_DEPTH)) throw new Refusal(400, 'invalid_patch');
  const { success, data, error } = Patch.safeParse(document);
  if (!success) throw new Refusal(400, 'invalid_patch', error.issues);
  const foreign = Object.keys(data.metadata ?? {}).filter((key) => !WRITABLE.includes(key));
  if (foreign.length > 0) throw new Refusal(422, 'field_not_allowed', foreign);
  return data;
}

/** Whether a value goes deeper; zod would run out of stack. */
function isDeep(value, levels) {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeep(item, levels - 1));
}

async function callPalm(env, id, patch, event) {
  const controller = new AbortController();
  const exchange = async () => {
    const answer = await env.PALM.fetch(`https://api.getpalm.com/v1/user/${encodeURIComponent(id)}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${env.KEY}`, 'content-type': 'application/json', accept: 'application/json', 'x-request-id': event.requestId },
      body: JSON.stringify(patch),
      redirect: 'manual',
      signal: controller.signal,
    });
    event.upstreamStatus = answer.status;
    event.upstreamRequestId = answer.headers.get('x-request-id') ?? undefined;
    if (!answer.ok) throw new Refusal(answer.status === 401 || answer.status === 403 ? 502 : answer.status, 'palm');
    return JSON.parse(await readText(answer.body, MAX_ANSWER, false));
  };
  let document;
  try {
    document = await within(30_000, exchange, new Refusal(504, 'palm_timeout'));
  } catch (error) {
    controller.abort();
    throw error instanceof Refusal ? error : new Refusal(502, 'palm_unreachable');
  }
  const { success, data } = User.safeParse(document);
  if (!success) throw new Refusal(502, 'bad_response');
  event.outcome = 'applied';
  return data;
}

/** What a page may see. */
function shown(user) {
  const entries = Object.entries(user).filter(([name]) => ALWAYS.has(name) || name === 'metadata');
  return Object.fromEntries(entries.map(([name, value]) => [name, name === 'metadata' ? Object.fromEntries(Object.entries(value).filter(([key]) => WRITABLE.includes(key))) : value]));
}

function requestIdOf({ headers }) {
  const given = headers.get('x-request-id');
  if (given !== null && /^[\w.:-]{1,128}$/.test(given)) return given;
  const trace = /^[\da-f]{2}-([\da-f]{32})-/.exec(headers.get('traceparent') ?? '')?.[1];
  return trace ?? crypto.randomUUID();
}

async function within(ms, work, refusal) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, ms, refusal);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** By a reader: to iterate takes workerd a third longer. */
async function readText(body, limit, fatal) {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal });
  let text = '';
  try {
    for (let length = 0; ; ) {
      const { done, value } = await reader.read();
      if (!done) length += value.byteLength;
      if (length > limit) throw new Refusal(413, 'too_large');
      try {
        text += decoder.decode(value, { stream: !done });
      } catch {
        throw new Refusal(400, 'invalid_patch');
      }
      if (done) return text;
    }
  } catch (error) {
    reader.releaseLock();
    throw error;
  }
}

async function drain({ body }) {
  if (body === null || body.locked) return;
  await within(1_000, () => readText(body, LIMIT, false), undefined).catch(() => undefined);
}
