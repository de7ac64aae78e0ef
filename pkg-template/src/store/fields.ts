// The writable fields of a user, one by one.

import { TEXT_FIELDS } from '../generated.js';
import type { FieldPath, StoreUser } from './types.js';
import type { AnyMetadata, Json, UserPatch } from '../types.js';

/** What a field holds. Undefined: it is absent. */
export type Value = Json | undefined;
export type Fields = Map<FieldPath, Value>;

const METADATA = 'metadata.';

/** Whether a path is a field of its own, and no metadata key. */
export function isTextField(path: string): path is (typeof TEXT_FIELDS)[number] {
  return (TEXT_FIELDS as readonly string[]).includes(path);
}

/** What a patch writes; a key that it removes becomes undefined. */
export function fieldsOf(patch: UserPatch): Fields {
  const fields: Fields = new Map();
  for (const [key, value] of Object.entries(patch.metadata ?? {})) fields.set(`${METADATA}${key}`, value ?? undefined);
  for (const field of TEXT_FIELDS) if (patch[field] !== undefined) fields.set(field, patch[field]);
  return fields;
}

export function patchOf(fields: Fields): UserPatch {
  const metadata: [string, Json][] = [];
  const patch: UserPatch = {};
  for (const [path, value] of fields) {
    if (isTextField(path)) patch[path] = value as string;
    else metadata.push([path.slice(METADATA.length), value ?? null]);
  }
  // Not by assignment, which would take a key __proto__ for the prototype.
  if (metadata.length > 0) patch.metadata = Object.fromEntries(metadata);
  return patch;
}

export function valueOf(user: StoreUser, path: FieldPath): Value {
  if (isTextField(path)) return user[path] ?? undefined;
  const key = path.slice(METADATA.length);
  return Object.hasOwn(user.metadata, key) ? (user.metadata as AnyMetadata)[key] : undefined;
}

/** A user in two parts: the writable fields with the time of the last change, and the rest. */
export function written({ updated_at, metadata, ...rest }: StoreUser): [Pick<StoreUser, 'updated_at' | 'metadata'> & UserPatch, Partial<StoreUser>] {
  const texts = TEXT_FIELDS.flatMap((field) => (rest[field] === undefined ? [] : [[field, rest[field]]]));
  const others = Object.entries(rest).filter(([name]) => !isTextField(name));
  return [{ updated_at, metadata, ...Object.fromEntries(texts) }, Object.fromEntries(others)];
}

/** As a JSON Pointer (RFC 6901). */
export function pointerOf(path: FieldPath): string {
  if (isTextField(path)) return `/${path}`;
  return `/metadata/${path.slice(METADATA.length).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Whether no patch can write this value. */
export function isBeyondPatches(path: FieldPath, value: Value): boolean {
  return value === null || (isTextField(path) && value === undefined);
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
