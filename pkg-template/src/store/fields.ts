// The writable fields of a user, one by one.

import type { FieldPath, StoreUser } from './types.js';
import type { Json, UserPatch } from '../types.js';

/** What a field holds. Undefined: it is absent. */
export type Value = Json | undefined;
export type Fields = Map<FieldPath, Value>;

const NAME_PATH = 'display_name';

const METADATA = 'metadata.';

/** What a patch writes; a key that it removes becomes undefined. */
export function fieldsOf({ metadata, display_name: name }: UserPatch): Fields {
  const fields: Fields = new Map();
  for (const [key, value] of Object.entries(metadata ?? {})) fields.set(`${METADATA}${key}`, value ?? undefined);
  if (name !== undefined) fields.set(NAME_PATH, name);
  return fields;
}

export function patchOf(fields: Fields): UserPatch {
  const metadata: [string, Json][] = [];
  const patch: UserPatch = {};
  for (const [path, value] of fields) {
    if (path === NAME_PATH) patch.display_name = value as string;
    else metadata.push([path.slice(METADATA.length), value ?? null]);
  }
  // Not by assignment, which would take a key __proto__ for the prototype.
  if (metadata.length > 0) patch.metadata = Object.fromEntries(metadata);
  return patch;
}

export function valueOf({ metadata, display_name: name }: StoreUser, path: FieldPath): Value {
  if (path === NAME_PATH) return name ?? undefined;
  const key = path.slice(METADATA.length);
  return Object.hasOwn(metadata, key) ? metadata[key] : undefined;
}

/** As a JSON Pointer (RFC 6901). */
export function pointerOf(path: FieldPath): string {
  if (path === NAME_PATH) return `/${path}`;
  return `/metadata/${path.slice(METADATA.length).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Whether no patch can write this value. */
export function isBeyondPatches(path: FieldPath, value: Value): boolean {
  return value === null || (path === NAME_PATH && value === undefined);
}

/** Whether two JSON values are equal. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

/** Whether a value may be what a server made of another: some trim. */
export function isAlike(sent: Value, seen: Value): boolean {
  return isSame(sent, seen) || (typeof sent === 'string' && typeof seen === 'string' && sent.trim() === seen.trim());
}
