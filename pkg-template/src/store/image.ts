// All that a store knows of its queue, as JSON: what another tab, or the next page, goes
// on from. Of the user it holds the fields that edits write, and nothing else.

import { PalmError, type PalmErrorDetails } from '../error.js';
import type { Core } from './core.js';
import { createEdit, settle, type Edit } from './edit.js';
import { defer, sentOf } from './edits.js';
import type { Value } from './fields.js';
import { failure } from './failure.js';
import { isTextField, patchOf, valueOf } from './fields.js';
import { History } from './history.js';
import type { Write } from './queue.js';
import { applyPatch, composePatches } from '../rules.js';
import type { FieldPath, StoreUser } from './types.js';
import type { UserPatch } from '../types.js';

/** Raised when the shape below changes. */
export const IMAGE_VERSION = 1;

type Stored = readonly [] | readonly [Value];
type Entries = readonly (readonly [FieldPath, Stored])[];
type StoredError = PalmErrorDetails;

interface StoredEdit {
  readonly id: string;
  readonly at: number;
  readonly patch: UserPatch;
  /** What it writes, where that is not what its patch says. */
  readonly fields?: Entries;
  readonly dead?: readonly FieldPath[];
  readonly idle?: readonly FieldPath[];
  readonly undoes?: readonly [edit: number, paths: readonly FieldPath[], revives: boolean];
  /** Of: over, undone, forgotten, not in the list of edits, stored. */
  readonly is?: string;
}
interface StoredWrite {
  readonly edits: readonly number[];
  readonly fields: Entries;
  readonly status: Write['status'];
  readonly error?: StoredError;
  readonly sent?: readonly (readonly [FieldPath, readonly Stored[]])[];
  /** A part of it is stored. */
  readonly part?: true;
  readonly dueAt?: number;
}
export interface Image {
  /** The `id` in answers. */
  readonly id: string;
  /** Of the user that was confirmed. */
  readonly updated_at: string;
  /** What the server had, of every field below. */
  readonly known: Entries;
  readonly edits: readonly StoredEdit[];
  /** By field: what was there before its edits, and which they are. */
  readonly chains: readonly (readonly [FieldPath, Stored, readonly number[]])[];
  readonly settled: readonly number[];
  readonly queue: readonly StoredWrite[];
  /** Edits that came to another end than being stored. */
  readonly gone: readonly (readonly [id: string, error: StoredError])[];
  readonly conflicts: readonly (readonly [FieldPath, base: Stored, theirs: Stored])[];
  readonly guilty: readonly number[];
  readonly strays: readonly (readonly [FieldPath, readonly Stored[]])[];
  readonly errors: readonly (readonly [FieldPath, StoredError])[];
  readonly halt?: 'asked' | 'failed';
  readonly goesOn: boolean;
  readonly retryAt?: readonly [at: number, least: number];
  readonly failures: number;
  readonly told?: string;
  readonly doubt: boolean;
  readonly isReadHeld: boolean;
  readonly isClockBack: boolean;
  /** Whoever was sending has gone: a read must come first. */
  readonly isTakenOver?: boolean;
}

const store = (value: Value): Stored => (value === undefined ? [] : [value]);
const entries = (fields: Iterable<readonly [FieldPath, Value]>): Entries => [...fields].map(([path, value]) => [path, store(value)]);
const storeError = (error: PalmError): StoredError => error.toJSON();

