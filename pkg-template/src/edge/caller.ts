// Who is asking, and whether they may. This is decided before the body is read.

import { misuse } from './hooks.js';
import { Refusal } from './refusal.js';
import type { Settings } from './settings.js';
import type { Visit } from './visit.js';

/** An ID in a path. It is not percent-encoded: an encoded slash or dot could name one user here and another upstream. */
export const USER_ID = /^(?!\.{1,2}$)[\w.~-]{1,256}$/;

/** The user's ID at Palm, if the caller may act on that user. @throws `Refusal` or `HookFailure` */
export async function admit(request: Request, named: string, visit: Visit, settings: Settings): Promise<string> {
  try {
    const userId = await ask(request, named, visit, settings);
    if (request.bodyUsed) throw misuse(settings.identify === undefined ? 'authorize' : 'identify', 'The body was read before the gateway could read it. Read request.clone() instead, or headers alone.');
    await limit(userId, visit, settings);
    return userId;
  } catch (error) {
    // Refused requests are rate-limited too, so nobody can guess IDs.
    if (error instanceof Refusal && error.code !== 'rate_limited') await limit(`refused:${await addressOf(request, visit, settings)}`, visit, settings);
    throw error;
  }
}

async function ask(request: Request, named: string, { run, action }: Visit, { identify, authorize }: Settings): Promise<string> {
  const own = identify === undefined ? undefined : ((await run('identify', () => identify(request))) ?? undefined);
  if (own !== undefined && (typeof own !== 'string' || own === 'me' || !USER_ID.test(own))) {
    throw misuse('identify', 'identify must give a Palm ID, such as palm_usr_1a2b3c4d5e6f7g8h, or undefined.');
  }
  if (own !== undefined && (named === 'me' || named === own)) return own;
  if (authorize === undefined || named === 'me') throw own === undefined ? signedOut() : new Refusal('not_allowed');
  const answer = await run('authorize', () => authorize(request, named, action));
  if (answer === true) return named;
  throw answer === 'unauthenticated' ? signedOut() : new Refusal('not_allowed');
}

function signedOut(): Refusal {
  // RFC 9110 section 11.6.1 requires the header.
  return new Refusal('signed_out', { headers: { 'www-authenticate': 'Bearer' } });
}

async function limit(key: string, { run }: Visit, { rateLimiter }: Settings): Promise<void> {
  if (rateLimiter === undefined) return;
  const answer = await run('rateLimiter', () => rateLimiter.limit({ key }));
  if (answer?.success === true) return;
  if (answer?.success === false) throw new Refusal('rate_limited');
  throw misuse('rateLimiter', 'limit must give {success: true} or {success: false}.');
}

async function addressOf(request: Request, { run }: Visit, { clientAddress }: Settings): Promise<string> {
  if (clientAddress === undefined) return '';
  return String((await run('clientAddress', () => clientAddress(request))) ?? '');
}
