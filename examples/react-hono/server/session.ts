// Sessions as a signed cookie that holds the Palm ID.

import { parse } from 'hono/utils/cookie';
import { sign, verify } from 'hono/jwt';

export const COOKIE = 'session';
export const SECONDS = 3600;

function secret(): string {
  const given = process.env.SESSION_SECRET;
  if (given === undefined && process.env.NODE_ENV === 'production') throw new Error('SESSION_SECRET is not set');
  return given ?? 'for development only: 32 bytes or more';
}

/** The cookie's value for a person whose password, link or passkey you have just checked. */
export function signed(palmId: string): Promise<string> {
  return sign({ palm_id: palmId, exp: Math.floor(Date.now() / 1000) + SECONDS }, secret(), 'HS256');
}

/** The Palm ID of whoever is signed in; undefined: nobody, or no longer. */
export async function identify(request: Request): Promise<string | undefined> {
  const { [COOKIE]: token } = parse(request.headers.get('cookie') ?? '', COOKIE);
  if (token === undefined) return undefined;
  const key = secret();
  try {
    const { palm_id: palmId } = await verify(token, key, 'HS256');
    return typeof palmId === 'string' ? palmId : undefined;
  } catch {
    return undefined; // expired, or not ours
  }
}
