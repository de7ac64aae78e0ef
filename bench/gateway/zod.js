// The same gateway as one would write it with zod and plain JavaScript: origin,
// type, caller, a body in bounds, the patch, a call with a time limit, the answer.

import * as z from 'zod';

import { isSignedIn, LIMIT, ORIGIN } from './shared.js';

z.config({ jitless: true }); // Workers have no eval

const value = z.json();
const Patch = z.strictObject({
  metadata: z
    .record(z.string(), value)
    .refine((metadata) => Object.values(metadata).filter((entry) => entry !== null).length <= 50)
    .optional(),
  display_name: z.string().optional(),
});
const User = z.looseObject({
  id: z.string(),
  object: z.literal('user'),
  updated_at: z.string(),
  metadata: z.record(z.string(), value),
  status: z.string(),
});

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const id = /^\/v1\/user\/([\w.~-]{1,256})$/.exec(pathname)?.[1];
    if (id === undefined) return problem(404, 'not_found');
    if (request.method !== 'PATCH') return problem(405, 'method_not_allowed');
    const origin = request.headers.get('origin');
    if (origin !== null && origin !== ORIGIN) return problem(403, 'forbidden');
    if (!(request.headers.get('content-type') ?? '').startsWith('application/json')) return problem(415, 'type');
    if (!isSignedIn(request, id)) return problem(403, 'forbidden');
    const text = await readText(request.body);
    if (text === undefined) return problem(413, 'too_large');
    let patch;
    try {
      patch = Patch.parse(JSON.parse(text));
    } catch (error) {
      return problem(400, 'validation_error', error.issues);
    }
    let answer;
    try {
      answer = await env.PALM.fetch(`https://api.getpalm.com/v1/user/${id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${env.KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify(patch),
        signal: AbortSignal.timeout(30_000),
      });
    } catch {
      return problem(502, 'bad_gateway');
    }
    if (!answer.ok) return new Response(answer.body, answer);
    const user = User.safeParse(await answer.json());
    if (!user.success) return problem(502, 'bad_gateway');
    return Response.json(user.data, { headers: { 'access-control-allow-origin': ORIGIN, vary: 'origin', 'cache-control': 'no-store' } });
  },
};

async function readText(body) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > LIMIT) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function problem(status, type, issues) {
  return new Response(JSON.stringify({ type, status, issues }), { status, headers: { 'content-type': 'application/problem+json' } });
}
