// The gateway: a fetch handler that keeps the key on the server.
//
// Cheap checks come first, and the caller is known before the body is read.

import { isPalmError } from '../error.js';
import { getUser, updateUser } from '../update-user/call.js';
import type { Attempt, Metadata, UpdateUserOptions, User, WritableMetadata } from '../types.js';
import { drain, readJson } from './body.js';
import { admit, USER_ID } from './caller.js';
import { HookFailure, misuse } from './hooks.js';
import type { Gateway, GatewayOptions } from './options.js';
import { allowOrigin, preflight } from './origin.js';
import { refusalOf } from './palm.js';
import { checkByHook, checkPatch } from './patch.js';
import { Refusal, respond } from './refusal.js';
import { settings, type Settings } from './settings.js';
import { shown } from './visible.js';
import { tell, Visit } from './visit.js';

/**
 * Makes a fetch handler that reads and changes users for pages: `GET`, `HEAD` and
 * `PATCH /v1/user/me` and `/v1/user/{id}`, and their CORS preflight. It finds out who
 * is signed in, lets them change what `writable` names, shows them what `visible`
 * names, and calls Palm with the secret key.
 *
 * A refusal is `application/problem+json` (RFC 9457) with a `code`, and with `issues`
 * if there are any. It repeats no value of the request and nothing that Palm said. The
 * gateway does not retry; its callers do.
 *
 * @throws `PalmError` `invalid_options`, among others without `identify` and `authorize`.
 *
 * @example
 * ```js
 * import { createGateway } from 'palm-user/edge';
 *
 * const gateway = createGateway({
 *   apiKey: () => env.PALM_API_KEY,
 *   identify: async (request) => (await sessionOf(request))?.palmUserId,
 *   writable: { metadata: ['notes', 'language'], display_name: true },
 *   onRequest: (event) => console.log(event),
 * });
 * export default { fetch: (request, env, context) => gateway(request, context) };
 * ```
 */
export function createGateway<M = Metadata, W extends keyof M = keyof WritableMetadata & keyof M>(options: GatewayOptions<M, W>): Gateway {
  const checked = settings(options as unknown as GatewayOptions);
  return async (request, context) => {
    const visit = new Visit(request, checked);
    let response: Response;
    try {
      response = await serve(request, visit, checked);
    } catch (error) {
      await drain(request, checked);
      response = refuse(error, visit);
    }
    tell(visit.event(response.status), checked, context);
    return response;
  };
}

async function serve(request: Request, visit: Visit, checked: Settings): Promise<Response> {
  const named = userIdOf(request, checked);
  allowOrigin(request, checked, visit.headers);
  if (request.method === 'OPTIONS') {
    visit.known.action = 'preflight';
    return preflight(checked, visit.headers);
  }
  visit.action = visit.known.action = request.method === 'PATCH' ? 'update' : 'read';
  checkHeaders(request);
  const userId = (visit.known.userId = await admit(request, named, visit, checked));
  return visit.action === 'update' ? patchUser(request, userId, visit, checked) : readUser(request, userId, visit, checked);
}

async function readUser(request: Request, userId: string, visit: Visit, checked: Settings): Promise<Response> {
  // A read ends if its client goes away.
  const user = await getUser(userId, { ...(await callOptions(visit, checked)), signal: request.signal });
  const answer = shown(user, checked.visible);
  if (request.method !== 'HEAD') return Response.json(answer, { headers: visit.headers });
  return new Response(null, { headers: { ...visit.headers, 'content-type': 'application/json' } });
}

async function patchUser(request: Request, userId: string, visit: Visit, checked: Settings): Promise<Response> {
  const patch = checkPatch(await readJson(request, checked), visit, checked);
  let read: Promise<User> | undefined;
  const current = (): Promise<User> => {
    read ??= callOptions(visit, checked).then((options) => getUser(userId, { ...options, signal: request.signal }));
    read.catch((error: unknown) => (visit.readError = error));
    return read;
  };
  await checkByHook(patch, { request, userId, current }, visit, checked);
  // A change goes on if its client goes away: Palm may have stored it already.
  const options = await callOptions(visit, checked);
  const user = await updateUser(userId, patch, { ...options, ...checked.limits });
  visit.known.outcome = 'applied';
  return Response.json(shown(user, checked.visible), { headers: visit.headers });
}

/** The options for calling Palm for this request, with the key. */
async function callOptions(visit: Visit, { apiKey, call }: Settings): Promise<UpdateUserOptions> {
  const key = typeof apiKey === 'function' ? await visit.run('apiKey', apiKey) : apiKey;
  if (key === undefined) throw misuse('apiKey', 'apiKey is undefined. Is the environment variable set?');
  const onAttempt = ({ status, requestId }: Attempt): void => {
    if (status !== undefined) visit.known.upstreamStatus = status;
    if (requestId !== undefined && requestId !== visit.requestId) visit.known.upstreamRequestId = requestId;
  };
  return { ...call, apiKey: key, headers: { 'x-request-id': visit.requestId }, onAttempt };
}

/** The ID in the path. */
function userIdOf(request: Request, { path, identify }: Settings): string {
  // A request's URL is already normal.
  const { url } = request;
  const [pathname = ''] = url.slice(url.indexOf('/', url.indexOf('://') + 3)).split(/[?#]/, 1);
  const id = pathname.startsWith(path) ? pathname.slice(path.length) : '';
  if (id === '' || id.includes('/') || (id === 'me' && identify === undefined)) throw new Refusal('route_not_found');
  if (!['GET', 'HEAD', 'PATCH', 'OPTIONS'].includes(request.method)) {
    throw new Refusal('method_not_allowed', { headers: { allow: 'GET, HEAD, PATCH, OPTIONS' } });
  }
  if (!USER_ID.test(id)) throw new Refusal('invalid_user_id');
  return id;
}

function checkHeaders({ method, headers }: Request): void {
  if (method === 'PATCH') {
    const type = headers.get('content-type') ?? '';
    const encoding = headers.get('content-encoding') ?? 'identity';
    if (!/^application\/(json|merge-patch\+json)\s*(;|$)/i.test(type) || encoding !== 'identity') {
      throw new Refusal('unsupported_media_type');
    }
  }
  // A request that asks for another method must not be treated as this one.
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    if (headers.has(name)) throw new Refusal('bad_request', { detail: 'The method cannot be overridden.' });
  }
}

/** The answer for whatever was thrown. */
function refuse(thrown: unknown, visit: Visit): Response {
  const refusal = refusalFor(thrown, visit);
  const { code, details } = refusal;
  visit.known.code = code;
  visit.known.outcome = details.outcome ?? 'rejected';
  if (details.error !== undefined) visit.known.error = details.error;
  return respond(refusal, visit.requestId, visit.headers);
}

function refusalFor(thrown: unknown, visit: Visit): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (thrown instanceof HookFailure) {
    // `check` passed on the reason why the user could not be read.
    if (visit.readError !== undefined && thrown.thrown === visit.readError) return refusalFor(visit.readError, visit);
    visit.known.hook = thrown.hook;
    return new Refusal('gateway_failed', { status: thrown.status, error: thrown.thrown });
  }
  // A hook's own error never gets here unwrapped.
  return isPalmError(thrown) ? refusalOf(thrown) : new Refusal('gateway_failed', { error: thrown });
}
