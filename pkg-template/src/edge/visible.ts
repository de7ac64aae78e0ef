// The parts of a user that an answer includes.

import { TEXT_FIELDS } from '../generated.js';
import type { User } from '../types.js';

/** The parts of a user that a gateway shows. */
export interface Visible {
  /** Besides those that are always shown. */
  readonly fields: readonly string[];
  /** Metadata keys; undefined stands for all. */
  readonly metadata: ReadonlySet<string> | undefined;
  readonly vault: 'all' | ReadonlySet<string> | undefined;
}

const ALWAYS: readonly string[] = ['id', 'object', 'created_at', 'updated_at', 'status', ...TEXT_FIELDS];

/** A copy with the visible parts, in the user's own order. */
export function shown(user: User, { fields, metadata, vault }: Visible): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(user)) {
    if (name === 'metadata') entries.push([name, chosen(value, metadata)]);
    else if (name === 'vault') vault !== undefined && entries.push([name, chosen(value, vault === 'all' ? undefined : vault)]);
    else if (ALWAYS.includes(name) || fields.includes(name)) entries.push([name, value]);
  }
  // Assignment would set the prototype for a key named __proto__.
  return Object.fromEntries(entries);
}

function chosen(object: unknown, keys: ReadonlySet<string> | undefined): unknown {
  if (keys === undefined || typeof object !== 'object' || object === null) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.has(key)));
}
