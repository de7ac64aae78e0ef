// The judge. It knows three things: what the person did, what the server ever
// held, and what was told to whom. Of the store it sees what a page sees. What
// `pending` says is a claim: an edit that is claimed to be pending is not
// silent, and has to be on screen.

import assert from 'node:assert/strict';

import { FIELDS, fieldsOf, pathOf, valueIn } from './fields.mjs';
import { trimmed } from './server.mjs';

export class Violation extends Error {
  constructor(promise, message) {
    super(`${promise}: ${message}`);
    this.promise = promise;
  }
}

/** The store's default: from then on an edit is old. */
const STALE = 300_000;

const show = (value) => JSON.stringify(value) ?? 'undefined';
const list = (values) => [...values].map(show).join(' or ');

export class Oracle {
  /** What the person chose, in order. */
  edits = [];
  /** What undo made: no choices, but their failure must be told as well. */
  restorations = [];
  /**
   * The newest version of the server's that the store knows to be the truth: it
   * asked for it, and none of its writes was under way meanwhile. Nothing older
   * may come back. What is pushed proves less, for its order is a guess.
   */
  floor = 0;
  /**
   * Whether the store was handed, from elsewhere, an older user with a later
   * time. Nobody can tell that from a change: nothing is promised of settled
   * fields until a read of the store's own.
   */
  misled = false;
  /** The newest version when that happened last: what was chosen before may have been undone by it. */
  misledAt = -1;
  /** Fields of which nothing but "shown is stored" is promised; each with its reason. */
  loose = new Map();

  /** How many reads were answered. */
  reads = 0;

  /** By field, the value that the store last took for the server's, and since when. */
  seen = new Map();

  constructor(server, time) {
    this.server = server;
    this.time = time;
  }

  // What the person does.

  made(fields, snapshot, now) {
    const edit = { n: this.edits.length, fields, at: now, seq: this.server.latest.seq, fate: 'living', told: undefined, errors: [], yielded: new Set(), insists: new Set(), before: {}, strong: new Set(), keptTheirs: new Set(), answered: new Set(), orphaned: new Map() };
    for (const [field, value] of Object.entries(fields)) {
      edit.before[field] = valueIn(snapshot.confirmed, field);
      // To choose what is there already is no change, and need not be sent. To
      // choose what only another pending edit put there is a choice: the other
      // may be undone or refused, and this one stays.
      const isPending = snapshot.pending.some(({ patch }) => Object.hasOwn(fieldsOf(patch), field));
      // And where the store itself is in doubt of the server's value, nothing is sure.
      if (isPending || snapshot.needsRefetch || valueIn(snapshot.user, field) !== value) edit.strong.add(field);
    }
    this.edits.push(edit);
    return edit;
  }

  /** The edit was invalid: it threw. */
  withdrawn(edit) {
    this.edits = this.edits.filter((other) => other !== edit);
  }

  undone(edit, snapshot) {
    for (const [field, value] of Object.entries(edit.fields)) {
      // Somebody else's value, which the person has seen, came after the edit.
      // Without the edit it would be there too: undo leaves it.
      const shown = valueIn(snapshot.user, field);
      if (this.lastChoice(field) === edit && edit.told === 'stored' && shown !== value && shown !== trimmed(value)) edit.keptTheirs.add(field);
      // Of an answer that was lost the store does not know that the server trims: what
      // a read shows looks like somebody else's, and stays.
      if (edit.told !== 'stored' && trimmed(value) !== value) this.loose.set(field, 'a trimmed value of which no answer came');
    }
    edit.fate = 'undone';
  }

  /** No patch removes a name: an undo says so, and the name stays. */
  lossy(field) {
    this.loose.set(field, 'no patch can restore it');
  }

  discarded(edit) {
    edit.fate = 'discarded';
  }

  /** The last choice of a field that is neither refused nor taken back. */
  lastChoice(field) {
    return this.edits.findLast((edit) => edit.fate === 'living' && edit.strong.has(field) && !edit.yielded.has(field));
  }