export function imageOf(core: Core): Image {
  const { history, queue, confirmed, wait } = core;
  const all = new Map<Edit, number>();
  const indexOf = (edit: Edit): number => {
    const known = all.get(edit);
    if (known !== undefined) return known;
    all.set(edit, all.size);
    return all.size - 1;
  };
  for (const edit of history.edits.values()) indexOf(edit);
  for (const { edits } of queue) edits.forEach(indexOf);
  for (const { edits } of history.chains.values()) edits.forEach(indexOf);
  // Grows while it is walked: an edit may undo one that undoes.
  for (const edit of all.keys()) if (edit.undoes !== undefined) indexOf(edit.undoes.edit);
  // Of every edit that is remembered: a page that was away shows their fields right at once, whoever wrote them last.
  const paths = new Set([...history.chains.keys(), ...[...all.keys(), ...queue].flatMap(({ fields }) => [...fields.keys()])]);
  return {
    id: confirmed.id,
    updated_at: confirmed.updated_at,
    known: entries([...paths].map((path) => [path, core.unseen.has(path) ? core.unseen.get(path) : valueOf(confirmed, path)])),
    edits: [...all.keys()].map((edit): StoredEdit => {
      const { id, at, patch, fields, dead, idle, undoes } = edit;
      const is = `${edit.isOver ? 'o' : ''}${edit.isUndone ? 'u' : ''}${edit.isForgotten ? 'f' : ''}${history.edits.get(id) === edit ? '' : 'x'}${edit.settled !== undefined && 'user' in edit.settled ? 's' : ''}`;
      return {
        id,
        at,
        patch,
        fields: entries(fields),
        ...(dead.size > 0 && { dead: [...dead] }),
        ...(idle.size > 0 && { idle: [...idle] }),
        ...(undoes !== undefined && { undoes: [indexOf(undoes.edit), undoes.paths, undoes.revives] }),
        ...(is !== '' && { is }),
      };
    }),
    chains: [...history.chains].map(([path, { base, edits }]) => [path, store(base), edits.map(indexOf)]),
    settled: history.settled.filter((edit) => all.has(edit)).map(indexOf),
    queue: queue.map((write): StoredWrite => {
      const sent = sentOf(core, write);
      return {
        edits: write.edits.map(indexOf),
        fields: entries(write.fields),
        status: write.status,
        ...(write.error !== undefined && { error: storeError(write.error) }),
        ...(sent.size > 0 && { sent: [...sent].map(([path, values]) => [path, values.map(store)] as const) }),
        ...(write.user !== undefined && { part: true }),
        ...(!write.isDue && write.dueAt !== undefined && { dueAt: write.dueAt }),
      };
    }),
    gone: history.gone.flatMap(({ id, settled }) => (settled !== undefined && 'error' in settled ? [[id, storeError(settled.error)] as const] : [])),
    conflicts: [...core.conflicts].map(([path, { base, theirs }]) => [path, store(base), store(theirs)]),
    guilty: core.guilty.map((write) => queue.indexOf(write)),
    strays: [...core.strays].map(([path, values]) => [path, values.map(store)]),
    errors: [...core.errors].map(([path, error]) => [path, storeError(error)]),
    ...(core.halt !== undefined && { halt: core.halt }),
    goesOn: core.goesOn,
    ...(wait.at !== undefined && { retryAt: [wait.at, wait.least ?? wait.at] as const }),
    failures: wait.failures,
    ...(core.told !== undefined && { told: core.told }),
    doubt: core.doubt > core.behind,
    isReadHeld: core.isReadHeld,
    isClockBack: core.isClockBack,
    ...(core.isTakenOver && { isTakenOver: true }),
  };
}

/** A field and values that it can have. */
function checkField(path: FieldPath, values: readonly Value[] = []): FieldPath {
  const isField = isTextField(path) ? values.every((value) => value === undefined || typeof value === 'string') : path.startsWith('metadata.');
  if (!isField) throw failure('invalid_value', 'What is stored has no such field.');
  return path;
}

/**
 * Makes a store what an image says, and gives the edits that have failed elsewhere. Edits that `known` has stay the objects they are, so
 * that who holds one is told of its end. `isBehind`: what no edit writes may be older. Throws where the image is none, before anything
 * was changed.
 */
