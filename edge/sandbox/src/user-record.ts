// One user: one Durable Object, so that two writers at once are put in order.

import { DurableObject } from 'cloudflare:workers';
import { applyPatch, isPalmError, type User, type UserPatch } from 'palm-user';

import type { Directory } from './directory';
import type { Deployment } from './handle';
import { refusal, type Refusal, type Result } from './problem';
import type { VaultChange } from './vault';

export interface Env {
  readonly USERS: DurableObjectNamespace<UserRecord>;
  readonly DIRECTORIES: DurableObjectNamespace<Directory>;
  readonly DEPLOYMENTS: DurableObjectNamespace<Deployment>;
}

/** Where a user belongs. */
export interface Place {
  readonly account: string;
  readonly handle: string;
  /** Where it was named by its UUID. */
  readonly uuid?: string;
}

type FingerprintField = 'email' | 'phone';
type StoredUser = User & { readonly vault: Record<string, string> };

/**
 * A record as the Worker calls it. Written out: TypeScript gives up on the type
 * that it would infer for a call with JSON in it.
 */
export interface UserCalls {
  read(uuid?: string): Promise<Result<User>>;
  create(place: Place, user: User, vault: VaultChange): Promise<Result<User>>;
  patch(patch: UserPatch, uuid?: string): Promise<Result<User>>;
  writeVault(place: Place, vault: VaultChange): Promise<Result<User>>;
  takeFault(id: string, times: number): Promise<boolean>;
}

export const NO_SUCH_USER: Refusal = { status: 404, detail: 'There is no such user.' };

const TOO_LARGE: Refusal = { status: 413, detail: 'The user would be larger than the sandbox keeps.' };

/** In characters, of up to three bytes each: a row of SQLite holds 2 MB. */
const MAX_METADATA = 500_000;

/** A user as it is made, or why it is not. */
export function newUser(uuid: string, patch: UserPatch, vault: VaultChange): Result<User> {
  const now = new Date().toISOString();
  const blank: StoredUser = {
    id: uuid,
    object: 'user',
    created_at: now,
    updated_at: now,
    metadata: {},
    status: 'active',
    verification: null,
    display_name: null,
    email_fingerprint: null,
    phone_fingerprint: null,
    vault: {},
  };
  const patched = merged(blank, patch);
  if ('refusal' in patched) return patched;
  return { value: withVault(patched.value, vault) };
}

export class UserRecord extends DurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS user (
         one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL
       );
       CREATE TABLE IF NOT EXISTS fault (id TEXT PRIMARY KEY, remaining INTEGER NOT NULL)`,
    );
  }

  read(uuid?: string): Result<User> {
    const user = this.#load(uuid);
    return user === undefined ? { refusal: NO_SUCH_USER } : { value: user };
  }

  /** Stores a new user, once. */
  async create(place: Place, user: StoredUser, vault: VaultChange): Promise<Result<User>> {
    if (this.#load() !== undefined) return { refusal: refusal(409, 'The user exists.') };
    await this.#announce(place, vault);
    this.#store(user);
    return { value: user };
  }

  patch(patch: UserPatch, uuid?: string): Result<User> {
    return this.#write((user) => {
      const patched = merged(user, patch);
      return 'refusal' in patched ? patched : { value: touched(patched.value, user) };
    }, uuid);
  }

  async writeVault(place: Place, vault: VaultChange): Promise<Result<User>> {
    const before = this.#load(place.uuid);
    if (before === undefined) return { refusal: NO_SUCH_USER };
    await this.#announce(place, vault);
    const result = this.#write((user) => ({ value: touched(withVault(user, vault), user) }));
    await this.#withdraw(place, before);
    return result;
  }

  /**
   * Whether a fault strikes this call. One with an ID strikes `times` calls:
   * a client's retries carry the same header, and must not arm it anew.
   */
  takeFault(id: string, times: number): boolean {
    const { sql } = this.ctx.storage;
    return this.ctx.storage.transactionSync(() => {
      sql.exec('INSERT OR IGNORE INTO fault VALUES (?, ?)', id, times);
      const taken = sql.exec(
        'UPDATE fault SET remaining = remaining - 1 WHERE id = ? AND remaining > 0 RETURNING id',
        id,
      );
      return taken.toArray().length > 0;
    });
  }

  #load(uuid?: string): StoredUser | undefined {
    const rows = this.ctx.storage.sql.exec<{ document: string }>('SELECT document FROM user');
    const [row] = rows.toArray();
    const user: StoredUser | undefined = row === undefined ? undefined : JSON.parse(row.document);
    return uuid === undefined || uuid === user?.id ? user : undefined;
  }

  /** Read, change and write with nothing in between. */
  #write(change: (user: StoredUser) => Result<StoredUser>, uuid?: string): Result<User> {
    return this.ctx.storage.transactionSync(() => {
      const user = this.#load(uuid);
      if (user === undefined) return { refusal: NO_SUCH_USER };
      const result = change(user);
      if ('value' in result) this.#store(result.value);
      return result;
    });
  }

  #store(user: StoredUser): void {
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO user VALUES (1, ?)', JSON.stringify(user));
  }

  /** Before the write: the directory must not miss a user that has a fingerprint. */
  async #announce(place: Place, { fingerprints }: VaultChange): Promise<void> {
    for (const [kind, fingerprint] of fingerprints) {
      if (fingerprint !== null) await this.#directory(place).add(kind, fingerprint, place.handle);
    }
  }

  /** After the write: what the user had before and has no more. */
  async #withdraw(place: Place, before: User): Promise<void> {
    const after = this.#load();
    for (const kind of ['email', 'phone'] as const) {
      const old = before[fieldOf(kind)];
      if (old != null && old !== after?.[fieldOf(kind)]) {
        await this.#directory(place).remove(kind, old, place.handle);
      }
    }
  }

  #directory({ account }: Place): DurableObjectStub<Directory> {
    return this.env.DIRECTORIES.getByName(account);
  }
}

/** The field of a user that holds a fingerprint of that kind. */
export function fieldOf(kind: FingerprintField): 'email_fingerprint' | 'phone_fingerprint' {
  return kind === 'email' ? 'email_fingerprint' : 'phone_fingerprint';
}

function merged(user: StoredUser, patch: UserPatch): Result<StoredUser> {
  try {
    const value = applyPatch(user, patch);
    const { length } = JSON.stringify([value.metadata, value.display_name]);
    return length > MAX_METADATA ? { refusal: TOO_LARGE } : { value };
  } catch (error) {
    if (!isPalmError(error, 'invalid_patch')) throw error;
    return { refusal: refusal(400, error.message, error.issues) };
  }
}

function withVault(user: StoredUser, { values, fingerprints }: VaultChange): StoredUser {
  const vault = { ...user.vault };
  for (const [field, value] of values) {
    if (value === null) delete vault[field];
    else vault[field] = value;
  }
  const made: { [field in 'email_fingerprint' | 'phone_fingerprint']?: string | null } = {};
  for (const [kind, fingerprint] of fingerprints) made[fieldOf(kind)] = fingerprint;
  return { ...user, ...made, vault };
}

/** Of two writes in one millisecond the later must still look later. */
function touched(user: StoredUser, before: User): StoredUser {
  const updated = Math.max(Date.now(), Date.parse(before.updated_at) + 1);
  return { ...user, updated_at: new Date(updated).toISOString() };
}
