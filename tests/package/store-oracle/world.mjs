// One page, one person, one server. A script is a list of steps, each a line of
// words; what cannot be done at that moment does nothing, so that any part of a
// script is a script. A step that ends with `&` goes on in the same turn.

import { FIELDS, fieldsOf, pathOf, valueIn } from './fields.mjs';
import { ANSWERS, Network, REFUSALS } from './network.mjs';
import { Oracle, Violation, check, isOpen } from './oracle.mjs';
import { Server } from './server.mjs';
import { VirtualTime } from './time.mjs';

export const USER_ID = 'palm_usr_1a2b3c4d5e6f7g8h';
/** More steps than any chain of promises has: cheaper than a turn of the event loop. */
const TICKS = 32;
/** More than any way to rest takes. */
const ROUNDS = 400;

let underWay;

/**
 * What nobody could catch fails the schedule under way. For a process of its own:
 * the test runner's listeners, which would end the test, are put aside.
 */
export function catchSurprises() {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.removeAllListeners(event);
    process.on(event, (error) => underWay?.surprise(error));
  }
  // Where the store leaves what a listener or onError throws.
  console.error = (error) => underWay?.logged(error);
}

/** Runs one script to its end and to rest; throws a `Violation` where a promise is broken. */
export async function run(script, open, options) {
  const world = (underWay = new World(open, options));
  try {
    for (const line of script) {
      const done = world.step(line);
      if (done !== undefined) await done;
    }
    await world.rest();
    return world;
  } catch (error) {
    if (error instanceof Violation) throw error;
    throw new Violation('no surprise', error?.stack ?? String(error));
  } finally {
    world.end();
  }
}

export class World {
  time = new VirtualTime();
  handles = new Map();
  /** Calls of `onError` since the last look. */
  reports = [];
  /** What undo made, by the edit that it took back. */
  undos = new Map();
  captured = [];
  /** Reads that ended, and that the store may not have heard of. */
  answered = [];
  /** Requests that were answered as stored in this turn: a page that goes does not hear of it. */
  stored = [];
  /** A listener that misbehaves, and an `onError` that does. */
  listener = undefined;
  onErrorFault = undefined;
  /** The failure that was told last, until something goes well or the person resumes. */
  paused = undefined;
  /** What a listener and onError threw, and was not logged yet. */
  thrown = 0;
  isClosed = false;
  /** Lines that did something. */
  steps = 0;
  #open;
  #fault;
  #depth = 0;

