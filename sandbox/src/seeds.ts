// The users that every account begins with.

import { fingerprint, type Json, type User } from 'palm-user';

import { handleOf, isUuid, type Name } from './name.js';
import type { SandboxStorage } from './storage.js';
import { newUser, type NewUser } from './user-record.js';
import { readVault, type VaultChange } from './vault.js';

/** A user to begin with. Whatever is absent is as in a new user. */
export interface SandboxUser {
  /** The ID in paths: letters, digits, `_` and `-`; made from `id` unless given. */
  readonly userId?: string;
  /** The UUID in answers; made from `userId` unless given. */
  readonly id?: string;
  readonly object?: 'user';
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly status?: User['status'];
  readonly verification?: User['verification'];
  readonly display_name?: string | null;
  readonly email_fingerprint?: string | null;
  readonly phone_fingerprint?: string | null;
  /** As in `POST /v1/user`: an e-mail or a phone number gives its fingerprint, and is not kept. */
  readonly vault?: Readonly<Record<string, string>>;
}

export class Seeds {
  readonly #users: readonly { readonly handle: string; readonly uuid: string; readonly make: () => NewUser }[];
  readonly #planted = new Map<string, Promise<void>>();

  /** @throws {TypeError} naming what is wrong with which user. */
  constructor(users: readonly SandboxUser[]) {
    this.#users = users.map((user, index) => readSeed(user, `users[${index}]`));
    for (const key of ['handle', 'uuid'] as const) {
      const names = this.#users.map((user) => user[key]);
      if (new Set(names).size < names.length) throw new TypeError('users: two users have one ID');
    }
  }

  /** What a segment of a path names, if it is one of these users. */
  find(segment: string): Name | undefined {
    const user = this.#users.find(({ handle, uuid }) => segment === handle || segment.toLowerCase() === uuid);
    if (user === undefined) return undefined;
    return segment === user.handle ? { handle: user.handle } : { handle: user.handle, uuid: user.uuid };
  }

  /** Gives an account its users at its first call; those that it has already stay as they are. */
  async plant(storage: SandboxStorage, account: string): Promise<void> {
    // In workerd, no request may wait for what another one asked.
    if (this.#users.length === 0) return;
    const known = this.#planted.get(account);
    if (known !== undefined) return known;
    const planted = this.#plant(storage, account);
    this.#planted.set(account, planted);
    planted.catch(() => this.#planted.delete(account));
    return planted;
  }

  async #plant(storage: SandboxStorage, account: string): Promise<void> {
    for (const { handle, make } of this.#users) await storage.user(account, handle).create(make());
  }
}

const FIELDS: ReadonlySet<string> = new Set([
  'userId', 'id', 'object', 'created_at', 'updated_at', 'metadata', 'status', 'verification', 'display_name', 'email_fingerprint', 'phone_fingerprint', 'vault',
] satisfies (keyof SandboxUser)[]);

function readSeed(user: SandboxUser, place: string): { handle: string; uuid: string; make: () => NewUser } {
  const fail = (detail: string): never => {
    throw new TypeError(`${place}: ${detail}`);
  };
  if (typeof user !== 'object' || user === null) return fail('must be an object');
  const unknown = Object.keys(user).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) return fail(`unknown field ${JSON.stringify(unknown)}`);
  const { userId, id, metadata = {}, display_name, vault = {}, ...rest } = user;
  if (userId !== undefined && !/^[\w-]{1,64}$/.test(userId)) return fail('userId must be 1 to 64 letters, digits, _ or -');
  if (id !== undefined && !isUuid(id)) return fail('id must be a UUID in lower case');
  const uuid = id ?? uuidFrom(userId ?? place);
  const patch = { metadata, ...(display_name == null ? {} : { display_name }) };
  const change = readVault(vault);
  if ('refusal' in change) return fail(change.refusal.detail);
  // Checked now, made at the first call: Workers have no clock before that.
  const tried = makeSeed(uuid, patch, change.value);
  if (typeof tried === 'string') return fail(tried);
  const make = (): NewUser => {
    const made = makeSeed(uuid, patch, change.value);
    return { ...(typeof made === 'string' ? tried : made), ...defined(rest) };
  };
  return { handle: userId ?? handleOf(uuid), uuid, make };
}

function makeSeed(uuid: string, patch: { metadata: Readonly<Record<string, Json>>; display_name?: string }, vault: VaultChange): NewUser | string {
  const made = newUser(uuid, patch, vault);
  return 'value' in made ? made.value : made.refusal.detail;
}

function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

/** The same UUID for the same name, in the shape of version 4. */
function uuidFrom(name: string): string {
  const digits = fingerprint(`palm-user-sandbox/${name}`);
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}