  mislead() {
    this.misled = true;
    this.misledAt = this.server.latest.seq;
  }

  /** A request was answered as stored, and its tab has heard it. */
  answered({ wanted }) {
    for (const [edit, field] of wanted) edit.answered.add(field);
  }

  /** The tab of a request is gone: somebody has to read before it is sent again. */
  orphaned({ wanted }) {
    for (const [edit, field] of wanted) edit.orphaned.set(field, this.reads);
  }

  /** For each field that is sent, the oldest edit that wants it. Others of the same value may not be in the request. */
  wanting(fields) {
    return Object.entries(fields).flatMap(([field, value]) => {
      const edits = this.edits.filter((edit) => isOpen(edit) && edit.fields[field] === value);
      // Whoever was answered may not have been told yet.
      const edit = edits.find(({ answered }) => !answered.has(field)) ?? edits[0];
      return edit === undefined ? [] : [[edit, field]];
    });
  }

  // What is told.

  /** `confirmed` was resolved: the claim that the edit is stored. */
  toldStored(edit) {
    edit.told ??= 'stored';
    for (const other of this.#followers(edit)) other.told ??= 'stored';
    if (edit.fate !== 'living') return;
    for (const [field, value] of Object.entries(edit.fields)) {
      if (!edit.strong.has(field) || edit.yielded.has(field)) continue;
      const since = this.server.versions.slice(edit.seq);
      const wasHeld = since.some(({ user }) => valueIn(user, field) === trimmed(value));
      // A later choice of the same field takes its place, in one request.
      const wasReplaced = this.edits.some((other) => other.n > edit.n && Object.hasOwn(other.fields, field));
      // One that has another field may wait for that field alone.
      const wasOlderKept = this.edits.some((other) => other.n < edit.n && other.tab === edit.tab && isOpen(other) && !other.yielded.has(field) && other.strong.has(field) && Object.keys(other.fields).every((one) => Object.hasOwn(edit.fields, one)));
      check('never a false report', wasHeld || wasReplaced, () => `edit ${edit.n} was reported as stored, and ${field} never was ${show(value)}`);
      // An older edit of the same field that is still kept would be sent later, over this one.
      // Another tab is told a moment later.
      check('in order', !wasOlderKept, () => `edit ${edit.n} of ${field} was reported as stored before an older one`);
    }
  }

  /** `confirmed` was rejected: nothing more comes of the edit. */
  toldFailed(edit, error) {
    edit.told ??= 'failed';
    if (edit.fate !== 'living') return;
    // Neighbours that are one request are given up as one.
    const isGivenUp = error?.code === 'aborted' && this.edits.some((other) => other.n > edit.n && other.fate === 'discarded' && isSameField(edit, other));
    const isYielded = [...edit.strong].every((field) => edit.yielded.has(field));
    edit.fate = isGivenUp || isYielded ? 'discarded' : 'refused';
    for (const other of this.#followers(edit)) this.toldFailed(other, error);
  }

  /** After a reload the newest of neighbours that are one is all that has a handle. */
  #followers(edit) {
    return this.edits.filter((other) => other.follows === edit && !other.hasHandle && isOpen(other));
  }

  /** Undo of an undo: as if that had never been made. */
  redone(edit) {
    edit.fate = 'living';
    edit.keptTheirs.clear();
    edit.answered.clear();
  }

  // What is shown.

  /**
   * What a page may find at any moment. `isQuiet`: everything that was settled
   * has been told; inside a notification it may be told a moment later.
   */
  look(snapshot, isQuiet) {
    this.#see(snapshot);
    const pending = new Set(snapshot.pending.map(({ id }) => id));
    const conflicts = new Map((snapshot.conflicts ?? []).map((conflict) => [conflict.path, conflict]));
    for (const field of FIELDS) {
      const shown = valueIn(snapshot.user, field);
      if (this.loose.has(field)) continue;
      const choice = this.lastChoice(field);
      const conflict = conflicts.get(pathOf(field));
      if (conflict !== undefined) {
        this.#judgeConflict(field, conflict, shown, choice);
      } else if (choice !== undefined && choice.told === undefined && this.#isHalfStored(choice, field)) {
        if (isQuiet) this.#judgeSettled(field, choice, shown);
      } else if (choice !== undefined && choice.told === undefined) {
        if (!isQuiet && choice.id !== undefined && !pending.has(choice.id)) continue;
        check('never another value', shown === choice.fields[field], () => `${field} shows ${show(shown)}, and the last choice is ${show(choice.fields[field])} (edit ${choice.n})`);
      } else if (isQuiet) {
        this.#judgeSettled(field, choice, shown);
      }
    }
  }

  #judgeSettled(field, choice, shown) {
    const may = this.#settled(field, choice);
    check('never another value', may.has(shown), () => `${field} shows ${show(shown)}, not ${list(may)}`);
  }

