// The optimistic store: a confirmed user, and an ordered queue of edits.
//
// What is shown is always computed from these two, never patched by hand, so an
// answer in any order cannot leave a wrong value behind. The rules it applies
// are the core's; this file holds state and decides what happens next.

import type { PalmError } from '../error.js';
import { confirmation, createEdit, settle, bequeath, type Edit, type Undoing } from './edit.js';
import { checkUser, failure, guarded, isRefusal } from './failure.js';
import { isAlike, isBeyondPatches, isSame, patchOf, pointerOf, valueOf, type Fields, type Value } from './fields.js';
import { History } from './history.js';
import { compareInstants } from './instant.js';
import { Listeners } from './listeners.js';
import { checkOptions } from './options.js';
import { canJoin, compose, createWrite, fitting, mark, mayHold, newest, setStatus, viewOf, type Write } from './queue.js';
import { request, type Request } from './request.js';
import { applyPatch, composePatches, diffUsers, validatePatch } from '../rules.js';
import { readState, stored, type StoredEdit, type StoredState } from './state.js';
import type { Conflict, EditHandle, FieldPath, FieldState, Snapshot, StoreUser, UserStore, UserStoreOptions } from './types.js';
import { Wait } from './wait.js';
import type { Issue, User, UserPatch } from '../types.js';

/** The shown user may pass the limit after another writer's change; sending may not. */
const UNLIMITED = { limits: { maxKeys: 0xffff_ffff } };
/** How many unsent edits of one field can be undone one by one, and how many errors are remembered. */
const MAX_REMEMBERED = 100;
/** A read for the sake of old edits holds for at least this long. */
const MIN_KNOWN_MS = 1_000;

/** When a request began, in the store's own order of events. */
interface Begun {
  readonly tick: number;
  readonly revision: number;
  /** The `updated_at` of the user that was confirmed then. */
  readonly known: string;
}
interface Flight<U extends StoreUser> extends Begun {
  readonly writes: readonly Write<U>[];
  /** What goes over the wire; unset until it does. */
  sent?: Fields;
  request?: Request;
  /** It cannot be halved. */
  readonly isWhole: boolean;
}
interface Waiter<U> {
  readonly tick: number;
  readonly resolve: (user: U) => void;
  readonly reject: (error: PalmError) => void;
}

/**
 * Makes a store of one user: edits show at once, one request is under way at a time,
 * edits made meanwhile go with the next. A refused edit is dropped alone; every other
 * failure keeps the edits on screen, pauses, and tries again by itself.
 *
 * @throws `PalmError` `invalid_options`; `invalid_value` where `user` is none, or
 * `state` is not one that `dehydrate` made for this user.
 *
 * @example
 * ```js
 * const store = createUserStore({
 *   userId: 'palm_usr_1a2b3c4d5e6f7g8h',
 *   user,
 *   send: (id, patch, { signal }) => updateUser(id, patch, { baseUrl: gateway, signal }),
 * });
 * store.subscribe(() => render(store.getSnapshot().user));
 * store.edit({ metadata: { notes: 'call back' } });
 * ```
 */
