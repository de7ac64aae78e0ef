// Who has a fingerprint: one Durable Object for each account.
//
// It may name users that no longer have the fingerprint, never miss one that
// has: a user's record writes here before it commits and cleans up after. A
// search asks each record it is led to, so a stale entry is harmless.

import { DurableObject } from 'cloudflare:workers';
import { PAGE } from 'palm-user-sandbox';

export class Directory extends DurableObject<unknown> {
  add(kind: string, fingerprint: string, handle: string): void {
    const { sql } = this.ctx.storage;
    // Not before there is something to keep: a search of an account that has no users writes nothing.
    sql.exec(
      `CREATE TABLE IF NOT EXISTS entry (
         kind TEXT NOT NULL, fingerprint TEXT NOT NULL, handle TEXT NOT NULL,
         PRIMARY KEY (kind, fingerprint, handle)
       ) WITHOUT ROWID`,
    );
    sql.exec('INSERT OR IGNORE INTO entry VALUES (?, ?, ?)', kind, fingerprint, handle);
  }

  remove(kind: string, fingerprint: string, handle: string): void {
    if (!this.#isUsed()) return;
    const { sql } = this.ctx.storage;
    const where = 'kind = ? AND fingerprint = ? AND handle = ?';
    sql.exec(`DELETE FROM entry WHERE ${where}`, kind, fingerprint, handle);
  }

  /** The next handles after this one. */
  find(kind: string, fingerprint: string, after: string): string[] {
    if (!this.#isUsed()) return [];
    const { sql } = this.ctx.storage;
    const where = 'kind = ? AND fingerprint = ? AND handle > ?';
    const rows = sql.exec<{ handle: string }>(
      `SELECT handle FROM entry WHERE ${where} ORDER BY handle LIMIT ${PAGE}`,
      kind,
      fingerprint,
      after,
    );
    return rows.toArray().map(({ handle }) => handle);
  }

  #isUsed(): boolean {
    const tables = this.ctx.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'entry'");
    return tables.toArray().length > 0;
  }
}
