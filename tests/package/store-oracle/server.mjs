// Palm, as far as the store can see it, with everything it ever held.

import { valueIn } from './fields.mjs';

const ID = '123e4567-e89b-12d3-a456-426614174000';
const START = Date.UTC(2026, 0, 1);

/** What the server makes of a value: it trims, as some of Palm's fields may. */
export const trimmed = (value) => (typeof value === 'string' ? value.trim() : value);

/** A value that the server refuses whenever it comes. */
export const BAD = 'bad';

export class Server {
  /** `forward`, `tie` or `back`: what its clock does at the next write. */
  clock = 'forward';
  #time = START;
  /** Oldest first. `by`: `start`, `ours`, `late` (a request the store had given up) or `foreign`. */
  versions = [];

  constructor(fields = { a: '0', name: 'Ada' }) {
    this.#hold(fields, { verification: null }, 'start', {});
  }

  get latest() {
    return this.versions.at(-1);
  }

  get user() {
    return this.latest.user;
  }

  refuses(fields) {
    return Object.values(fields).includes(BAD);
  }

  /** Its own merge: null removes, everything else replaces. */
  write(fields, by) {
    this.#tick();
    const held = { ...this.latest.held };
    for (const [field, value] of Object.entries(fields)) {
      if (value === null) delete held[field];
      else held[field] = trimmed(value);
    }
    this.#hold(held, this.latest.rest, by, fields);
    return this.user;
  }

  /** Something that no patch can write: the vault is read, a check is done. */
  enrich() {
    this.#tick();
    const count = this.versions.length;
    const rest = {
      verification: { id: ID, risk_level: 'low', workflow: { name: 'KYC', version: count }, executed_at: '2026-01-01T00:00:00Z' },
      vault: { 'identity.first_name': `Ada ${count}` },
    };
    this.#hold(this.latest.held, rest, 'foreign', {});
    return this.user;
  }

  /** Every value that a field had, from one version on. */
  valuesSince(field, seq) {
    return new Set(this.versions.slice(seq).map(({ user }) => valueIn(user, field)));
  }

  #tick() {
    this.#time += { forward: 1000, tie: 0, back: -5000 }[this.clock];
  }

  #hold(held, rest, by, fields) {
    const { name, ...metadata } = held;
    const user = {
      id: ID,
      object: 'user',
      created_at: new Date(START).toISOString(),
      updated_at: new Date(this.#time).toISOString(),
      metadata: Object.freeze(metadata),
      status: 'active',
      ...rest,
      ...(name === undefined ? {} : { display_name: name }),
    };
    this.versions.push({ seq: this.versions.length, time: this.#time, held, rest, user: Object.freeze(user), by, fields });
  }
}
