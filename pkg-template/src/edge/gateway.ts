// The gateway: a fetch handler that keeps the key on the server.
//
// Refusals come in the order of what they cost, and the caller is known before
// a byte of the body is read.

import { updateUser } from '../update-user/call.js';
import { isPalmError } from '../error.js';
import { validatePatch } from '../rules.js';
import type { User, UserPatch } from '../types.js';
import { drain, readJson } from './body.js';
import { settings, type GatewayOptions, type Settings } from './options.js';
import { pointer } from './pointer.js';
import { invalidPatch, passOn, Refusal, respond, type GatewayIssue } from './refusal.js';

/**
 * Makes a fetch handler of `PATCH /v1/user/{id}` and its CORS preflight, which
 * authorises the caller, checks the patch, and calls Palm with the secret key.
 *
 * Palm's status, problem details and Retry-After pass through; what the gateway
 * refuses itself is `application/problem+json` with `issues`, and echoes nothing.
 * It does not retry: its caller does.
 *
 * @throws `PalmError` `invalid_options`, among others without `authorize`.
 *
 * @example
 * ```js
 * import { createGateway } from 'palm-user/edge';
 *
 * const gateway = createGateway({
 *   apiKey: () => env.PALM_API_KEY,
 *   authorize: async (request, userId) => (await sessionOf(request))?.userId === userId,
 *   allowedOrigins: ['https://app.example.com'],
 * });
 * export default { fetch: (request) => gateway(request) };
 * ```
 */
export function createGateway(options: GatewayOptions): (request: Request) => Promise<Response> {
  const checked = settings(options);
  return async (request) => {
    // Of a caller whose origin is not allowed, no page may read why.
    const headers: Record<string, string> = { vary: 'origin', 'cache-control': 'no-store' };
    try {
      const userId = userIdOf(request, checked);
      allowOrigin(request, checked, headers);
      if (request.method === 'OPTIONS') return preflight(headers);
      return await patchUser(request, userId, checked, headers);
    } catch (error) {
      await drain(request, checked);
      if (error instanceof Refusal) return respond(error, headers);
      if (isPalmError(error)) return passOn(error, headers);
      return respond(new Refusal(500, 'server_error', 'The gateway failed.'), headers);
    }
  };
}

async function patchUser(
  request: Request,
  userId: string,
  checked: Settings,
  headers: Record<string, string>,
): Promise<Response> {
  checkHeaders(request);
  await authorize(request, userId, checked);
  const limited = await checked.rateLimiter?.limit({ key: userId });
  if (limited !== undefined && !limited.success) {
    throw new Refusal(429, 'rate_limited', 'This user is changed too often; try again later.');
  }
  const patch = await readJson(request, checked);
  checkPatch(patch, checked);
  const onAttempt = ({ requestId }: { requestId?: string }): void => {
    if (requestId !== undefined) headers['x-request-id'] = requestId;
  };
  const user: User = await updateUser(userId, patch, { ...checked.call, onAttempt });
  return Response.json(user, { headers });
}

/**
 * The ID in the path. Nothing percent-encoded: a slash or a dot in disguise could
 * name one user here and another upstream.
 */
function userIdOf(request: Request, { path }: Settings): string {
  const { pathname } = new URL(request.url);
  const id = pathname.startsWith(path) ? pathname.slice(path.length) : '';
  if (id === '' || id.includes('/')) throw new Refusal(404, 'not_found', 'The gateway serves /v1/user/{id}.');
  if (request.method !== 'PATCH' && request.method !== 'OPTIONS') {
    throw new Refusal(405, 'method_not_allowed', 'Use PATCH.', undefined, { allow: 'PATCH, OPTIONS' });
  }
  if (!/^[\w.~-]{1,256}$/.test(id)) throw new Refusal(400, 'validation_error', 'The user ID is not valid.');
  return id;
}

/** CORS (Fetch standard): a page of a foreign origin gets nothing, not even a reason it can read. */
function allowOrigin(request: Request, { origins }: Settings, headers: Record<string, string>): void {
  const origin = request.headers.get('origin');
  if (origin === null) return;
  const isAllowed = origins?.has(origin) ?? origin === new URL(request.url).origin;
  if (!isAllowed) throw new Refusal(403, 'forbidden', 'This origin may not call.');
  headers['access-control-allow-origin'] = origin;
  headers['access-control-expose-headers'] = 'retry-after, x-request-id';
}

function preflight(headers: Record<string, string>): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...headers,
      'access-control-allow-methods': 'PATCH',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '600',
    },
  });
}

function checkHeaders({ headers }: Request): void {
  const type = headers.get('content-type') ?? '';
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (!/^application\/(json|merge-patch\+json)\s*(;|$)/i.test(type) || encoding !== 'identity') {
    throw new Refusal(415, 'unsupported_media_type', 'Send application/json, not compressed.');
  }
  // Somebody who means another method must not be taken for one who means this.
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    if (headers.has(name)) throw new Refusal(400, 'validation_error', 'The method cannot be overridden.');
  }
}

async function authorize(request: Request, userId: string, { authorize }: Settings): Promise<void> {
  const answer = await authorize(request, userId);
  if (request.bodyUsed) throw new Refusal(500, 'server_error', 'The gateway is not set up rightly: authorize read the body.');
  if (answer === true) return;
  if (answer !== 'unauthenticated') throw new Refusal(403, 'forbidden', 'You may not change this user.');
  throw new Refusal(401, 'unauthorized', 'Sign in.', undefined, { 'www-authenticate': 'Bearer' });
}

function checkPatch(patch: unknown, { keys, limits }: Settings): asserts patch is UserPatch {
  const { errors, warnings } = validatePatch(patch, limits);
  // From a stranger, a key such as __proto__ is no accident.
  const refused = [...errors, ...warnings.filter(({ code }) => code === 'unsafe_key')];
  if (refused.length > 0) throw invalidPatch(refused);
  if (keys === undefined) return;
  const foreign = Object.keys((patch as UserPatch).metadata ?? {}).filter((key) => !keys.has(key));
  if (foreign.length === 0) return;
  const issues = foreign.map(
    (key): GatewayIssue => ({
      code: 'key_not_allowed',
      pointer: pointer(['metadata', key]),
      message: 'This key may not be changed here.',
    }),
  );
  throw new Refusal(403, 'forbidden', 'A metadata key may not be changed; see issues.', issues);
}
