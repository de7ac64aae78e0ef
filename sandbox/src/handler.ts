// The paths of the sandbox: who calls, what is asked of which user, and what faults.

import type { User, UserPatch } from 'palm-user';

import { account } from './account.js';
import { readJson, readObject } from './body.js';
import { FAULT_HEADERS, faulty, isApplied, readFaults } from './faults.js';
import { handleOf, readName, type Name } from './name.js';
import { problem, refusal, type Result } from './problem.js';
import type { Seeds } from './seeds.js';
import { PAGE, type SandboxStorage, type UserCalls } from './storage.js';
import { fieldOf, newUser, NO_SUCH_USER } from './user-record.js';
import { fingerprintOf, readVault } from './vault.js';

export interface Context {
  readonly storage: SandboxStorage;
  readonly seeds: Seeds;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** The answer, without the headers that all answers have. */
export async function route(request: Request, context: Context): Promise<Response> {
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
  await context.seeds.plant(context.storage, caller.value);
  if (name === '') return create(request, context, caller.value);
  if (name === 'search') return search(request, context, caller.value);
  const named = await find(context, caller.value, id ?? '');
  if (named === undefined) return problem(NO_SUCH_USER);
  const user: Called = { uuid: named.uuid, calls: context.storage.user(caller.value, named.handle) };
  return withFaults(request, user, name, context.signal);
}

/** The user that is called, and the UUID that it was called by. */
interface Called {
  readonly calls: UserCalls;
  readonly uuid: string | undefined;
}

async function find({ storage, seeds }: Context, owner: string, segment: string): Promise<Name | undefined> {
  const seed = seeds.find(segment);
  if (seed !== undefined) return seed;
  const name = readName(segment);
  return name !== undefined && (await storage.mayHave(owner, name.handle)) ? name : undefined;
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

async function create(request: Request, { storage }: Context, owner: string): Promise<Response> {
  const body = await readObject(request);
  if ('refusal' in body) return problem(body.refusal);
  const { vault = {}, ...patch } = body.value;
  const change = readVault(vault);
  if ('refusal' in change) return problem(change.refusal);
  // Everything that can be refused is refused here, before anything is written anywhere.
  const uuid = await storage.newUuid(owner);
  const user = newUser(uuid, patch, change.value);
  if ('refusal' in user) return problem(user.refusal);
  const handle = handleOf(uuid);
  const made = await storage.user(owner, handle).create(user.value);
  if ('refusal' in made) return problem(made.refusal);
  return Response.json(made.value, { status: 201, headers: { location: `/v1/user/${handle}` } });
}

const MOST_FOUND = 100;

/** By a body and not by the URL, which ends up in logs: an address is personal data. */
async function search(request: Request, { storage }: Context, owner: string): Promise<Response> {
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
    handles = await storage.directory(owner).find(kind, fingerprint, after);
    after = handles.at(-1) ?? after;
    const found = await Promise.all(handles.map((handle) => storage.user(owner, handle).read()));
    for (const user of found) {
      // The directory may lag behind; the record does not.
      if ('value' in user && user.value[fieldOf(kind)] === fingerprint) data.push(user.value);
    }
  } while (handles.length === PAGE && data.length < MOST_FOUND);
  return Response.json({ object: 'list', data: data.slice(0, MOST_FOUND) });
}

/** A call on one user, with the faults that its headers ask for. */
async function withFaults(request: Request, user: Called, route: string, signal: AbortSignal): Promise<Response> {
  const asked = readFaults(request.headers);
  if ('refusal' in asked) return problem(asked.refusal);
  const { latencyMs, fault } = asked.value;
  if (latencyMs > 0) await wait(latencyMs, signal);
  const strikes = fault !== undefined && (fault.id === undefined || (await user.calls.takeFault(fault.id, fault.times)));
  if (!strikes) return respond(await onUser(request, user, route));
  const result = isApplied(fault) ? await onUser(request, user, route) : await user.calls.read(user.uuid);
  // A fault spoils the right answer; a refusal stays one.
  if (isApplied(fault) && 'refusal' in result) return problem(result.refusal);
  return faulty(fault, respond(result), signal);
}

/** Goes on when the caller has gone, as a server does, but then keeps no process alive. */
async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (timer as { unref?: () => void }).unref?.(), { once: true });
  });
}

async function onUser(request: Request, { calls, uuid }: Called, route: string): Promise<Result<User>> {
  if (request.method === 'GET') return calls.read(uuid);
  const body = await readJson(request);
  if ('refusal' in body) return body;
  if (route === '{id}/vault') {
    const change = readVault(body.value);
    return 'refusal' in change ? change : calls.writeVault(change.value, uuid);
  }
  // Not checked here: the record applies it, and that checks it.
  return calls.patch(body.value as UserPatch, uuid);
}

function respond(result: Result<User>): Response {
  return 'refusal' in result ? problem(result.refusal) : Response.json(result.value);
}
