// One user: reading, creating, patching, and the vault.

import { applyPatch, isPalmError, type User, type UserPatch } from 'palm-user';

import { refusal, type Refusal, type Result } from './problem.js';
import type { Directory, FingerprintField, Row, UserCalls } from './storage.js';
import type { VaultChange } from './vault.js';

/** A user to be stored. */
export type NewUser = User & { readonly vault: Record<string, string> };

export const NO_SUCH_USER: Refusal = { status: 404, detail: 'There is no such user.' };

const TOO_LARGE: Refusal = { status: 413, detail: 'The user would be larger than the sandbox keeps.' };

/** In characters, of up to three bytes each: a row of SQLite holds 2 MB. */
const MAX_METADATA = 500_000;

/** The record of one user over its row; for storages. */
export class UserRecord implements UserCalls {
  readonly #row: Row;
  readonly #directory: Directory;
  readonly #handle: string;

  constructor(row: Row, directory: Directory, handle: string) {
    this.#row = row;
    this.#directory = directory;
    this.#handle = handle;
  }

  async read(uuid?: string): Promise<Result<User>> {
    const user = this.#load(uuid);
    return user === undefined ? { refusal: NO_SUCH_USER } : { value: user };
  }

  async create(user: NewUser): Promise<Result<User>> {
    const exists = { refusal: refusal(409, 'The user exists.') };
    if (this.#load() !== undefined) return exists;
    for (const kind of KINDS) await this.#announce(kind, user[fieldOf(kind)]);
    if (this.#load() !== undefined) return exists;
    this.#row.save(JSON.stringify(user));
    return { value: user };
  }

  async patch(patch: UserPatch, uuid?: string): Promise<Result<User>> {
    const user = this.#load(uuid);
    if (user === undefined) return { refusal: NO_SUCH_USER };
    const patched = merged(user, patch);
    return 'refusal' in patched ? patched : this.#save(touched(patched.value, user));
  }

  async writeVault(vault: VaultChange, uuid?: string): Promise<Result<User>> {
    const before = this.#load(uuid);
    if (before === undefined) return { refusal: NO_SUCH_USER };
    for (const [kind, fingerprint] of vault.fingerprints) await this.#announce(kind, fingerprint);
    // Read again: other writes may have come in between.
    const user = this.#load(uuid) ?? before;
    const result = this.#save(touched(withVault(user, vault), user));
    await this.#withdraw(before);
    return result;
  }

  async takeFault(id: string, times: number): Promise<boolean> {
    return this.#row.takeFault(id, times);
  }

  #load(uuid?: string): NewUser | undefined {
    const document = this.#row.load();
    const user: NewUser | undefined = document === undefined ? undefined : JSON.parse(document);
    return uuid === undefined || uuid === user?.id ? user : undefined;
  }

  #save(user: NewUser): Result<User> {
    this.#row.save(JSON.stringify(user));
    return { value: user };
  }

  /** Before the write: the directory must not miss a user that has a fingerprint. */
  async #announce(kind: FingerprintField, fingerprint: string | null | undefined): Promise<void> {
    if (fingerprint != null) await this.#directory.add(kind, fingerprint, this.#handle);
  }

  /** After the write: the fingerprints that the user had before and no longer has. */
  async #withdraw(before: User): Promise<void> {
    const after = this.#load();
    for (const kind of KINDS) {
      const old = before[fieldOf(kind)];
      if (old != null && old !== after?.[fieldOf(kind)]) await this.#directory.remove(kind, old, this.#handle);
    }
  }
}

/** A user as it is made, or why it is not. */
export function newUser(uuid: string, patch: UserPatch, vault: VaultChange): Result<NewUser> {
  const now = new Date().toISOString();
  const blank: NewUser = {
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
  return 'refusal' in patched ? patched : { value: withVault(patched.value, vault) };
}

const KINDS = ['email', 'phone'] as const;

/** The field of a user that holds a fingerprint of that kind. */
export function fieldOf(kind: FingerprintField): 'email_fingerprint' | 'phone_fingerprint' {
  return kind === 'email' ? 'email_fingerprint' : 'phone_fingerprint';
}

function merged(user: NewUser, patch: UserPatch): Result<NewUser> {
  try {
    const value = applyPatch(user, patch);
    const { length } = JSON.stringify([value.metadata, value.display_name]);
    return length > MAX_METADATA ? { refusal: TOO_LARGE } : { value };
  } catch (error) {
    if (!isPalmError(error, 'invalid_patch')) throw error;
    return { refusal: refusal(400, error.message, error.issues) };
  }
}

function withVault(user: NewUser, { values, fingerprints }: VaultChange): NewUser {
  const vault = { ...user.vault };
  for (const [field, value] of values) {
    if (value === null) delete vault[field];
    else vault[field] = value;
  }
  const made: { [field in 'email_fingerprint' | 'phone_fingerprint']?: string | null } = {};
  for (const [kind, fingerprint] of fingerprints) made[fieldOf(kind)] = fingerprint;
  return { ...user, ...made, vault };
}

/** The later of two writes in one millisecond must still look later. */
function touched(user: NewUser, before: User): NewUser {
  const updated = Math.max(Date.now(), Date.parse(before.updated_at) + 1);
  return { ...user, updated_at: new Date(updated).toISOString() };
}
