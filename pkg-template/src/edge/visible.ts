// What of a user is answered.

import type { User } from '../types.js';

/** The parts of a user that a gateway answers with. */
export interface Visible {
  /** Beside those that are always there. */
  readonly fields: readonly string[];
  /** Metadata keys; undefined stands for all. */
  readonly metadata: ReadonlySet<string> | undefined;
  readonly vault: 'all' | ReadonlySet<string> | undefined;
}

const ALWAYS = ['id', 'object', 'created_at', 'updated_at', 'status', 'display_name'];

/** A copy with the visible parts, in the order of the user. */
export function shown(user: User, { fields, metadata, vault }: Visible): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(user)) {
    if (name === 'metadata') entries.push([name, chosen(value, metadata)]);
    else if (name === 'vault') vault !== undefined && entries.push([name, chosen(value, vault === 'all' ? undefined : vault)]);
    else if (ALWAYS.includes(name) || fields.includes(name)) entries.push([name, value]);
  }
  // Not by assignment: a key named __proto__ is data.
  return Object.fromEntries(entries);
}

function chosen(object: unknown, keys: ReadonlySet<string> | undefined): unknown {
  if (keys === undefined || typeof object !== 'object' || object === null) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.has(key)));
}