export function createUserStore<U extends StoreUser = User>(options: UserStoreOptions<U>): UserStore<U> {
  checkOptions(options);
  const { userId, send, read, limits, onFailure, retry, staleAfterMs = 300_000, timeoutMs = 120_000, onError } = options;
  const limited = limits === undefined ? undefined : { limits };
  const state = options.state === undefined ? undefined : readState(options.state, userId, options.user.id);

  const history = new History<U>();
  const listeners = new Listeners();
  const wait = new Wait(retry, () => {
    isReadHeld = false;
    if (halt === 'failed' && goesOn) release();
    else changed();
    pump();
  });

  let confirmed = options.user;
  /** When it was last known to be what the server has. */
  let knownAt = Date.now();
  let queue: Write<U>[] = [];
  /** What the server stored, where the confirmed user may be older than that. */
  let unseen: Fields = new Map();
  /** Fields whose old edits wait, and what they are in conflict with. */
  const conflicts = new Map<FieldPath, { readonly base: Value; readonly theirs: Value }>();
  /** Writes of which one was refused. */
  let guilty: readonly Write<U>[] = [];
  /** Values of edits that were dropped, and that may be stored all the same. */
  const strays = new Map<FieldPath, Value[]>();
  /** Why the last edit of a field was dropped. */
  const errors = new Map<FieldPath, PalmError>();
  let flight: Flight<U> | undefined;
  let reading: Request | undefined;
  // By a failure, it ends with what had failed; asked for, it ends when asked.
  let halt: 'asked' | 'failed' | undefined = state?.paused ? 'asked' : undefined;
  /** Whether a failure's halt ends by itself. */
  let goesOn = false;
  /** A read that the store needs has failed, and waits. */
  let isReadHeld = false;
  /** What waits to be sent is so old that a read must come first. */
  let isReadDue = false;
  let told: string | undefined;
  /** Counts events, and changes of the confirmed user that came from outside. */
  let [tick, revision] = [0, 0];
  /** The last event since which the confirmed user is in doubt; 0: none. */
  let doubt = 0;
  let lastWrite = 0;
  /** The server's clock was seen to go back. */
  let isClockBack = false;
  let waiters: Waiter<U>[] = [];
  let flushing: (() => void)[] = [];
  let isPumpDue = false;
  let isClosed = false;
  let shown: U;
  let issues: readonly Issue[] = [];
  let snapshot: Snapshot<U> | undefined;
  const fieldStates = new Map<FieldPath, FieldState>();
  const idPrefix = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}-`;
  let ids = 0;

  // ── What is shown ──────────────────────────────────────────────────────────

  function overlay(): U {
    const fields = compose(queue, undefined, new Map(unseen));
    return fields.size === 0 ? confirmed : applyPatch(confirmed, patchOf(fields), UNLIMITED);
  }

  /** Ends every change: what is shown is computed anew, and told once. */
  function changed(user?: U): void {
    shown = user ?? overlay();
    snapshot = undefined;
    // An edit that was valid as it was made leaves nothing new to find.
    if (user === undefined || issues.length > 0) {
      const patch = patchOf(compose(queue, conflicts));
      issues = queue.length === 0 ? [] : validatePatch(patch, { current: confirmed as User, ...limited }).errors;
    }
    listeners.tell();
  }

  function getSnapshot(): Snapshot<U> {
    return (snapshot ??= Object.freeze({
      user: shown,
      confirmed,
      pending: Object.freeze(queue.map(viewOf)),
      issues,
      paused: halt !== undefined,
      ...(wait.at !== undefined && { retryAt: wait.at }),
      conflicts: Object.freeze([...conflicts.keys()].map(conflictOf)),
      needsRefetch: doubt > 0,
    }));
  }

  function conflictOf(path: FieldPath): Conflict {
    const conflict = conflicts.get(path);
    const resolve = (choice: 'mine' | 'theirs'): void => {
      // Only the one that was shown.
      if (conflict === undefined || conflicts.get(path) !== conflict || isClosed) return;
      conflicts.delete(path);
      if (choice === 'theirs') giveUp(path, failure('aborted', 'The edit was given up for what somebody else wrote.'));
      changed();
      pump();
    };
    return Object.freeze({ path, mine: valueOf(shown, path), theirs: conflict?.theirs, base: conflict?.base, resolve });
  }

  function field(path: FieldPath): FieldState {
    if (path !== 'display_name' && !/^metadata\../s.test(path)) {
      throw failure('invalid_value', 'A field is display_name, or metadata. and a key.');
    }
    const writes = queue.filter((write) => write.fields.has(path));
    const error = writes.reverse().find((write) => write.error !== undefined)?.error ?? errors.get(path);
    const next = { value: valueOf(shown, path), confirmed: valueOf(confirmed, path), isPending: writes.length > 0, ...(error && { error }) };
    const known = fieldStates.get(path);
    const isKnown = known !== undefined && known.error === error && known.isPending === next.isPending && isSame(known.value, next.value) && isSame(known.confirmed, next.confirmed);
    if (isKnown) return known;
    fieldStates.set(path, Object.freeze(next));
    return next;
  }

  // ── Edits ──────────────────────────────────────────────────────────────────

  function handleOf(edit: Edit<U>): EditHandle<U> {
    const { id, patch } = edit;
    return (edit.handle ??= Object.freeze({
      id,
      patch,
      get confirmed() {
        return confirmation(edit);
      },
      undo: () => undo(edit),
    }));
  }

  function newId(): string {
    let id;
    do id = idPrefix + (ids += 1).toString(36);
    while (history.edits.has(id));
    return id;
  }

  function edit(patch: UserPatch, { debounceMs = 0 }: { debounceMs?: number } = {}): EditHandle<U> {
    if (isClosed) throw closed('not_sent');
    // Read once, and copied: a patch that is changed later must not change what is sent.
    const made: Edit<U> = createEdit(newId(), composePatches({}, patch), Date.now());
    const user = applyPatch(shown, made.patch, limited);
    const paths = [...made.fields.keys()];
    history.add(made, (path) => valueOf(shown, path));
    for (const path of paths) if (isConfirmed(path, made.fields.get(path))) made.idle.add(path);
    if (made.idle.size === paths.length) {
      end(made, { user: confirmed });
      return handleOf(made);
    }
    for (const path of paths) {
      errors.delete(path);
      conflicts.delete(path);
    }
    enqueue(made, debounceMs);
    changed(user);
    pumpSoon();
    return handleOf(made);
  }

  /** Whether the server is known to have this value, and nothing is under way to change it. */
  function isConfirmed(path: FieldPath, value: Value): boolean {
    return doubt === 0 && isSame(valueOf(confirmed, path), value) && !unseen.has(path) && !queue.some(({ fields }) => fields.has(path));
  }

  function enqueue(made: Edit<U>, debounceMs = 0): Write<U> {
    const last = queue.at(-1);
    let write: Write<U>;
    if (canJoin(last, made) && made.undoes === undefined && !guilty.includes(last)) {
      write = last;
      write.edits.push(made);
      write.fields = new Map(made.fields);
      delete write.view;
      if (write.edits.length > MAX_REMEMBERED) {
        const [oldest, heir] = write.edits.splice(0, 1).concat(write.edits[0] ?? []) as [Edit<U>, Edit<U>];
        history.remove(oldest);
        bequeath(oldest, heir);
      }
    } else {
      write = createWrite(made);
      queue.push(write);
    }
    clearTimeout(write.timer);
    write.isDue = debounceMs <= 0;
    if (write.isDue) return write;
    write.timer = setTimeout(() => {
      write.isDue = true;
      pump();
    }, debounceMs);
    return write;
  }

  /** An edit that is pending no longer, and that can be undone. */
  function end(made: Edit<U>, result: { user: U }): void {
    settle(made, result);
    history.keep(made);
  }

  function leave(writes: readonly Write<U>[]): void {
    for (const write of writes) {
      clearTimeout(write.timer);
      write.isGone = true;
    }
    queue = queue.filter(({ isGone }) => !isGone);
    guilty = guilty.filter(({ isGone }) => !isGone);
    for (const path of conflicts.keys()) if (!queue.some(({ fields }) => fields.has(path))) conflicts.delete(path);
  }

  /** Goes on once nothing is left of what halted it. */
  function unhalt(): void {
    if (halt !== 'failed' || queue.some(({ status }) => status === 'paused')) return;
    halt = undefined;
    if (!isReadHeld) wait.end();
  }

  function isUnderWay(write: Write<U>): boolean {
    return flight?.sent !== undefined && write.status === 'sending';
  }

  /** Values of a write that the server may have stored. */
  function sentOf(write: Write<U>): ReadonlyMap<FieldPath, Value[]> {
    const copy = { ...write, sent: new Map(write.sent) };
    if (isUnderWay(write)) mark(copy);
    return copy.sent;
  }

  /** The same, and what edits that were given up may have left in its fields. */
  function strayed(write: Write<U>): ReadonlyMap<FieldPath, Value[]> {
    const values = new Map(sentOf(write));
    for (const path of write.fields.keys()) {
      const stray = strays.get(path);
      if (stray !== undefined) values.set(path, [...(values.get(path) ?? []), ...stray]);
    }
    return values;
  }

  /** Nothing of it is with the server, nor can it be. */
  function isUnsent(write: Write<U>): boolean {
    return write.sent.size === 0 && !isUnderWay(write);
  }

  function toggle({ edit: source, paths, revives }: Undoing<U>): void {
    for (const path of paths) {
      if (revives) source.dead.delete(path);
      else source.dead.add(path);
    }
  }

  function undo(made: Edit<U>): { edit?: EditHandle<U>; lossy: readonly string[] } {
    if (made.isOver || isClosed) return { lossy: [] };
    made.isOver = made.isUndone = true;
    const { edit: source, paths, revives } = made.undoes ?? { edit: made, paths: [...made.fields.keys()], revives: false };
    if (made.isForgotten || source.isForgotten) return { lossy: paths.map(pointerOf) };
    toggle({ edit: source, paths, revives });
    const write = queue.find(({ edits }) => edits.includes(made));
    const isWaiting = write !== undefined && !isUnderWay(write);
    const isInPlace = isWaiting && !isUnsent(write);
    const isGone = isWaiting && !isInPlace && withdraw(write, made);
    // Of what may be stored the old values take the place, whatever is shown.
    const { fields, lossy } = isInPlace ? history.replaced(source, paths.filter((path) => write.fields.has(path))) : history.restore(source, paths, overlay());
    const back = isInPlace ? patchOf(fields) : composeBack(fields, lossy);
    toggle({ edit: source, paths: lossy, revives: !revives });
    if (isGone) history.remove(made);
    let handle: EditHandle<U> | undefined;
    if (write !== undefined && (isInPlace || isUnderWay(write)) && revive(write, made, isInPlace, fields.size > 0)) {
      // What it had taken the place of is back.
    } else if (back !== undefined && fields.size > 0) {
      const undoes = { edit: source, paths: paths.filter((path) => !lossy.includes(path)), revives: !revives };
      const undoing = createEdit(newId(), back, Date.now(), undoes);
      history.add(undoing, () => undefined);
      if (isInPlace) supplant(write, made, undoing);
      else enqueue(undoing);
      handle = handleOf(undoing);
    }
    reconsiderAll(paths.filter((path) => history.has(path, source)));
    changed();
    pumpSoon();
    return { ...(handle && { edit: handle }), lossy: lossy.map(pointerOf) };
  }

  /** Sends again the older edits that had gone with one that is undone; false where there are none. */
  function revive(write: Write<U>, made: Edit<U>, isInPlace: boolean, isNeeded: boolean): boolean {
    const rest = write.edits.filter((other) => other !== made && !other.isUndone);
    const last = rest.at(-1);
    if (newest(write) !== made || last === undefined) return false;
    if (!isInPlace && !isNeeded) {
      write.edits = [...write.edits.filter((other) => !rest.includes(other)), ...rest];
      delete write.view;
      return true;
    }
    if (isInPlace) settle(made, { error: failure('aborted', 'The edit was undone.', 'unknown') });
    else {
      write.edits = write.edits.filter((other) => !rest.includes(other));
      // Right behind it: later edits of the field stay later.
      const at = queue.indexOf(write) + 1;
      write = createWrite(last);
      queue.splice(at, 0, write);
    }
    write.edits = rest;
    write.fields = new Map(last.fields);
    delete write.view;
    return true;
  }

  /** What undoes an edit writes what is meant by the edits before it, without a will of its own. */
  function reconsider(path: FieldPath, beneath: Value): void {
    let meant = beneath;
    for (const write of queue) {
      if (!write.fields.has(path)) continue;
      const { undoes, isUndone } = newest(write);
      if (undoes === undefined) {
        if (!isUndone) meant = write.fields.get(path);
      } else if (!isUnderWay(write) && !isBeyondPatches(path, meant)) {
        write.fields.set(path, meant);
        delete write.view;
      }
    }
  }

  function reconsiderAll(paths: Iterable<FieldPath>): void {
    const pending = pendingEdits();
    for (const path of paths) if (history.chains.has(path)) reconsider(path, history.meant(path, pending));
  }

  function pendingEdits(): Set<Edit<U>> {
    return new Set(queue.flatMap(({ edits }) => edits));
  }

  /** Puts what undoes an edit in its place in the queue. */
  function supplant(write: Write<U>, made: Edit<U>, undoing: Edit<U>, fields = undoing.fields): void {
    if (newest(write) === made) {
      for (const path of write.fields.keys()) write.fields.set(path, fields.has(path) ? fields.get(path) : history.upTo(path, made.undoes?.edit ?? made));
      write.edits = [...write.edits.filter((other) => other !== made), undoing];
      settle(made, { error: failure('aborted', 'The edit was undone.', 'unknown') });
    }
    delete write.view;
  }

  /** Takes an unsent edit out of the queue. Gives whether nothing of it was stored. */
  function withdraw(write: Write<U>, made: Edit<U>): boolean {
    write.edits = write.edits.filter((other) => other !== made);
    delete write.view;
    if (write.edits.length > 0) write.fields = new Map(newest(write).fields);
    else leave([write]);
    unhalt();
    if (write.user === undefined) {
      settle(made, { error: failure('aborted', 'The edit was undone or discarded before it was sent.') });
      return true;
    }
    end(made, { user: write.user });
    return false;
  }

  /** A patch of fields that are to be as before; what breaks a limit becomes lossy. */
  function composeBack(fields: Fields, lossy: FieldPath[]): UserPatch | undefined {
    const user = overlay();
    while (fields.size > 0) {
      const patch = patchOf(fields);
      if (validatePatch(patch, { current: user as unknown as User, ...limited }).valid) return patch;
      const paths = [...fields.keys()];
      const path = paths.reverse().find((other) => valueOf(user, other) === undefined) ?? (paths[0] as FieldPath);
      fields.delete(path);
      lossy.push(path);
    }
    return undefined;
  }

  /** Gives writes up for good, as if their edits had never been made. */
  function drop(writes: readonly Write<U>[], error: PalmError): void {
    const edits = writes.flatMap((write) => write.edits);
    for (const write of writes) {
      for (const [path, values] of sentOf(write)) strays.set(path, [...(strays.get(path) ?? []), ...values]);
      for (const made of write.edits) {
        made.isOver = write.user === undefined;
        // A part of it may be stored, and stays.
        if (made.undoes === undefined) for (const path of (made.isOver ? made : write).fields.keys()) made.dead.add(path);
        // What was told to be given up does not come back.
        else if (!('error' in (made.undoes.edit.settled ?? {}))) toggle(made.undoes);
      }
    }
    leave(writes);
    unhalt();
    const paths = [...compose(writes).keys()];
    reconsiderAll(paths);
    // Unless that is what was refused.
    const isKnown = edits.some(({ id }) => history.edits.has(id));
    const back = isKnown ? composeBack(history.mend(paths, new Set(edits), overlay()), []) : undefined;
    for (const write of writes) {
      // The newest first: the older ones had gone with it.
      for (const made of [...write.edits].reverse()) {
        settle(made, { error });
        if (made.isOver) history.remove(made);
        else history.keep(made);
      }
    }
    if (back === undefined) return;
    const made: Edit<U> = createEdit(newId(), back, Date.now());
    made.isOver = true;
    enqueue(made);
  }

  function discard(id: string): void {
    const made = history.edits.get(id);
    const write = made && queue.find(({ edits }) => edits.includes(made));
    if (write === undefined || made === undefined || isClosed) return;
    if (made.isUndone && !isUnsent(write)) return;
    const isSent = !isUnsent(write);
    // One of a run that is under way with a later one of its field: that one counts.
    const isCovered = isUnderWay(write) && queue.slice(queue.indexOf(write) + 1).some((later) => isUnderWay(later) && [...write.fields.keys()].some((path) => later.fields.has(path)));
    const hasOthers = write.edits.some((other) => other !== made && !other.isUndone);
    if (hasOthers && (!isUnderWay(write) || isCovered)) {
      // The others of its run stay.
      for (const path of made.fields.keys()) made.dead.add(path);
      made.isOver = made.isUndone = true;
      if (!isSent || newest(write) !== made) withdraw(write, made);
      else revive(write, made, true, true);
      history.remove(made);
      if (isSent) doubt = tick += 1;
    } else if (!isSent) {
      drop([write], failure('aborted', 'The edit was discarded.'));
    } else {
      if (newest(write) === made) revive(write, made, false, true);
      // Of what is under way, the answer will tell.
      doubt = Math.max(doubt, flight !== undefined && isUnderWay(write) ? flight.tick : (tick += 1));
      if (isUnderWay(write) && flight?.writes.filter(({ isGone }) => !isGone).length === 1) flight.request?.abort();
      drop([write], failure('aborted', 'The edit was discarded.', 'unknown'));
    }
    changed();
    pumpSoon();
  }

  // ── Users of the server's ──────────────────────────────────────────────────

  /** Takes a user for the confirmed one. What changed in it, and is not our own doing, somebody else wrote. */
  function adopt(user: U, own?: ReadonlyMap<FieldPath, unknown>): void {
    for (const path of [...history.chains.keys()]) {
      const theirs = valueOf(user, path);
      if (own?.has(path) || isSame(valueOf(confirmed, path), theirs)) continue;
      foreign(path, theirs);
    }
    confirmed = user;
    unseen = new Map();
  }

  function foreign(path: FieldPath, theirs: Value): void {
    const writes = queue.filter(({ fields }) => fields.has(path));
    const isOurs = writes.some((write) => mayHold(write, path, theirs) || (write.status === 'sending' && isAlike(write.fields.get(path), theirs)));
    if (isOurs) return;
    // To undo is to leave alone what somebody else has changed since.
    reconsider(path, theirs);
    const pending = new Set(writes.flatMap(({ edits }) => edits));
    const replaced = conflicts.has(path) ? conflicts.get(path)?.base : history.meant(path, pending);
    history.reset(path, theirs, pending);
    const last = writes.at(-1);
    if (last === undefined || writes.some(({ status }) => status === 'sending')) return;
    const isOpen = conflicts.delete(path);
    const mine = last.fields.get(path);
    if (isSame(replaced, theirs) || strays.get(path)?.some((value) => isAlike(value, theirs))) return;
    // An old edit that changed nothing here has nothing to say.
    const isIdle = writes.length === 1 && newest(last).idle.has(path);
    if (isAlike(mine, theirs)) {
      if (isOpen) giveUp(path);
      return;
    }
    if (!isOpen && Date.now() - newest(last).at <= staleAfterMs) return;
    if (isIdle) giveUp(path);
    else conflicts.set(path, { base: replaced, theirs });
  }

  /** Leaves a field as it is with the server. */
  function giveUp(path: FieldPath, error?: PalmError): void {
    const writes = queue.filter(({ fields }) => fields.has(path));
    if (error !== undefined) for (const made of writes.flatMap(({ edits }) => edits)) made.dead.add(path);
    done(writes.map((write) => [write, [path]]), error);
  }

  /** Fields of writes that are stored, or given up. When none is left, the edits have come to their end. */
  function done(entries: readonly (readonly [Write<U>, readonly FieldPath[]])[], error?: PalmError, answer = confirmed): void {
    for (const [write, paths] of entries) {
      for (const path of paths) write.fields.delete(path);
      if (error === undefined) write.user = answer;
    }
    const over = entries.map(([write]) => write).filter(({ fields }) => fields.size === 0);
    leave(over);
    unhalt();
    for (const { edits, user } of over) {
      for (const made of edits) {
        if (user !== undefined) end(made, { user });
        else if (error !== undefined) {
          settle(made, { error });
          made.isOver = true;
          history.remove(made);
        }
      }
    }
  }

  /** What was of unknown outcome, and is there now, has been stored, unless an older edit of the same field is kept. */
  function recognise(): void {
    const kept = new Set<FieldPath>();
    const found: [Write<U>, FieldPath[]][] = [];
    for (const write of queue) {
      const paths = [...write.fields.keys()];
      const isThere = write.status !== 'sending' && paths.every((path) => {
        const value = valueOf(confirmed, path);
        return !kept.has(path) && !conflicts.has(path) && isAlike(write.fields.get(path), value) && mayHold(write, path, value);
      });
      if (isThere) found.push([write, paths]);
      else for (const path of paths) kept.add(path);
    }
    for (const [write, paths] of found) for (const path of paths) newest(write).fields.set(path, valueOf(confirmed, path));
    done(found);
  }

  /** Takes what a request of the store's own brought; false where nobody can tell whether it is newer than what came meanwhile. */
  function take(user: U, begun: Begun, own?: Fields): boolean {
    // What was asked for after the store knew of another is newer, whatever its clock says.
    isClockBack ||= compareInstants(user.updated_at, begun.known) < 0;
    const isAlone = begun.revision === revision;
    const isNewer = isAlone || compareInstants(user.updated_at, confirmed.updated_at) > 0 || isSame(user, confirmed) || (own === undefined && isClockBack);
    if (!isNewer) return false;
    adopt(user, own);
    knownAt = Date.now();
    wait.reset();
    told = undefined;
    if (begun.tick >= doubt) {
      doubt = 0;
      strays.clear();
    }
    const [answered, open] = [waiters.filter((waiter) => waiter.tick < begun.tick), waiters.filter((waiter) => waiter.tick >= begun.tick)];
    waiters = open;
    for (const { resolve } of answered) resolve(confirmed);
    return true;
  }

  function receive(user: U): 'applied' | 'stale' | 'ambiguous' {
    checkUser(user, confirmed.id, 'invalid_value');
    const order = isClosed ? -1 : compareInstants(user.updated_at, confirmed.updated_at);
    if (order < 0) return 'stale';
    const isNothing = order === 0 && isSame(user, confirmed);
    const isRicher = order === 0 && !isNothing && isSame(user.metadata, confirmed.metadata) && isSame(user.display_name ?? null, confirmed.display_name ?? null);
    const isNewer = order > 0 || isRicher;
    if (isNewer) {
      revision += 1;
      adopt(user);
      knownAt = Date.now();
      recognise();
    }
    // Nobody but the store knows when its reads began.
    const wasInDoubt = doubt > 0;
    if (isNewer || isNothing) doubt = read === undefined && !isRicher ? 0 : doubt;
    if (isRicher || !(isNewer || isNothing)) doubt = tick += 1;
    if (isNewer || wasInDoubt !== doubt > 0) changed();
    pumpSoon();
    return isNewer || isNothing ? 'applied' : 'ambiguous';
  }

  // ── What happens next ──────────────────────────────────────────────────────

  /** After this turn, so that edits made together are sent together. */
  function pumpSoon(): void {
    if (isPumpDue) return;
    isPumpDue = true;
    queueMicrotask(() => {
      isPumpDue = false;
      pump();
    });
  }

  function pump(): void {
    if (flight !== undefined || isClosed) return;
    const { writes, isWhole } = nextBatch();
    const now = Date.now();
    const isOld = writes.some((write) => now - Math.max(newest(write).at, knownAt) > Math.max(staleAfterMs, MIN_KNOWN_MS));
    isReadDue = read !== undefined && isOld;
    if (writes.length > 0 && !isReadDue) return fly(writes, isWhole);
    const isNeeded = isReadDue || doubt > 0;
    if (read !== undefined && reading === undefined && (waiters.length > 0 || (isNeeded && !isReadHeld))) startRead(read);
    if (isReadDue && halt === undefined) return;
    const idle = flushing;
    flushing = [];
    for (const resolve of idle) resolve();
  }

  /** What to send next: everything up to the last that is due; of writes of which one was refused, a half. */
  function nextBatch(): { writes: readonly Write<U>[]; isWhole: boolean } {
    const isFree = ({ fields }: Write<U>): boolean => [...fields.keys()].some((path) => !conflicts.has(path));
    let due = queue.length;
    while (queue[due - 1]?.isDue === false) due -= 1;
    guilty = guilty.filter(isFree);
    const writes = halt !== undefined ? [] : guilty.length > 0 ? guilty : queue.slice(0, due).filter(isFree);
    if (writes.length === 0) return { writes, isWhole: false };
    const wanted = guilty.length > 1 ? guilty.length >> 1 : writes.length;
    const count = fitting(writes, wanted, confirmed, limits, conflicts);
    return { writes: writes.slice(0, count), isWhole: guilty.length > 0 && count === guilty.length };
  }

  function begin(): Begun {
    return { tick: (tick += 1), revision, known: confirmed.updated_at };
  }

  function fly(writes: readonly Write<U>[], isWhole: boolean): void {
    flight = { writes, isWhole, ...begin() };
    const mine = flight;
    for (const write of writes) setStatus(write, 'sending');
    changed();
    // A listener may have discarded, undone, paused or closed meanwhile.
    const left = writes.filter(({ isGone }) => !isGone);
    if (isClosed) return;
    if (left.length === 0 || halt !== undefined) {
      flight = undefined;
      for (const write of left) setStatus(write, 'queued');
      if (left.length > 0) changed();
      return pumpSoon();
    }
    lastWrite = mine.tick;
    mine.sent = compose(left, conflicts);
    const patch = patchOf(mine.sent);
    mine.request = request(({ signal }) => send(userId, patch, { signal }), timeoutMs, acknowledged, failed);
  }

  /** Ends a flight; gives what is left of it. */
  function land(): { ended: Flight<U>; writes: Write<U>[] } {
    const ended = flight as Flight<U>;
    flight = undefined;
    return { ended, writes: ended.writes.filter(({ isGone }) => !isGone) };
  }

  function acknowledged(answer: U): void {
    try {
      checkUser(answer, confirmed.id, 'bad_response', 'applied');
    } catch (error) {
      return failed(error as PalmError);
    }
    const { ended, writes } = land();
    const sent = ended.sent ?? new Map();
    const isKnown = take(answer, ended, sent);
    for (const [path, value] of sent) {
      const now = valueOf(answer, path);
      if (isKnown) {
        for (const { edits } of writes) {
          for (const made of edits) if (isSame(made.fields.get(path), value) && made.fields.has(path)) made.fields.set(path, now);
        }
      } else if (!isSame(valueOf(confirmed, path), now)) {
        unseen.set(path, now);
        doubt = tick += 1;
      }
    }
    // What is left of those waits in conflicts.
    guilty = guilty.filter(({ status }) => status !== 'sending');
    for (const write of writes) {
      setStatus(write, 'queued');
      write.sent.clear();
    }
    done(writes.map((write) => [write, [...write.fields.keys()].filter((path) => sent.has(path))]), undefined, answer);
    changed();
    pump();
  }

  function failed(error: PalmError): void {
    const { ended, writes } = land();
    const isUnclear = error.outcome === 'unknown' || error.outcome === 'applied';
    if (isUnclear) writes.forEach(mark);
    const isRefused = isRefusal(error);
    // It could not be changed while it was under way.
    reconsiderAll(compose(writes.filter((write) => newest(write).undoes !== undefined)).keys());
    if (isUnclear && writes.length < ended.writes.length) doubt = tick += 1;
    if (writes.length === 0) {
      changed();
    } else if (isRefused && ended.writes.length > 1 && !ended.isWhole) {
      for (const write of writes) {
        setStatus(write, 'queued');
        unsend(write);
      }
      guilty = writes;
      changed();
    } else {
      fail(error, writes, isRefused);
    }
    pumpSoon();
  }

  /** An edit that was undone while it was under way is not sent again. */
  function unsend(write: Write<U>): void {
    const made = newest(write);
    if (!made.isUndone) {
      // Another of its run may have been.
      if (write.edits.length > 1) write.fields = new Map(made.fields);
      return;
    }
    const later = queue.find((other) => newest(other).undoes?.edit === made);
    if (later !== undefined) {
      leave([later]);
      supplant(write, made, newest(later), later.fields);
    } else {
      const source = made.undoes?.edit ?? made;
      for (const path of write.fields.keys()) write.fields.set(path, history.upTo(path, source));
    }
  }

  function fail(error: PalmError, writes: readonly Write<U>[], isRefused: boolean): void {
    for (const write of writes) setStatus(write, 'paused', error);
    guilty = [];
    const views = writes.map(viewOf);
    const choice = guarded(() => onFailure?.(error, views)) ?? (isRefused ? 'drop' : undefined);
    if (choice === 'drop') {
      if (!writes.every(isUnsent)) doubt = tick += 1;
      drop(writes, error);
      for (const path of compose(writes).keys()) errors.set(path, error);
      while (errors.size > MAX_REMEMBERED) errors.delete(errors.keys().next().value as FieldPath);
      changed();
      for (const view of views) guarded(() => onError?.(error, view));
      return;
    }
    for (const write of writes) unsend(write);
    if (error.outcome === 'applied') doubt = tick += 1;
    goesOn = choice === 'retry' || (choice !== 'pause' && retry !== false);
    halt ??= 'failed';
    if (goesOn && halt === 'failed') wait.begin(error.retryAfterMs);
    changed();
    const report = `${error.code} ${error.status}`;
    if (told === report) return;
    told = report;
    const [oldest] = views;
    if (oldest !== undefined) guarded(() => onError?.(error, oldest));
  }

  function startRead(call: NonNullable<typeof read>): void {
    const begun = begin();
    const finish = (): boolean => {
      reading = undefined;
      // A read that a write has overtaken says nothing of it.
      return lastWrite < begun.tick;
    };
    const unread = (error: PalmError): void => {
      finish();
      const [asked, open] = [waiters.filter((waiter) => waiter.tick < begun.tick), waiters.filter((waiter) => waiter.tick >= begun.tick)];
      waiters = open;
      isReadHeld = doubt > 0 || isReadDue;
      if (isReadDue && halt === undefined) [halt, goesOn] = ['failed', retry !== false];
      if (retry !== false && halt !== 'asked' && isReadHeld && wait.at === undefined) wait.begin(error.retryAfterMs);
      changed();
      for (const { reject } of asked) reject(error);
      pumpSoon();
    };
    reading = request(
      ({ signal }) => call(userId, { signal }),
      timeoutMs,
      (user) => {
        try {
          checkUser(user, confirmed.id, 'bad_response', 'rejected');
        } catch (error) {
          return unread(error as PalmError);
        }
        if (finish()) {
          isReadHeld = false;
          if (take(user, begun)) recognise();
          else doubt = tick += 1;
          changed();
        }
        pump();
      },
      unread,
    );
  }

  /** Sends again what had failed. */
  function release(): void {
    halt = undefined;
    for (const write of queue) if (write.status === 'paused') setStatus(write, 'queued');
    changed();
  }

  function closed(outcome: 'not_sent' | 'unknown'): PalmError {
    return failure('aborted', 'The store was closed.', outcome);
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    flight?.request?.end();
    reading?.end();
    wait.end();
    listeners.clear();
    for (const write of queue) {
      clearTimeout(write.timer);
      const error = closed(isUnsent(write) ? 'not_sent' : 'unknown');
      for (const made of write.edits) settle(made, { error });
    }
    for (const { reject } of waiters) reject(closed('not_sent'));
    for (const resolve of flushing) resolve();
    waiters = flushing = [];
  }

  // ── Between two pages ──────────────────────────────────────────────────────

  function dehydrate(): StoredState {
    const pending = pendingEdits();
    return {
      version: 2,
      userId,
      id: confirmed.id,
      updated_at: confirmed.updated_at,
      paused: halt === 'asked',
      fields: [...compose(queue)].map(([path, value]) => {
        const conflict = conflicts.get(path);
        // A conflict is found again by what it began with.
        if (conflict !== undefined) return [path, stored(conflict.base), stored(conflict.base)];
        // Of a field without edits that count, what undoes one says what is meant.
        return [path, stored(valueOf(confirmed, path)), stored(history.chains.has(path) ? history.meant(path, pending) : value)];
      }),
      edits: queue.flatMap((write) =>
        write.edits.map(({ id, at, patch, undoes, isUndone, idle }): StoredEdit => ({
          id,
          at,
          patch: write.edits.length > 1 ? patch : patchOf(write.fields),
          ...(strayed(write).size > 0 && { sent: [...strayed(write)].map(([path, values]) => [path, values.map(stored)] as const) }),
          ...(undoes !== undefined && { undo: true }),
          ...(idle.size > 0 && { idle: [...idle] }),
          ...(isUndone && { over: true }),
        })),
      ),
    };
  }

  function restore({ fields, edits, updated_at: time }: StoredState): void {
    const known = new Map(fields.map(([path, value, before]) => [path, { value: value[0], before: before[0] }]));
    for (const [path, { value, before }] of known) if (!isAlike(value, before)) history.bury(path, before);
    for (const { id, at, patch, sent, idle = [], undo: isUndo, over: isOver } of edits) {
      const source = { edit: createEdit<U>('', {}, 0), paths: [], revives: false };
      const made = createEdit<U>(id, composePatches({}, patch), at, isUndo === true ? source : undefined);
      made.isOver = isOver === true || isUndo === true;
      history.edits.set(id, made);
      if (isUndo !== true) history.add(made, (path) => (known.has(path) ? known.get(path)?.before : valueOf(confirmed, path)));
      made.isUndone = isOver === true;
      for (const path of idle) made.idle.add(path);
      if (isOver === true) for (const path of made.fields.keys()) made.dead.add(path);
      enqueue(made);
      const write = queue.at(-1);
      if (write === undefined) continue;
      write.sent = new Map(sent?.map(([path, values]) => [path, values.map(([value]) => value)]));
    }
    if (compareInstants(confirmed.updated_at, time) < 0) {
      doubt = tick += 1;
      return;
    }
    for (const [path, { value }] of known) {
      if (!isSame(value, valueOf(confirmed, path))) foreign(path, valueOf(confirmed, path));
    }
    recognise();
  }

  shown = confirmed;
  if (state !== undefined) restore(state);
  changed();
  pumpSoon();

  const store: UserStore<U> = {
    subscribe: (listener) => listeners.add(listener),
    getSnapshot,
    edit,
    editTo: (values, settings) => {
      const after = applyPatch(shown, values, limited);
      return after === shown ? undefined : edit(diffUsers(shown as unknown as User, after as unknown as User), settings);
    },
    field,
    flush: () =>
      new Promise((resolve) => {
        for (const write of queue) {
          clearTimeout(write.timer);
          write.isDue = true;
        }
        if (isClosed) resolve();
        else flushing.push(resolve);
        pump();
      }),
    refetch: () =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(closed('not_sent'));
        if (read === undefined) return reject(failure('invalid_options', 'refetch needs the option read.'));
        waiters.push({ tick: (tick += 1), resolve, reject });
        pump();
      }),
    receive,
    pause: () => {
      if (halt === 'asked' || isClosed) return;
      halt = 'asked';
      wait.end();
      changed();
    },
    resume: () => {
      if (isClosed || (halt === undefined && !isReadHeld)) return;
      wait.end();
      wait.reset();
      told = undefined;
      isReadHeld = false;
      release();
      pumpSoon();
    },
    discard,
    edits: () => [...history.edits.values()].filter(({ isOver, settled }) => !isOver || settled === undefined).map(handleOf),
    dehydrate,
    close,
    // Older engines do not have the symbol.
    [(Symbol.dispose ?? Symbol.for('Symbol.dispose')) as typeof Symbol.dispose]: close,
  };
  return store;
}
