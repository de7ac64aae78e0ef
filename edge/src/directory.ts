// Who has a fingerprint: one Durable Object for each account.
//
// It may name users that no longer have the fingerprint, never miss one that
// has: a user's record writes here before it commits and cleans up after. A
// search asks each record it is led to, so a stale entry is harmless.

import { DurableObject } from 'cloudflare:workers';

export class Directory extends DurableObject<unknown> {
  constructor(state: DurableObjectState, env: unknown) {
    super(state, env);
    state.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS entry (
         kind TEXT NOT NULL, fingerprint TEXT NOT NULL, handle TEXT NOT NULL,
         PRIMARY KEY (kind, fingerprint, handle)
       ) WITHOUT ROWID`,
    );
  }

  add(kind: string, fingerprint: string, handle: string): void {
    const { sql } = this.ctx.storage;
    sql.exec('INSERT OR IGNORE INTO entry VALUES (?, ?, ?)', kind, fingerprint, handle);
  }

  remove(kind: string, fingerprint: string, handle: string): void {
    const { sql } = this.ctx.storage;
    const where = 'kind = ? AND fingerprint = ? AND handle = ?';
    sql.exec(`DELETE FROM entry WHERE ${where}`, kind, fingerprint, handle);
  }

  find(kind: string, fingerprint: string): string[] {
    const { sql } = this.ctx.storage;
    const where = 'kind = ? AND fingerprint = ?';
    const rows = sql.exec<{ handle: string }>(
      `SELECT handle FROM entry WHERE ${where} ORDER BY handle LIMIT 100`,
      kind,
      fingerprint,
    );
    return rows.toArray().map(({ handle }) => handle);
  }
}
