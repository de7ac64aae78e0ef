// What waits to be sent, and what of it goes together.

import type { PalmError } from '../error.js';
import { validatePatch } from '../rules.js';
import type { Edit } from './edit.js';
import { isAlike, isTextField, patchOf, valueOf, type Fields, type Value } from './fields.js';
import type { FieldPath, PendingEdit, StoreUser } from './types.js';
import type { Limits, User } from '../types.js';

/** One place in the queue. */
export interface Write {
  /** One; or neighbours of the same single field that were not sent: the last one counts. */
  edits: Edit[];
  /** What is left to be stored. */
  fields: Fields;
  status: PendingEdit['status'];
  error?: PalmError;
  /** Values that it was sent with, and of which nobody knows what became. */
  sent: Map<FieldPath, Value[]>;
  /** What the server answered when it stored a part. */
  user?: StoreUser;
  isDue: boolean;
  /** When it is due, if that is not at once: milliseconds since the epoch. */
  dueAt?: number;
  /** It has left the queue. */
  isGone: boolean;
  timer?: ReturnType<typeof setTimeout>;
  view?: PendingEdit;
}

export function createWrite(edit: Edit): Write {
  return { edits: [edit], fields: new Map(edit.fields), status: 'queued', sent: new Map(), isDue: true, isGone: false };
}

/** The newest edit of a write. */
export function newest(write: Write): Edit {
  return write.edits.at(-1) as Edit;
}

export function setStatus(write: Write, status: PendingEdit['status'], error?: PalmError): void {
  write.status = status;
  if (error === undefined) delete write.error;
  else write.error = error;
  delete write.view;
}

export function viewOf(write: Write): PendingEdit {
  const { id, at, undoes, patch: own } = newest(write);
  const { status, error } = write;
  // What undoes an edit has no will of its own.
  const patch = undoes === undefined ? own : patchOf(write.fields);
  return (write.view ??= Object.freeze({ id, patch, at, status, ...(error && { error }) }));
}

/** Whether the server may have stored this value of a write. */
export function mayHold({ sent }: Write, path: FieldPath, value: Value): boolean {
  return sent.get(path)?.some((other) => isAlike(other, value)) ?? false;
}

/** Notes that a write was sent, and that nobody knows what became of it. */
export function mark({ sent, fields }: Write): void {
  for (const [path, value] of fields) sent.set(path, [...(sent.get(path) ?? []), value]);
}

/** Whether an edit can join a write: both of one single field, of which nothing was sent. */
export function canJoin(write: Write | undefined, edit: Edit): write is Write {
  if (write === undefined || write.fields.size !== 1 || edit.fields.size !== 1) return false;
  const [path] = edit.fields.keys();
  const { status, sent, user, fields, edits } = write;
  const isUntouched = status === 'queued' && sent.size === 0 && user === undefined;
  return isUntouched && fields.has(path as FieldPath) && edits[0]?.undoes === undefined && edits[0]?.fields.size === 1;
}

/** What writes make of the fields, but for those that wait. */
export function compose(writes: readonly Write[], except?: ReadonlyMap<FieldPath, unknown>, onto: Fields = new Map()): Fields {
  for (const { fields } of writes) {
    for (const [path, value] of fields) if (!except?.has(path)) onto.set(path, value);
  }
  return onto;
}

/**
 * How many of the writes to send as one: as many as wanted if the limit of keys lets
 * them, otherwise the next smaller number that it does, otherwise the next larger. 0: none.
 */
export function fitting(
  writes: readonly Write[],
  wanted: number,
  confirmed: StoreUser,
  limits: Limits | undefined,
  waiting: ReadonlyMap<FieldPath, unknown>,
): number {
  const patch = patchOf(compose(writes.slice(0, wanted), waiting));
  const current = confirmed as unknown as User;
  const { errors } = validatePatch(patch, limits === undefined ? { current } : { current, limits });
  const excess = errors.find((issue) => issue.code === 'too_many_keys');
  // Whatever else there is, the server may refuse it.
  if (excess === undefined) return wanted;
  const before = Object.keys(confirmed.metadata).length;
  const limit = Math.max(Number(excess.params?.limit), before);
  const there = new Map<FieldPath, boolean>();
  let [keys, best] = [before, 0];
  for (const [index, { fields }] of writes.entries()) {
    for (const [path, value] of fields) {
      if (isTextField(path) || waiting.has(path)) continue;
      const was = there.get(path) ?? valueOf(confirmed, path) !== undefined;
      there.set(path, value !== undefined);
      keys += Number(value !== undefined) - Number(was);
    }
    if (keys > limit) continue;
    if (index < wanted) best = index + 1;
    else if (best === 0) return index + 1;
  }
  return best;
}