  constructor(open, { start, hasRead = true } = {}) {
    this.server = new Server(start);
    this.oracle = new Oracle(this.server, this.time);
    this.#open = open;
    this.hasRead = hasRead;
    this.network = new Network(this.server, {
      onSend: (userId, request) => this.#guard(() => this.#sent(userId, request)),
      onRead: (userId, read) => this.#guard(() => {
        check('no other user', userId === USER_ID, () => `read ${userId}`);
        read.isAlone = this.network.requests.length === 0;
        this.lastRead = read;
      }),
      onStored: (request) => void this.stored.push(request),
      onReadAnswered: (read, seq) => {
        this.oracle.reads += 1;
        read.seq = seq;
        this.answered.push(read);
        this.paused = undefined;
      },
    });
    this.#start({ user: this.server.user });
  }

  #start(options) {
    this.isClosed = false;
    this.page = {};
    this.fields = new Map();
    this.paused = undefined;
    const { page } = this;
    this.subject = this.#open({
      userId: USER_ID,
      send: (...args) => this.network.send(...args),
      ...(this.hasRead ? { read: (...args) => this.network.read(...args) } : {}),
      onError: (error, edit) => this.#toldError(page, error, edit),
      time: this.time,
      ...options,
    });
    this.subject.subscribe(() => {
      if (page === this.page) this.#notified();
    });
  }

  // What happens.

  /** A promise, unless the next step belongs to the same turn. */
  step(line) {
    const words = line.split(' ');
    const isJoined = words.at(-1) === '&';
    if (isJoined) words.pop();
    const [verb, ...rest] = words;
    const act = this[`do_${verb.replaceAll('-', '_')}`];
    if (act === undefined) throw new TypeError(`there is no step ${verb}`);
    const done = this.#guard(() => act.call(this, ...rest));
    if (done !== false) this.steps += 1;
    const next = () => (isJoined ? undefined : this.settle());
    return done instanceof Promise ? done.then(next) : next();
  }

  /** Until every promise that is settled has been told, and then a look. */
  settle = async () => {
    for (let tick = 0; tick < TICKS; tick++) await undefined;
    this.#throwFault();
    check('no surprise', this.thrown === 0, () => `${this.thrown} errors of the page's own were not logged once`);
    if (this.isClosed) return;
    const { oracle } = this;
    for (const request of this.stored.splice(0)) oracle.answered(request);
    for (const { seq, isAlone, wasJoined } of this.answered.splice(0)) {
      // Only of a read with no write beside it is it known what it has seen. The
      // store has heard of it by now.
      if (!isAlone || wasJoined) continue;
      oracle.floor = Math.max(oracle.floor, seq);
      oracle.misled = false;
    }
    const { snapshot } = this.subject;
    this.#judgeReports();
    oracle.look(snapshot, true);
    oracle.silence(snapshot);
    this.#lookAtFields(snapshot);
  };

  /** What a form is told of a field is what the snapshot says, and the same object until something changes. */
  #lookAtFields({ user, confirmed, pending }) {
    if (this.subject.field === undefined) return;
    for (const field of FIELDS) {
      const state = this.subject.field(pathOf(field));
      const isPending = pending.some(({ patch }) => Object.hasOwn(fieldsOf(patch), field));
      const says = state.value === (valueIn(user, field) ?? undefined) && state.confirmed === (valueIn(confirmed, field) ?? undefined);
      check('fields', says, () => `${field} says ${JSON.stringify(state)}, the snapshot something else`);
      check('fields', isPending || !state.isPending, () => `${field} says that it is pending`);
      const last = this.fields.get(field);
      const isSame = last !== undefined && last.value === state.value && last.confirmed === state.confirmed && last.isPending === state.isPending && last.error === state.error;
      check('fields', !isSame || last === state, () => `${field} changed, and nothing of it did`);
      this.fields.set(field, state);
    }
  }

  do_edit(...pairs) {
    const options = pairs.at(-1)?.startsWith('debounce:') ? { debounceMs: Number(pairs.pop().slice(9)) } : undefined;
    return this.edit(parse(pairs), options);
  }

  /** A form is saved: what it shows already is not chosen again. */
  do_save(...pairs) {
    if (this.isClosed) return false;
    const { user } = this.subject.snapshot;
    const values = parse(pairs);
    const changes = Object.fromEntries(Object.entries(values).filter(([field, value]) => valueIn(user, field) !== value));
    if (Object.keys(changes).length > 0) this.edit(changes, () => this.subject.editTo(values));
    else check('no needless request', this.subject.editTo(values) === undefined, 'editTo made an edit of nothing');
  }

  edit(fields, options) {
    if (this.isClosed) return false;
    const { oracle, subject } = this;
    const edit = oracle.made(fields, subject.snapshot, this.time.now);
    let handle;
    try {
      handle = typeof options === 'function' ? options() : subject.edit(fields, options);
    } catch (error) {
      oracle.withdrawn(edit);
      throw error;
    }
    edit.id = handle.id;
    this.#watch(edit, handle);
  }

  do_undo(index) {
    const { oracle, subject } = this;
    if (this.isClosed || oracle.edits.length === 0) return false;
    const edit = oracle.edits[Number(index) % oracle.edits.length];
    const handle = this.handles.get(edit);
    if (handle === undefined) return false;
    if (edit.fate === 'living') oracle.undone(edit, subject.snapshot);
    const { edit: restoration, lossy = [] } = handle.undo() ?? {};
    for (const pointer of lossy) oracle.lossy(FIELDS.find((field) => `/${pathOf(field).replace('.', '/')}` === pointer));
    if (restoration === undefined) return;
    this.undos.set(edit, restoration);
    const { page } = this;
    restoration.confirmed.then(undefined, () => page === this.page && this.undos.get(edit) === restoration && this.#loosen(Object.keys(edit.fields)));
  }

  /** Takes an undo back. */
  do_redo(index) {
    const undone = [...this.undos.keys()];
    if (this.isClosed || undone.length === 0) return false;
    const edit = undone[Number(index) % undone.length];
    const restoration = this.undos.get(edit);
    this.undos.delete(edit);
    this.oracle.redone(edit);
    const { edit: again, lossy = [] } = restoration.undo();
    for (const pointer of lossy) this.oracle.lossy(FIELDS.find((field) => `/${pathOf(field).replace('.', '/')}` === pointer));
    const { page } = this;
    again?.confirmed.then(undefined, () => page === this.page && this.#loosen(Object.keys(edit.fields)));
  }

  do_discard(index) {
    if (this.isClosed) return false;
    const { pending } = this.subject.snapshot;
    if (pending.length === 0) return false;
    const { id, patch } = pending[Number(index) % pending.length];
    const edit = this.oracle.edits.find((other) => other.id === id) ?? this.oracle.edits.find((other) => other.id === undefined);
    // What an undo had made: the undo is given up, and nobody knows how far it came.
    if (edit === undefined) this.#loosen(Object.keys(fieldsOf(patch)));
    else if (edit.fate === 'living') this.oracle.discarded(edit);
    // It may have carried what an undo was to bring back.
    this.#loosen(Object.keys(fieldsOf(patch)).filter((field) => this.oracle.edits.some((other) => other.fate === 'undone' && Object.hasOwn(other.fields, field))));
    this.subject.discard(id);
  }

  do_resolve(index, choice) {
    const conflicts = this.isClosed ? [] : (this.subject.snapshot.conflicts ?? []);
    if (conflicts.length === 0) return false;
    const { path, resolve } = conflicts[Number(index) % conflicts.length];
    const field = FIELDS.find((one) => pathOf(one) === path);
    const chosen = this.oracle.lastChoice(field);
    if (choice === 'mine') chosen?.insists.add(field);
    if (choice === 'theirs') for (const edit of this.oracle.edits) if (isOpen(edit)) edit.yielded.add(field);
    resolve(choice);
  }


  do_answer(kind) {
    if (ANSWERS[kind].fails === undefined || REFUSALS.includes(kind)) this.paused = undefined;
    return this.network.answer(kind);
  }

  do_process = () => this.network.process();
  do_arrive = () => this.network.arrive();
  do_read = (kind) => this.network.answerRead(kind);
  do_foreign = (...pairs) => void this.server.write(parse(pairs), 'foreign');
  do_enrich = () => void this.server.enrich();
  do_clock = (mode) => void (this.server.clock = mode);
  do_deaf = (yes) => void (this.network.deaf = yes === 'yes');

  do_push() {
    return this.receive(this.server.latest);
  }

  /** The page reads by itself, beside the store. */
  do_look() {
    this.captured.push(this.server.latest);
  }

  do_hand(index) {
    return this.captured.length > 0 && this.receive(this.captured[Number(index) % this.captured.length]);
  }

  receive(version) {
    if (this.isClosed) return false;
    const { oracle, server } = this;
    // A read that is under way may be older than what is handed in, or newer: with the
    // same time nobody knows.
    for (const read of [...this.network.reads, ...this.answered]) read.wasJoined = true;
    // An older user with a later time: nobody can tell it from a change.
    if (server.versions.some(({ seq, time }) => seq > version.seq && time < version.time)) oracle.mislead();
    this.subject.receive(version.user);
  }

  do_refetch() {
    if (this.isClosed || !this.hasRead) return false;
    this.subject.refetch().catch(() => undefined);
  }

  do_pause = () => !this.isClosed && void this.subject.pause();

  do_resume() {
    if (this.isClosed) return false;
    this.paused = undefined;
    this.subject.resume();
  }


  do_flush = () => !this.isClosed && void this.subject.flush().catch(() => undefined);

  async do_wait(ms) {
    // In one turn with an answer, time may be up before that is heard.
    this.stored = [];
    await this.time.advance(Number(ms), this.settle);
  }

  do_event = (type) => this.time.fire(type);
  /** `listener sending undo 0`: what it does, and that it waits until something is being sent. */
  do_listener = (...what) => void (this.listener = what[0] === 'well' ? undefined : { what, times: 2 });
  do_onerror = (what) => void (this.onErrorFault = what === 'well' ? undefined : what);

  /** The page goes and comes again, with the user as it is now, or as the page had it (`cached`). */
  do_reload(what) {
    const state = JSON.parse(JSON.stringify(this.isClosed ? this.state : this.subject.state()));
    const user = what === 'cached' ? this.subject.snapshot.confirmed : this.server.user;
    this.#leave();
    if (what !== 'cached') {
      this.oracle.floor = this.server.latest.seq;
      this.oracle.misled = false;
    }
    this.#start({ state, user });
    for (const handle of this.subject.handles()) {
      const edit = this.oracle.edits.find(({ id }) => id === handle.id);
      if (edit !== undefined) this.#watch(edit, handle);
    }
  }

  async do_close() {
    if (this.isClosed) return false;
    this.stored = [];
    this.state = JSON.parse(JSON.stringify(this.subject.state()));
    // Its rejections are told to a page that goes.
    this.page = undefined;
    this.subject.close();
    this.isClosed = true;
    this.listener = undefined;
    const underWay = this.network.deaf ? 0 : this.network.requests.length + this.network.reads.length;
    check('close', this.time.timers === 0, () => `${this.time.timers} timers are left`);
    check('close', this.time.listeners === 0, () => `${this.time.listeners} listeners are left`);
    check('close', underWay === 0, () => `${underWay} requests are left`);
  }

  #leave() {
    this.page = undefined;
    this.stored = [];
    for (const edit of this.oracle.edits) edit.hasHandle = false;
    this.handles.clear();
    this.undos.clear();
    this.network.abandon();
    if (!this.isClosed) this.subject.leave();
    this.isClosed = true;
  }

  // What the store does and says.

  #sent(userId, request) {
    check('close', !this.isClosed, 'a closed store sent');
    check('no other user', userId === USER_ID, () => `a patch went to ${userId}`);
    request.wanted = this.oracle.wanting(request.fields);
    check('one at a time', this.network.deaf || this.network.requests.length === 0, 'two requests are under way');
    for (const read of [...this.network.reads, ...this.answered]) read.wasJoined = true;
    this.oracle.sent(request.fields, this.subject?.snapshot);
  }

  #notified() {
    this.#guard(() => {
      check('close', !this.isClosed, 'a closed store told a listener');
      this.oracle.look(this.subject.snapshot, false);
    });
    if (this.listener === undefined || this.#depth > 0) return;
    const [when, ...then] = this.listener.what;
    const isSending = when === 'sending';
    if (isSending && !this.subject.snapshot.pending.some(({ status }) => status === 'sending')) return;
    if (this.listener.times-- <= 0) return;
    const [what, ...rest] = isSending ? then : [when, ...then];
    this.#depth += 1;
    try {
      if (what === 'throws') {
        this.thrown += 1;
        throw new Error('from a listener');
      }
      this.#guard(() => this[`do_${what}`](...rest));
    } finally {
      this.#depth -= 1;
    }
  }

  #toldError(page, error, { id, patch }) {
    if (page !== this.page) return;
    this.reports.push({ id, error, patch });
    if (this.onErrorFault !== undefined) this.thrown += 1;
    if (this.onErrorFault === 'throws') throw new Error('from onError');
    if (this.onErrorFault === 'rejects') return Promise.reject(new Error('from onError'));
  }

  /** Of an edit that was dropped: once, with the error that its promise has. Of a pause: once. */
  #judgeReports() {
    const { edits } = this.oracle;
    const settled = edits.filter(({ fate, error, isJudged }) => fate === 'refused' && error !== undefined && !isJudged);
    for (const edit of settled) {
      edit.isJudged = true;
      const count = this.reports.filter(({ id, error }) => id === edit.id && error === edit.error).length;
      // Neighbours that went as one are told as one.
      const isTold = this.reports.some(({ error }) => error === edit.error);
      check('told once', count === 1 || (count === 0 && isTold), () => `the end of edit ${edit.n} was told ${count} times`);
    }
    const others = this.reports.filter(({ id, error }) => !edits.some((edit) => edit.id === id && edit.error === error));
    const isPending = ({ id }) => this.subject.snapshot.pending.some((edit) => edit.id === id);
    const pauses = others.filter(isPending);
    for (const report of others) if (!isPending(report)) this.paused = undefined;
    check('told once', pauses.length <= 1, 'one failure was told twice');
    for (const { error } of pauses) {
      // Tries of the store's own that end as the one before are not news.
      const kind = `${error.code} ${error.status}`;
      check('told once', kind !== this.paused, () => `${kind} was told again`);
      this.paused = kind;
    }
    // What undo had made was refused: the undo failed, and that was told.
    for (const report of others) {
      if (!isPending(report) && !edits.some(({ id }) => id === report.id)) this.#loosen(Object.keys(fieldsOf(report.patch)));
    }
    this.reports = [];
  }

  #watch(edit, handle) {
    const { page } = this;
    this.handles.set(edit, handle);
    edit.hasHandle = true;
    handle.confirmed.then(
      () => this.#guard(() => this.oracle.toldStored(edit)),
      (error) => this.#guard(() => {
        // A page that goes leaves its edits behind; they wait in its state.
        if (page !== this.page && error?.code === 'aborted') return;
        const wasLiving = edit.fate === 'living';
        edit.error = error;
        this.oracle.toldFailed(edit, error);
        if (!wasLiving || edit.fate !== 'refused') return;
        this.oracle.refused(edit, this.network.refused);
      }),
    );
  }

  #loosen(fields) {
    for (const field of fields) this.oracle.loose.set(field, 'what an undo had sent was refused or given up');
  }

  // The end.

  /** The network is well, everybody answers, time goes by: then everything must be right. */
  async rest() {
    if (this.isClosed) this.do_reload();
    this.listener = undefined;
    this.onErrorFault = undefined;
    this.network.deaf = false;
    this.server.clock = 'forward';
    this.time.fire('online');
    await this.#calm();
    this.oracle.atRest(this.subject.snapshot, { isRead: false });
    if (!this.hasRead) return;
    this.#guard(() => this.do_refetch());
    await this.settle();
    await this.#calm();
    this.oracle.atRest(this.subject.snapshot, { isRead: true });
    await this.step('close');
    await this.time.advance(86_400_000, this.settle);
    // Rejections that nobody handles are told at the end of a turn.
    await turn();
    this.#throwFault();
  }

  async #calm() {
    const { network, time } = this;
    for (let round = 0; round < ROUNDS; round++) {
      await this.settle();
      const { snapshot } = this.subject;
      if (network.requests.length > 0) this.do_answer('stored');
      else if (network.reads.length > 0) network.answerRead('now');
      else if ((snapshot.conflicts ?? []).length > 0) this.#guard(() => this.do_resolve(0, 'mine'));
      else if (snapshot.pending.length > 0 && snapshot.paused && time.nextTimer === undefined) this.do_resume();
      else if (time.nextTimer !== undefined && time.nextTimer - time.now < 3_600_000) await time.advance(time.nextTimer - time.now, this.settle);
      else if (snapshot.paused) this.do_resume();
      else if (snapshot.needsRefetch && this.subject.mustBeAsked) this.do_refetch();
      else return;
    }
    throw new Violation('at rest', `it does not come to rest: ${JSON.stringify(this.subject.snapshot.pending)}`);
  }

  end() {
    this.page = undefined;
  }

  #guard(run) {
    try {
      const result = run();
      return result instanceof Promise ? result.catch((error) => this.#hold(error)) : result;
    } catch (error) {
      this.#hold(error);
    }
  }

  #hold(error) {
    this.#fault ??= error instanceof Violation ? error : new Violation('no surprise', error?.stack ?? String(error));
  }

  logged(error) {
    if (error?.message?.startsWith('from ')) this.thrown -= 1;
    else this.surprise(error);
  }

  /** What was thrown where nobody could catch it. */
  surprise(error) {
    this.#hold(new Violation('no surprise', error?.stack ?? String(error)));
  }

  #throwFault() {
    if (this.#fault !== undefined) throw this.#fault;
  }
}

export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** `a=1 b=- name=Ada_` as fields: `-` is null, `_` a space. */
export function parse(pairs) {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf('=');
    const value = pair.slice(at + 1);
    return [pair.slice(0, at), value === '-' ? null : value.replaceAll('_', ' ')];
  }));
}
