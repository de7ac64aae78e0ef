// Handles that carry a mark.
//
// The handle is the first 16 digits of the UUID, and five of those are made with
// the deployment's secret. So the sandbox knows a handle that it never gave out
// without asking for the user, which would make a database of it.

import { DurableObject } from 'cloudflare:workers';

/** A UUID (version 4) whose handle has the mark of this account. */
export async function newUuid(secret: CryptoKey, account: string): Promise<string> {
  const random = crypto.randomUUID();
  const digits = random.replaceAll('-', '');
  const mark = await markOf(secret, account, digits.slice(0, 10));
  return `${random.slice(0, 8)}-${digits.slice(8, 10)}${mark.slice(0, 2)}-4${mark.slice(2)}${random.slice(18)}`;
}

/** Whether this deployment gave the handle to this account. One guess in a million passes, and finds nobody. */
export async function isOurs(secret: CryptoKey, account: string, handle: string): Promise<boolean> {
  const digits = handle.slice(PREFIX.length);
  const mark = await markOf(secret, account, digits.slice(0, 10));
  return digits.slice(10) === `${mark.slice(0, 2)}4${mark.slice(2)}`;
}

/** One for the whole deployment: keeps its secret. */
export class Deployment extends DurableObject<unknown> {
  async secret(): Promise<Uint8Array> {
    const kept = await this.ctx.storage.get<Uint8Array>('secret');
    if (kept !== undefined) return kept;
    const made = crypto.getRandomValues(new Uint8Array(32));
    await this.ctx.storage.put('secret', made);
    return made;
  }
}

let known: CryptoKey | undefined;

/** The deployment's secret, asked for once in each isolate. */
export async function secretOf(deployments: DurableObjectNamespace<Deployment>): Promise<CryptoKey> {
  // Not the promise: in workerd no request may wait for what another one asked.
  known ??= await crypto.subtle.importKey('raw', await deployments.getByName('').secret(), HMAC, false, ['sign']);
  return known;
}

const PREFIX = 'palm_usr_';
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** Five hexadecimal digits. */
async function markOf(secret: CryptoKey, account: string, random: string): Promise<string> {
  const signed = await crypto.subtle.sign(HMAC, secret, new TextEncoder().encode(`${account}/${random}`));
  return Array.from(new Uint8Array(signed, 0, 3), (byte) => byte.toString(16).padStart(2, '0')).join('').slice(0, 5);
}
