// The sandbox: Palm's endpoint with real storage, for demos and tests.

import type { User, UserPatch } from 'palm-user';

import { account } from './account';
import { answer } from './answer';
import { readJson, readObject } from './body';
import { PAGE } from './directory';
import { FAULT_HEADERS, faulty, isApplied, readFaults } from './faults';
import { handleOf, isOurs, newUuid, readName, secretOf } from './handle';
import { problem, refusal, type Result } from './problem';
import { fieldOf, newUser, NO_SUCH_USER, type Env, type Place, type UserCalls } from './user-record';
import { fingerprintOf, readVault } from './vault';

export async function sandbox(request: Request, env: Env): Promise<Response> {
  return answer(request, await route(request, env));
}

async function route(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const segments = pathname.split('/').slice(1);
  const [version, resource, id, part] = segments;
  if (version !== 'v1' || resource !== 'user' || segments.length > 4 || id === '') {
    return problem(refusal(404, 'The sandbox serves /v1/user.'));
  }
  const name = routeOf(id, part);
  const methods = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (methods === undefined) return problem(refusal(404, 'The sandbox has no such path.'));
  if (request.method === 'OPTIONS') return preflight(methods);
  if (!methods.includes(request.method)) {
    return problem(refusal(405, `Use ${methods.join(' or ')}.`), { allow: methods.join(', ') });
  }
  const caller = account(request);
  if ('refusal' in caller) return problem(caller.refusal);
  if (name === '') return create(request, env, caller.value);
  if (name === 'search') return search(request, env, caller.value);
  const named = readName(id ?? '');
  const isKnown = named !== undefined && (await isOurs(await secretOf(env.DEPLOYMENTS), caller.value, named.handle));
  if (!isKnown) return problem(NO_SUCH_USER);
  return withFaults(request, env, { account: caller.value, ...named }, name);
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
  const body = await readObject(request);
  if ('refusal' in body) return problem(body.refusal);
  const { vault = {}, ...patch } = body.value;
  const change = readVault(vault);
  if ('refusal' in change) return problem(change.refusal);
  // All that can be refused is refused here, before anything is written anywhere.
  const uuid = await newUuid(await secretOf(env.DEPLOYMENTS), owner);
  const user = newUser(uuid, patch, change.value);
  if ('refusal' in user) return problem(user.refusal);
  const place: Place = { account: owner, handle: handleOf(uuid) };
  const made = await record(env, place).create(place, user.value, change.value);
  if ('refusal' in made) return problem(made.refusal);
  const headers = { location: `/v1/user/${place.handle}` };
  return Response.json(made.value, { status: 201, headers });
}

/** By a body and not by the URL, which ends in logs: an address is personal data. */
async function search(request: Request, env: Env, owner: string): Promise<Response> {
  const body = await readObject(request);
  if ('refusal' in body) return problem(body.refusal);
  const [entry, ...more] = Object.entries(body.value);
  const [kind, value] = entry ?? [];
  if ((kind !== 'email' && kind !== 'phone') || typeof value !== 'string' || more.length > 0) {
    return problem(refusal(400, 'Search by {"email": "…"} or by {"phone": "…"}.'));
  }
  const wanted = fingerprintOf(kind, value, kind);
  if ('refusal' in wanted) return problem(wanted.refusal);
  const fingerprint = wanted.value ?? '';
  const data: User[] = [];
  let handles: string[];
  let after = '';
  do {
    handles = await env.DIRECTORIES.getByName(owner).find(kind, fingerprint, after);
    after = handles.at(-1) ?? after;
    const found = await Promise.all(handles.map((handle) => record(env, { account: owner, handle }).read()));
    for (const user of found) {
      // The directory may lag behind; the record does not.
      if ('value' in user && user.value[fieldOf(kind)] === fingerprint) data.push(user.value);
    }
  } while (handles.length === PAGE && data.length < MOST_FOUND);
  return Response.json({ object: 'list', data: data.slice(0, MOST_FOUND) });
}

const MOST_FOUND = 100;

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
    : await record(env, place).read(place.uuid);
  // A fault spoils the right answer; a refusal stays one.
  if (isApplied(fault) && 'refusal' in result) return problem(result.refusal);
  return faulty(fault, respond(result));
}

async function onUser(request: Request, env: Env, place: Place, route: string): Promise<Result<User>> {
  const user = record(env, place);
  if (request.method === 'GET') return user.read(place.uuid);
  const body = await readJson(request);
  if ('refusal' in body) return body;
  if (route === '{id}/vault') {
    const change = readVault(body.value);
    if ('refusal' in change) return change;
    return user.writeVault(place, change.value);
  }
  // Not checked here: the record applies it, and that checks it.
  return user.patch(body.value as UserPatch, place.uuid);
}

function respond(result: Result<User>): Response {
  return 'refusal' in result ? problem(result.refusal) : Response.json(result.value);
}

/** Named by account and handle, so that no key reaches another's users. */
function record(env: Env, { account: owner, handle }: Place): UserCalls {
  return env.USERS.getByName(`${owner}/${handle}`) as unknown as UserCalls;
}