export function applyImage(core: Core, image: Image, known: ReadonlyMap<string, Edit>, isBehind = core.confirmed.updated_at !== image.updated_at): readonly Edit[] {
  if (image.id !== core.confirmed.id) throw failure('invalid_value', 'What is stored is of another user.');
  const errors = [...core.errors.values(), ...core.queue.flatMap(({ error }) => error ?? [])];
  // The same object, so that what shows it sees no change.
  const errorOf = (error: StoredError): PalmError => errors.find((known) => JSON.stringify(known) === JSON.stringify(error)) ?? new PalmError(error);
  const fieldsOf = (stored: Entries): Map<FieldPath, Value> => new Map(stored.map(([path, [value]]) => [checkField(path, [value]), value]));
  const pathsOf = (paths: readonly FieldPath[]): Set<FieldPath> => new Set(paths.map((path) => checkField(path)));
  const edits = image.edits.map(({ id, at, patch, fields = [], dead = [], idle = [], is = '' }) => {
    if (typeof id !== 'string' || !Number.isFinite(at)) throw failure('invalid_value', 'What is stored has no edits.');
    const fresh = createEdit(id, composePatches({}, patch), at);
    const state = { fields: fieldsOf(fields), dead: pathsOf(dead), idle: pathsOf(idle), isOver: is.includes('o'), isUndone: is.includes('u'), isForgotten: is.includes('f') };
    return { fresh, state, is };
  });
  const made = edits.map(({ fresh, is }) => (fresh.id !== '' && !is.includes('x') && known.get(fresh.id)) || fresh);
  const at = (index: number): Edit => {
    const edit = made[index];
    if (edit === undefined) throw failure('invalid_value', 'What is stored has no such edit.');
    return edit;
  };
  const chains = image.chains.map(([path, [base], list]) => [checkField(path, [base]), { base, edits: list.map(at) }] as const);
  const settled = image.settled.map(at);
  const queue = image.queue.map(({ edits: list, fields, status, error, sent = [], part, dueAt }) => {
    const write: Write = {
      edits: list.map(at),
      fields: fieldsOf(fields),
      status,
      sent: new Map(sent.map(([path, values]) => [checkField(path, values.map(([value]) => value)), values.map(([value]) => value)])),
      isDue: true,
      isGone: false,
      ...(error !== undefined && { error: errorOf(error) }),
      ...(part === true && { user: core.confirmed }),
    };
    if (write.edits.length === 0 || !['queued', 'sending', 'paused'].includes(status)) throw failure('invalid_value', 'What is stored has no queue.');
    return { write, dueAt };
  });
  const undoings = image.edits.map(({ undoes }) => undoes && { edit: at(undoes[0]), paths: [...pathsOf(undoes[1])], revives: undoes[2] });
  const gone = image.gone.map(([id, error]) => [id, errorOf(error)] as const);
  const conflicts = image.conflicts.map(([path, [base], [theirs]]) => [checkField(path, [base, theirs]), { base, theirs }] as const);
  const strays = image.strays.map(([path, values]) => [checkField(path, values.map(([value]) => value)), values.map(([value]) => value)] as const);
  const fieldErrors = image.errors.map(([path, error]) => [checkField(path), errorOf(error)] as const);
  const server = fieldsOf(image.known);
  const confirmed: StoreUser = { ...applyPatch(core.confirmed, patchOf(server), { limits: { maxKeys: 0xffff_ffff } }), updated_at: image.updated_at };

  // Nothing throws from here on.
  core.confirmed = confirmed;
  for (const write of core.queue) clearTimeout(write.timer);
  const history = new History();
  edits.forEach(({ state, is }, index) => {
    const edit = at(index);
    const undoes = undoings[index];
    Object.assign(edit, state, undoes && { undoes });
    if (!is.includes('x')) history.edits.set(edit.id, edit);
    if (is.includes('s')) settle(edit, { user: confirmed });
  });
  for (const [path, chain] of chains) history.chains.set(path, chain);
  history.settled = settled;
  const failed: Edit[] = [];
  for (const [id, error] of gone) {
    const edit = known.get(id) ?? createEdit(id, {}, 0);
    history.gone.push(edit);
    if (history.edits.has(id)) continue;
    if (edit.settled === undefined && known.has(id)) failed.push(edit);
    edit.isOver = true;
    settle(edit, { error });
  }
  core.history = history;
  core.queue = queue.map(({ write }) => write);
  for (const { write, dueAt } of queue) if (dueAt !== undefined && dueAt > Date.now()) defer(core, write, dueAt);
  core.unseen = new Map();
  core.conflicts = new Map(conflicts);
  core.guilty = image.guilty.flatMap((index) => core.queue[index] ?? []);
  core.strays = new Map(strays);
  core.errors = new Map(fieldErrors);
  core.halt = image.halt;
  core.goesOn = image.goesOn;
  core.wait.failures = image.failures;
  if (image.retryAt === undefined) core.wait.end();
  else if (image.retryAt[0] !== core.wait.at) core.wait.until(...image.retryAt);
  core.isWaitOver = false;
  core.isReadHeld = image.isReadHeld;
  core.told = image.told;
  core.isClockBack ||= image.isClockBack;
  core.isTakenOver = image.isTakenOver === true;
  core.behind = isBehind ? (core.tick += 1) : 0;
  core.doubt = image.doubt ? (core.tick += 1) : core.behind;
  return failed;
}

/** Whether a value from storage is an image for this store. It is tried on one that nobody sees. */
export function isImage(image: Image, core: Core): boolean {
  const probe = { ...core, queue: [], history: new History(), wait: { failures: 0, end: () => undefined, until: () => undefined } } as unknown as Core;
  applyImage(probe, { ...image, queue: image.queue.map(({ dueAt: _, ...write }) => write) }, new Map());
  return typeof image.updated_at === 'string' && typeof image.doubt === 'boolean' && (image.halt ?? 'failed') in { asked: 0, failed: 0 } && (image.retryAt ?? []).every(Number.isFinite);
}
