// One user: one Durable Object, so that two writers at once are put in order.

import { DurableObject } from 'cloudflare:workers';
import type { User, UserPatch } from 'palm-user';
import { UserRecord as Record, type NewUser, type Result, type Row, type VaultChange } from 'palm-user-sandbox';

import type { Directory } from './directory';
import type { Deployment } from './handle';

export interface Env {
  readonly USERS: DurableObjectNamespace<UserRecord>;
  readonly DIRECTORIES: DurableObjectNamespace<Directory>;
  readonly DEPLOYMENTS: DurableObjectNamespace<Deployment>;
}

/** Whose user a record is; an object cannot read its own name. */
export interface Place {
  readonly account: string;
  readonly handle: string;
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

  read(place: Place, uuid?: string): Promise<Result<User>> {
    return this.#record(place).read(uuid);
  }

  create(place: Place, user: NewUser): Promise<Result<User>> {
    return this.#record(place).create(user);
  }

  patch(place: Place, patch: UserPatch, uuid?: string): Promise<Result<User>> {
    return this.#record(place).patch(patch, uuid);
  }

  writeVault(place: Place, vault: VaultChange, uuid?: string): Promise<Result<User>> {
    return this.#record(place).writeVault(vault, uuid);
  }

  takeFault(place: Place, id: string, times: number): Promise<boolean> {
    return this.#record(place).takeFault(id, times);
  }

  #record({ account, handle }: Place): Record {
    return new Record(rowOf(this.ctx.storage), this.env.DIRECTORIES.getByName(account), handle);
  }
}

function rowOf(storage: DurableObjectStorage): Row {
  const { sql } = storage;
  return {
    load: () => sql.exec<{ document: string }>('SELECT document FROM user').toArray()[0]?.document,
    save: (document) => void sql.exec('INSERT OR REPLACE INTO user VALUES (1, ?)', document),
    takeFault: (id, times) =>
      storage.transactionSync(() => {
        sql.exec('INSERT OR IGNORE INTO fault VALUES (?, ?)', id, times);
        const taken = sql.exec('UPDATE fault SET remaining = remaining - 1 WHERE id = ? AND remaining > 0 RETURNING id', id);
        return taken.toArray().length > 0;
      }),
  };
}