  /** An edit of several fields may wait for one that is in conflict; this one was stored meanwhile. */
  #isHalfStored(edit, field) {
    return Object.keys(edit.fields).length > 1 && this.server.versions.some(({ seq, by, fields }) => seq > edit.seq && by === 'ours' && fields[field] === edit.fields[field]);
  }

  /**
   * The values of choices that changed nothing when they were made. Should what
   * they repeated be undone, they may stand or go: nothing was sent for them.
   */
  #repeated(field) {
    return this.edits.filter((edit) => edit.fate === 'living' && Object.hasOwn(edit.fields, field) && !edit.strong.has(field)).map((edit) => trimmed(edit.fields[field]));
  }

  /** What a field may show of which nothing is pending. */
  #settled(field, choice) {
    const { server } = this;
    if (this.misled || (choice?.seq ?? 0) <= this.misledAt) return server.valuesSince(field, 0);
    const value = choice === undefined ? undefined : trimmed(choice.fields[field]);
    // Since the choice was stored: from there on the server's values, and no earlier one.
    const first = choice === undefined ? 0 : server.versions.findIndex(({ seq, user }) => seq >= choice.seq && valueIn(user, field) === value);
    const may = server.valuesSince(field, Math.max(this.floor, first));
    // What was undone is gone, though the server still holds it until the undo is stored.
    for (const edit of this.edits) {
      if (edit.fate !== 'undone' || !Object.hasOwn(edit.fields, field)) continue;
      const undone = trimmed(edit.fields[field]);
      if (undone !== value && !this.#isElse(field, undone, edit)) may.delete(undone);
    }
    if (choice === undefined) {
      for (const edit of this.edits) if (!edit.keptTheirs.has(field)) this.#addBase(may, field, edit);
    } else {
      may.add(value).add(choice.fields[field]);
    }
    for (const repeated of this.#repeated(field)) may.add(repeated);
    return may;
  }

  /** What an undone edit replaced, unless that is another undone edit's. */
  #addBase(may, field, edit) {
    if (edit.fate !== 'undone' || !(field in edit.before)) return;
    // Without the edit, what somebody else wrote meanwhile would be there.
    for (const { by, fields } of this.server.versions.slice(edit.seq + 1)) if (by === 'foreign' && Object.hasOwn(fields, field)) may.add(trimmed(fields[field]));
    // And so would what the server had, though nobody here had seen it.
    for (const base of new Set([edit.before[field], valueIn(this.server.versions[edit.seq].user, field)])) this.#addOne(may, field, base);
  }

  #addOne(may, field, base) {
    const gone = this.edits.find((other) => other.fate === 'undone' && Object.hasOwn(other.fields, field) && trimmed(other.fields[field]) === base);
    if (gone === undefined || this.#isElse(field, base, gone)) may.add(base);
  }

  /** Whether a value that was undone is also somebody else's, an earlier state's, or another choice's: a refused one may be stored by an earlier try. */
  #isElse(field, value, undone) {
    return (
      this.server.versions.some(({ by, fields, user }) => (by === 'start' && valueIn(user, field) === value) || (by !== 'start' && by !== 'ours' && Object.hasOwn(fields, field) && trimmed(fields[field]) === value)) ||
      this.edits.some((edit) => edit !== undone && edit.fate !== 'undone' && Object.hasOwn(edit.fields, field) && trimmed(edit.fields[field]) === value)
    );
  }

  /** A conflict shows mine. Theirs is what the server had, and somebody else wrote it. */
  #judgeConflict(field, { mine = null, theirs = null }, shown, choice) {
    const chose = this.edits.filter((edit) => Object.hasOwn(edit.fields, field));
    // A value that was there already may be held against somebody else's, too, and so
    // may what an undo restores.
    const may = new Set(chose.some(({ fate }) => fate === 'undone') ? [mine] : []);
    for (const edit of chose) if (edit === choice || (edit.fate === 'living' && !edit.strong.has(field))) may.add(edit.fields[field]);
    check('conflicts', may.has(mine), () => `${field}: mine is ${show(mine)}, not ${list(may)}`);
    check('conflicts', shown === mine, () => `${field} is in conflict and shows ${show(shown)}, not mine`);
    // Of an edit whose answer was lost and whose value the server trims nobody can
    // tell the server's value from somebody else's; nor of one that was given up, and
    // stored all the same.
    const isGivenUp = this.edits.some((edit) => edit.fate === 'discarded' && trimmed(edit.fields[field]) === theirs);
    const wrote = this.server.versions.some(({ by, fields }) => by !== 'start' && Object.hasOwn(fields, field) && (by !== 'ours' || trimmed(fields[field]) !== fields[field]));
    check('conflicts', (wrote || isGivenUp) && this.server.valuesSince(field, 0).has(theirs), () => `${field}: nobody wrote theirs, ${show(theirs)}`);
  }

  /** What a tab knows to be stored counts, also while the tab that made the edit is frozen. */
  storedElsewhere({ pending }, tab, reported) {
    const claimed = new Set(pending.map(({ id }) => id));
    for (const edit of this.edits) {
      if (isOpen(edit) && edit.tab !== tab && edit.tab?.isFrozen && !claimed.has(edit.id) && !reported.has(edit.id) && this.#wasStored(edit)) edit.told = 'stored';
    }
  }

  /** An edit that is not stored is pending, or its failure was told. */
  silence(snapshot, tab, reported) {
    const claimed = new Set(snapshot.pending.map(({ id }) => id));
    for (const edit of this.edits) {
      if (!isOpen(edit) || edit.strong.size === 0) continue;
      if ([...edit.strong].every((field) => edit.yielded.has(field))) continue;
      // Its own tab is told a moment later, or when it is thawed.
      if (tab !== undefined && edit.tab !== tab && !claimed.has(edit.id) && (this.#wasStored(edit) || reported.has(edit.id))) continue;
      // A page that comes again finds no promise of what was stored meanwhile.
      if (!edit.hasHandle && !claimed.has(edit.id) && this.#wasStored(edit)) {
        edit.told = 'stored';
        continue;
      }
      // Unsent neighbours of one field may be one: the newest stands for them.
      // Even where the newest was undone on its way: what undo made writes this one.
      const stands = this.edits.find((other) => other.n > edit.n && claimed.has(other.id) && isSameField(edit, other));
      const isRestored = snapshot.pending.some(({ patch }) => [...edit.strong].every((field) => fieldsOf(patch)[field] === edit.fields[field]));
      check('never silent', claimed.has(edit.id) || stands !== undefined || isRestored, () => `edit ${edit.n} is neither pending nor settled`);
      edit.follows = claimed.has(edit.id) ? undefined : stands;
    }
  }

  #wasStored(edit) {
    return [...edit.strong].every((field) =>
      edit.yielded.has(field) ||
      this.server.versions.some(({ seq, user }) => seq >= edit.seq && valueIn(user, field) === trimmed(edit.fields[field])) ||
      this.edits.some((other) => other.n > edit.n && Object.hasOwn(other.fields, field)));
  }

  // What is sent.

  /** A request needs a living edit, and carries nothing that nobody wants. */
  sent(fields, snapshot) {
    if (snapshot !== undefined) this.#see(snapshot);
    check('no needless request', Object.keys(fields).length > 0, 'an empty patch was sent');
    for (const [field, value] of Object.entries(fields)) {
      if (this.loose.has(field)) continue;
      const wanted = this.edits.some((edit) => isOpen(edit) && edit.strong.size > 0 && !edit.yielded.has(field) && edit.fields[field] === value);
      const undone = this.edits.filter((edit) => edit.fate !== 'living' && Object.hasOwn(edit.fields, field));
      const restores =
        undone.length > 0 &&
        (undone.some((edit) => edit.before[field] === value) ||
          this.edits.some((edit) => edit.fate === 'living' && edit.fields[field] === value) ||
          this.server.valuesSince(field, 0).has(value));
      check('no needless request', wanted || restores, () => `${field} was sent as ${show(value)}, which nobody wants`);
    }
    this.#judgeRepetition(fields);
    for (const [field, value] of Object.entries(fields)) this.#judgeOverwriting(field, value);
    const inConflict = (snapshot?.conflicts ?? []).find(({ path }) => Object.keys(fields).some((field) => pathOf(field) === path));
    check('conflicts', inConflict === undefined, () => `${inConflict?.path} was sent while it was in conflict`);
  }

  /** A request that brings nothing which was not answered as stored; and one of a tab that is gone, which nobody has read for. */
  #judgeRepetition(fields) {
    const open = this.wanting(fields);
    // What an undo restores may be what another edit wants.
    const mayRestore = (field) => this.edits.some((edit) => edit.fate !== 'living' && Object.hasOwn(edit.fields, field));
    const isNeeded = open.length < Object.keys(fields).length || open.some(([edit, field]) => !edit.answered.has(field) || mayRestore(field));
    // Another value takes the place of those that were answered.
    for (const edit of this.edits) for (const [field, value] of Object.entries(fields)) if (edit.fields[field] !== value) edit.answered.delete(field);
    check('sent twice', isNeeded, () => `${show(fields)} was sent again, though it was answered as stored`);
    const unread = open.find(([edit, field]) => edit.orphaned.get(field) === this.reads);
    check('sent twice', unread === undefined, () => `${unread[1]} was sent again, and nobody had read whether it was stored`);
  }

  #see({ confirmed }) {
    for (const field of FIELDS) {
      const value = valueIn(confirmed, field);
      if (this.seen.get(field)?.value !== value) this.seen.set(field, { value, at: this.time.now });
    }
  }

  /** An edit that was old when the store saw somebody else's value waits for the person. */
  #judgeOverwriting(field, value) {
    const choice = this.lastChoice(field);
    const seen = this.seen.get(field);
    if (choice === undefined || seen === undefined || value !== choice.fields[field] || choice.insists.has(field) || this.loose.has(field)) return;
    const isTheirs =
      this.server.versions.some(({ seq, by, fields }) => seq > choice.seq && by === 'foreign' && trimmed(fields[field]) === seen.value) &&
      !this.edits.some((edit) => Object.hasOwn(edit.fields, field) && trimmed(edit.fields[field]) === seen.value) &&
      seen.value !== choice.before[field];
    // To choose again what is there is a last word, too.
    const last = this.edits.findLast((edit) => edit.fate === 'living' && edit.fields[field] === value) ?? choice;
    check('conflicts', !isTheirs || seen.at - last.at <= STALE, () => `${field} was sent over somebody else's ${show(seen.value)} by edit ${choice.n}, which was old when that was seen`);
  }

  /** Only the guilty edit is dropped. */
  refused(edit, request) {
    const innocent = Object.keys(request ?? {}).filter((field) => !Object.hasOwn(edit.fields, field));
    check('only the guilty', request !== undefined && innocent.length === 0, () => `edit ${edit.n} was dropped for a request with ${innocent.join(', ') || 'nothing'} in it`);
  }

  // In the end.

  /** Everything was answered, nothing waits: what is shown is what the server has. */
  atRest(snapshot, { isRead }) {
    const { user: stored } = this.server;
    check('at rest', snapshot.pending.length === 0, () => `${snapshot.pending.length} edits are pending`);
    check('at rest', (snapshot.conflicts ?? []).length === 0, 'there are conflicts');
    check('at rest', !snapshot.needsRefetch, 'a read is needed');
    for (const edit of this.edits) {
      const isIdle = edit.strong.size === 0 || [...edit.strong].every((field) => edit.yielded.has(field));
      check('never silent', !isOpen(edit) || isIdle, () => `edit ${edit.n} was never settled`);
    }
    for (const field of FIELDS) {
      const [shown, held] = [valueIn(snapshot.user, field), valueIn(stored, field)];
      // Before a read: of a field that somebody else wrote last, a store that was
      // not told cannot know; nor when it was misled.
      const mayBeBehind = !isRead && (this.misled || this.#lastWriter(field) !== 'ours');
      check('at rest', mayBeBehind || shown === held, () => `${field} shows ${show(shown)}, and the server has ${show(held)}`);
      this.#meant(field, held);
    }
    if (isRead) {
      try {
        assert.deepEqual({ ...snapshot.user, metadata: { ...snapshot.user.metadata } }, { ...stored, metadata: { ...stored.metadata } });
      } catch {
        check('at rest', false, 'what no patch writes is not what the server has');
      }
    }
  }

  /** The server has what the person meant, where nobody else wrote. */
  #meant(field, held) {
    if (this.loose.has(field)) return;
    const choice = this.lastChoice(field);
    const since = choice?.seq ?? 0;
    if (since <= this.misledAt) return;
    const isTouched = this.server.versions.some(({ seq, by, fields }) => seq > since && (by === 'foreign' || by === 'late') && Object.hasOwn(fields, field));
    if (isTouched) return;
    const may = new Set();
    if (choice !== undefined) may.add(trimmed(choice.fields[field]));
    else {
      may.add(valueIn(this.server.versions[0].user, field));
      for (const { by, fields } of this.server.versions) if (by === 'foreign' || by === 'late') if (Object.hasOwn(fields, field)) may.add(trimmed(fields[field]));
      // With an edit nobody wrote after it, what it replaced comes back, as the store knew it.
      for (const edit of this.edits) this.#addBase(may, field, edit);
    }
    for (const repeated of this.#repeated(field)) may.add(repeated);
    // Given up or refused, and yet it may have been stored by an earlier try.
    for (const edit of this.edits) {
      if ((edit.fate === 'refused' || edit.fate === 'discarded') && Object.hasOwn(edit.fields, field)) may.add(trimmed(edit.fields[field]));
    }
    check('as meant', may.has(held), () => `${field} is ${show(held)} on the server, and ${list(may)} was meant`);
  }

  #lastWriter(field) {
    return this.server.versions.findLast(({ by, fields, seq }) => seq === 0 || (by !== undefined && Object.hasOwn(fields, field))).by === 'foreign' ? 'foreign' : this.#wroteLate(field) ? 'late' : 'ours';
  }

  #wroteLate(field) {
    return this.server.versions.some(({ by, fields }) => by === 'late' && Object.hasOwn(fields, field));
  }
}

function isSameField(edit, other) {
  const [[field, ...more], [same, ...others]] = [edit, other].map(({ fields }) => Object.keys(fields));
  return field === same && more.length === 0 && others.length === 0;
}

/** Living, and not settled as far as anybody was told. */
export function isOpen(edit) {
  return edit.fate === 'living' && edit.told === undefined;
}

/** A message is made where it is needed: there are millions of looks. */
export function check(promise, holds, message) {
  if (!holds) throw new Violation(promise, typeof message === 'function' ? message() : message);
}
