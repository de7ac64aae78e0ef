// The sandbox: Palm's endpoint with real storage, for demos and tests.

import type { User, UserPatch } from 'palm-user';

import { account } from './auth';
import { drain, readJson } from './body';
import { FAULT_HEADERS, faulty, isApplied, readFaults } from './faults';
import { problem, refusal, type Result } from './problem';
import { handleOf, readHandle } from './user-id';
import { fieldOf, type Env, type Place, type UserCalls } from './user-record';
import { fingerprintOf, readVault } from './vault';

export async function sandbox(request: Request, env: Env): Promise<Response> {
  const response = await answer(request, env);
  await drain(request);
  const headers = new Headers(response.headers);
  headers.set('x-request-id', crypto.randomUUID());
  headers.set('access-control-allow-origin', '*');
  headers.set('access-control-expose-headers', 'location, retry-after, x-request-id');
  return new Response(response.body, { status: response.status, headers });
}

async function answer(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const segments = pathname.split('/').slice(1);
  const [version, resource, id, part] = segments;
  if (version !== 'v1' || resource !== 'user' || segments.length > 4 || id === '') {
    return problem(refusal(404, 'The sandbox serves /v1/user.'));
  }
  const route = routeOf(id, part);
  const methods = Object.hasOwn(METHODS, route) ? METHODS[route] : undefined;
  if (methods === undefined) return problem(refusal(404, 'The sandbox has no such path.'));
  if (request.method === 'OPTIONS') return preflight(methods);
  if (!methods.includes(request.method)) {
    return problem(refusal(405, `Use ${methods.join(' or ')}.`), { allow: methods.join(', ') });
  }
  const caller = account(request);
  if ('refusal' in caller) return problem(caller.refusal);
  if (route === '') return create(request, env, caller.value);
  if (route === 'search') return search(request, env, caller.value);
  const handle = readHandle(id ?? '');
  if (handle === undefined) return problem(refusal(404, 'There is no such user.'));
  return withFaults(request, env, { account: caller.value, handle }, route);
}

const METHODS: Readonly<Record<string, readonly string[]>> = {
  '': ['POST'],
  search: ['POST'],
  '{id}': ['GET', 'PATCH'],
  '{id}/vault': ['PATCH'],
};

function routeOf(id: string | undefined, part: string | undefined): string {
  if (id === undefined) return '';
  if (part !== undefined) return `{id}/${part}`;
  return id === 'search' ? 'search' : '{id}';
}

function preflight(methods: readonly string[]): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': ['authorization', 'content-type', ...FAULT_HEADERS].join(', '),
      'access-control-max-age': '600',
    },
  });
}

async function create(request: Request, env: Env, owner: string): Promise<Response> {
  const body = await readJson(request);
  if ('refusal' in body) return problem(body.refusal);
  const { vault = {}, ...patch } = Object(body.value) as Record<string, unknown>;
  const change = readVault(vault);
  if ('refusal' in change) return problem(change.refusal);
  const uuid = crypto.randomUUID();
  const place: Place = { account: owner, handle: handleOf(uuid) };
  const made = await record(env, place).create(place, uuid, patch, change.value);
  if ('refusal' in made) return problem(made.refusal);
  const headers = { location: `/v1/user/${place.handle}` };
  return Response.json(made.value, { status: 201, headers });
}

/** By a body and not by the URL, which ends in logs: an address is personal data. */
async function search(request: Request, env: Env, owner: string): Promise<Response> {
  const body = await readJson(request);
  if ('refusal' in body) return problem(body.refusal);
  const [entry, ...more] = Object.entries(Object(body.value) as Record<string, unknown>);
  const [kind, value] = entry ?? [];
  if ((kind !== 'email' && kind !== 'phone') || typeof value !== 'string' || more.length > 0) {
    return problem(refusal(400, 'Search by {"email": "…"} or by {"phone": "…"}.'));
  }
  const wanted = fingerprintOf(kind, value, kind);
  if ('refusal' in wanted) return problem(wanted.refusal);
  const fingerprint = wanted.value ?? '';
  const handles = await env.DIRECTORIES.getByName(owner).find(kind, fingerprint);
  const found = await Promise.all(
    handles.map((handle) => record(env, { account: owner, handle }).read()),
  );
  const data = found
    .flatMap((user) => ('value' in user ? [user.value] : []))
    // The directory may lag behind; the record does not.
    .filter((user) => user[fieldOf(kind)] === fingerprint);
  return Response.json({ object: 'list', data });
}

/** A call on one user, with the faults its headers ask for. */
async function withFaults(request: Request, env: Env, place: Place, route: string): Promise<Response> {
  const asked = readFaults(request.headers);
  if ('refusal' in asked) return problem(asked.refusal);
  const { latencyMs, fault } = asked.value;
  if (latencyMs > 0) await scheduler.wait(latencyMs);
  const strikes =
    fault !== undefined &&
    (fault.id === undefined || (await record(env, place).takeFault(fault.id, fault.times)));
  if (!strikes) return respond(await onUser(request, env, place, route));
  const result = isApplied(fault)
    ? await onUser(request, env, place, route)
    : await record(env, place).read();
  // A fault spoils the right answer; a refusal stays one.
  if (isApplied(fault) && 'refusal' in result) return problem(result.refusal);
  return faulty(fault, respond(result));
}

async function onUser(request: Request, env: Env, place: Place, route: string): Promise<Result<User>> {
  const user = record(env, place);
  if (request.method === 'GET') return user.read();
  const body = await readJson(request);
  if ('refusal' in body) return body;
  if (route === '{id}/vault') {
    const change = readVault(body.value);
    if ('refusal' in change) return change;
    return user.writeVault(place, change.value);
  }
  // Not checked here: the record applies it, and that checks it.
  return user.patch(body.value as UserPatch);
}

function respond(result: Result<User>): Response {
  return 'refusal' in result ? problem(result.refusal) : Response.json(result.value);
}

/** Named by account and handle, so that no key reaches another's users. */
function record(env: Env, { account: owner, handle }: Place): UserCalls {
  return env.USERS.getByName(`${owner}/${handle}`) as unknown as UserCalls;
}
