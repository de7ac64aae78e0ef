// What the sandbox asks of a storage.

import type { User, UserPatch } from 'palm-user';

import type { Result } from './problem.js';
import type { NewUser } from './user-record.js';
import type { VaultChange } from './vault.js';

/** The kinds of fingerprint that users are found by. */
export type FingerprintField = 'email' | 'phone';

/**
 * Where the sandbox keeps its users. `account` stands for an API key, `handle`
 * for the ID in a path; both are safe in names of files and records.
 */
export interface SandboxStorage {
  /** A new UUID (version 4) for a user of that account. */
  newUuid(account: string): string | Promise<string>;
  /** Whether the user may exist. False spares the storage a record for a stranger's guess. */
  mayHave(account: string, handle: string): boolean | Promise<boolean>;
  /** The record of one user, whether or not it exists yet. */
  user(account: string, handle: string): UserCalls;
  directory(account: string): Directory;
}

/** The calls of one user's record: those of `UserRecord`, wherever it runs. */
export interface UserCalls {
  read(uuid?: string): Promise<Result<User>>;
  /** Stores a new user, once; a second time is a refusal (409). */
  create(user: NewUser): Promise<Result<User>>;
  patch(patch: UserPatch, uuid?: string): Promise<Result<User>>;
  writeVault(vault: VaultChange, uuid?: string): Promise<Result<User>>;
  /** Whether a named fault strikes this call; it strikes `times` calls in all. */
  takeFault(id: string, times: number): Promise<boolean>;
}

/**
 * Which users of an account have a fingerprint. It may name a user that no longer
 * has it, and must not miss one that has: every hit is checked against the record.
 */
export interface Directory {
  add(kind: FingerprintField, fingerprint: string, handle: string): void | Promise<void>;
  remove(kind: FingerprintField, fingerprint: string, handle: string): void | Promise<void>;
  /** Up to {@link PAGE} handles in ascending order, beginning after this one. */
  find(kind: FingerprintField, fingerprint: string, after: string): string[] | Promise<string[]>;
}

/** How many handles a search reads at a time. */
export const PAGE = 100;

/** Where one user's record is kept. Synchronous, so that nothing comes between a read and a write. */
export interface Row {
  /** The user as JSON. */
  load(): string | undefined;
  save(document: string): void;
  takeFault(id: string, times: number): boolean;
}
