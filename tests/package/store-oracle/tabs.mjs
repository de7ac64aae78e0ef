// Several tabs, one person, one server. What a person does is done in one tab, and all the
// others have to show it; a script says which tab, and what becomes of the tabs.

import { Browser } from './browser.mjs';
import { FIELDS, fieldsOf, pathOf, valueIn } from './fields.mjs';
import { ANSWERS, Network, REFUSALS } from './network.mjs';
import { Oracle, Violation, check, isOpen } from './oracle.mjs';
import { Server } from './server.mjs';
import { VirtualTime } from './time.mjs';
import { USER_ID, parse } from './world.mjs';

const TICKS = 24;
const ROUNDS = 600;

/** The first line of a script whose browser has no BroadcastChannel. */
export const WITHOUT_CHANNEL = 'without channel';

let underWay;

export function catchSurprises() {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.removeAllListeners(event);
    process.on(event, (error) => underWay?.hold(error));
  }
  console.error = (error) => underWay?.hold(error instanceof Error ? error : new Error(String(error)));
}

/** Runs one script to its end and to rest; throws a `Violation` where a promise is broken. */
export async function run(script, open) {
  const world = (underWay = new Tabs(open));
  world.browser.hasChannel = script[0] !== WITHOUT_CHANNEL;
  try {
    await world.start();
    for (const line of script) await world.step(line);
    await world.rest();
    return world;
  } catch (error) {
    if (error instanceof Violation) throw error;
    throw new Violation('no surprise', error?.stack ?? String(error));
  }
}

class Tabs {
  time = new VirtualTime();
  browser = new Browser(this.time);
  tabs = [];
  steps = 0;
  /** Edits whose failure was told in some tab. */
  reported = new Set();
  #open;
  #fault;

  constructor(open) {
    this.#open = open;
    this.server = new Server();
    this.oracle = new Oracle(this.server, this.time);
    this.network = new Network(this.server, {
      onSend: (userId, request) => this.#guard(() => this.#sent(userId, request)),
      onRead: (userId, read) => this.#guard(() => {
        check('no other user', userId === USER_ID, () => `read ${userId}`);
        read.tab = this.browser.owner;
        read.isAlone = this.network.requests.length === 0;
      }),
      onStored: (request) => this.oracle.answered(request),
      onReadAnswered: (read, seq) => {
        this.oracle.reads += 1;
        read.seq = seq;
        read.tab.answered.push(read);
        read.tab.paused = undefined;
      },
    });
  }

  async start() {
    for (const _ of [1, 2]) await this.#openTab(this.server.user);
  }

  get live() {
    return this.tabs.filter(({ isDead }) => !isDead);
  }

  get running() {
    return this.live.filter(({ isFrozen }) => !isFrozen);
  }

  // What happens.

  async step(line) {
    const words = line.split(' ');
    const isJoined = words.at(-1) === '&';
    if (isJoined) words.pop();
    const [verb, ...rest] = words;
    const done = await this[`do_${verb}`](...rest);
    if (done !== false) this.steps += 1;
    if (!isJoined) await this.settle();
  }

  /** Takes what there is, one after the other, until nothing is left; and then looks at every tab. */
  settle = async () => {
    await this.#drain();
    this.#lookAtAll();
    // What the tabs wait for until they have heard of each other.
    await this.time.advance(10, () => this.#drain());
    this.#lookAtAll();
  };

  #lookAtAll() {
    // What one tab tells counts for all.
    for (const tab of this.running) this.#judgeReports(tab, tab.subject.snapshot);
    for (const tab of this.running) this.oracle.storedElsewhere(tab.subject.snapshot, tab, this.reported);
    for (const tab of this.running) this.#lookAt(tab);
  }

  async #drain() {
    for (let count = 0; ; count++) {
      for (let tick = 0; tick < TICKS; tick++) await undefined;
      this.#throwFault();
      if (count > 5_000) throw new Violation('at rest', 'the tabs do not stop talking');
      const event = this.browser.take();
      if (event === undefined) return;
      this.browser.owner = event.tab;
      event.run();
    }
  }

  /** Runs code of a tab. */
  #in(tab, act) {
    this.browser.owner = tab;
    return this.#guard(act);
  }

  #running(index) {
    const { running } = this;
    return running.length === 0 ? undefined : running[Number(index) % running.length];
  }

  async do_edit(index, ...pairs) {
    const options = pairs.at(-1)?.startsWith('debounce:') ? { debounceMs: Number(pairs.pop().slice(9)) } : undefined;
    const tab = await this.#turnTo(index);
    if (tab === undefined) return false;
    const edit = this.oracle.made(parse(pairs), tab.subject.snapshot, this.time.now);
    const handle = this.#in(tab, () => tab.subject.edit(parse(pairs), options));
    edit.id = handle.id;
    this.#watch(tab, edit, handle);
  }

  /** Nobody is quicker in another tab than the tabs hear of each other. */
  async #turnTo(index) {
    const tab = this.#running(index);
    if (tab !== undefined && this.browser.owner !== tab) await this.#drain();
    return tab?.isDead || tab?.isFrozen ? undefined : tab;
  }

  async do_undo(index, which) {
    const tab = await this.#turnTo(index);
    const { oracle } = this;
    if (tab === undefined || oracle.edits.length === 0) return false;
    const edit = oracle.edits[Number(which) % oracle.edits.length];
    const handle = tab.subject.handles().find(({ id }) => id === edit.id);
    if (handle === undefined) return false;
    if (edit.fate === 'living') oracle.undone(edit, tab.subject.snapshot);
    const { edit: restoration, lossy = [] } = this.#in(tab, () => handle.undo()) ?? {};
    for (const pointer of lossy) oracle.lossy(FIELDS.find((field) => `/${pathOf(field).replace('.', '/')}` === pointer));
    restoration?.confirmed.then(undefined, () => !tab.isDead && this.#loosen(Object.keys(edit.fields)));
  }

  async do_discard(index, which) {
    const tab = await this.#turnTo(index);
    const pending = tab?.subject.snapshot.pending ?? [];
    if (pending.length === 0) return false;
    const { id, patch } = pending[Number(which) % pending.length];
    const edit = this.oracle.edits.find((other) => other.id === id);
    if (edit === undefined) this.#loosen(Object.keys(fieldsOf(patch)));
    else if (edit.fate === 'living') this.oracle.discarded(edit);
    this.#loosen(Object.keys(fieldsOf(patch)).filter((field) => this.oracle.edits.some((other) => other.fate === 'undone' && Object.hasOwn(other.fields, field))));
    this.#in(tab, () => tab.subject.discard(id));
  }

  async do_resolve(index, which, choice) {
    const tab = await this.#turnTo(index);
    const conflicts = tab?.subject.snapshot.conflicts ?? [];
    if (conflicts.length === 0) return false;
    const { path, resolve } = conflicts[Number(which) % conflicts.length];
    const field = FIELDS.find((one) => pathOf(one) === path);
    if (choice === 'mine') this.oracle.lastChoice(field)?.insists.add(field);
    else for (const edit of this.oracle.edits) if (isOpen(edit)) edit.yielded.add(field);
    this.#in(tab, () => resolve(choice));
  }

  async do_answer(kind) {
    const tab = this.network.requests[0]?.tab;
    if (tab === undefined || tab.isFrozen) return false;
    await this.#drain();
    if (ANSWERS[kind].fails === undefined || REFUSALS.includes(kind)) for (const other of this.tabs) other.paused = undefined;
    this.browser.owner = tab;
    return this.network.answer(kind);
  }

  async do_read(kind) {
    const tab = this.network.reads[0]?.tab;
    if (tab === undefined || tab.isFrozen) return false;
    await this.#drain();
    this.browser.owner = tab;
    return this.network.answerRead(kind);
  }

  do_without = () => false;
  do_process = () => this.network.process();
  do_arrive = () => this.network.arrive();
  do_foreign = (...pairs) => void this.server.write(parse(pairs), 'foreign');

  async do_push(index) {
    const tab = await this.#turnTo(index);
    if (tab === undefined) return false;
    for (const read of [...this.network.reads, ...tab.answered]) read.wasJoined = true;
    this.#in(tab, () => tab.subject.receive(this.server.user));
  }

  async do_refetch(index) {
    const tab = await this.#turnTo(index);
    return tab !== undefined && void this.#in(tab, () => void tab.subject.refetch().catch(() => undefined));
  }

  async do_pause(index) {
    const tab = await this.#turnTo(index);
    return tab !== undefined && void this.#in(tab, () => tab.subject.pause());
  }

  async do_resume(index) {
    const tab = await this.#turnTo(index);
    if (tab === undefined) return false;
    for (const other of this.tabs) other.paused = undefined;
    this.#in(tab, () => tab.subject.resume());
  }

  async do_flush(index) {
    const tab = await this.#turnTo(index);
    return tab !== undefined && void this.#in(tab, () => void tab.subject.flush());
  }

  async do_wait(ms) {
    await this.#drain();
    await this.time.advance(Number(ms), this.settle);
  }

  /** A new tab, with the user as it is now. */
  async do_open() {
    if (this.live.length >= 3) return false;
    await this.#openTab(this.server.user);
  }

  /** The process of a tab ends, whatever it was doing. */
  async do_kill(index) {
    const { live } = this;
    if (live.length === 0) return false;
    await this.#drain();
    const tab = live[Number(index) % live.length];
    this.#orphan(tab);
    await this.#kill(tab);
  }

  async do_close(index) {
    const tab = await this.#turnTo(index);
    if (tab === undefined) return false;
    tab.page = undefined;
    this.#orphan(tab);
    this.#in(tab, () => tab.subject.close());
    await this.#kill(tab);
  }

  /** The page goes, and comes again: with the user as it is now, or as the page had it. */
  async do_reload(index, what) {
    const tab = await this.#turnTo(index);
    if (tab === undefined) return false;
    const { confirmed, needsRefetch } = tab.subject.snapshot;
    // Without a channel, a tab that is behind has only some fields as new as its time.
    const isCached = what === 'cached' && (this.browser.hasChannel || !needsRefetch);
    const user = isCached ? confirmed : this.server.user;
    this.#orphan(tab);
    await this.#kill(tab);
    await this.#openTab(user);
  }

  /** Nothing runs in a tab until it is thawed: timers, messages, answers. A tab with a lock is not frozen. */
  async do_freeze(index) {
    const tab = await this.#turnTo(index);
    if (tab === undefined || this.browser.holds(tab) || this.network.requests.some((request) => request.tab === tab)) return false;
    tab.isFrozen = true;
    this.browser.grant();
  }

  /** The same, for a page that is kept for the way back: it hears no messages either. */
  async do_leave(index) {
    const tab = await this.#turnTo(index);
    if (tab === undefined || this.browser.holds(tab) || this.network.requests.some((request) => request.tab === tab)) return false;
    this.#in(tab, () => this.time.fire('pagehide', { persisted: true }, tab));
    await this.#drain();
    if (!this.browser.holds(tab)) {
      tab.isFrozen = tab.isKept = true;
      this.browser.grant();
    } else this.#in(tab, () => this.time.fire('pageshow', { persisted: true }, tab));
  }

  async do_back() {
    await this.#drain();
    const tab = this.live.find(({ isFrozen }) => isFrozen);
    if (tab === undefined) return false;
    tab.isFrozen = false;
    this.browser.owner = tab;
    if (tab.isKept) this.time.fire('pageshow', { persisted: true }, tab);
    else this.time.fire('visibilitychange', {}, tab);
    tab.isKept = false;
    this.browser.grant();
  }

  // Tabs.

  async #openTab(user) {
    await this.#drain();
    const tab = { answered: [], reports: [], fields: new Map(), seen: new Map(), floor: this.server.latest.seq, isDead: false, isFrozen: false, paused: undefined, number: this.tabs.length };
    tab.page = tab;
    if (user !== this.server.user) tab.floor = this.server.versions.findIndex((version) => version.user.updated_at === user.updated_at);
    this.tabs.push(tab);
    this.browser.tabs.push(tab);
    this.browser.owner = tab;
    tab.subject = this.#open({
      userId: USER_ID,
      user,
      send: (...args) => this.#as(tab, this.network.requests, () => this.network.send(...args)),
      read: (...args) => this.#as(tab, this.network.reads, () => this.network.read(...args)),
      onError: (error, edit) => {
        if (tab.page === undefined) return;
        // A pause is told of an edit that stays.
        const isPending = tab.subject?.snapshot.pending.some(({ id }) => id === edit.id);
        if (isPending !== true) this.reported.add(edit.id);
        tab.reports.push({ id: edit.id, error, patch: edit.patch });
      },
      time: this.time,
      storage: this.browser.storageOf(tab),
    });
    tab.subject.subscribe(() => this.#guard(() => {
      // What another tab has done may be on its way.
      if (tab.page === undefined || tab.isDead || this.browser.events.some((event) => event.tab === tab)) return;
      this.#focus(tab);
      this.oracle.look(tab.subject.snapshot, false);
    }));
    await this.#drain();
  }

  /** Notes whose request it is. */
  #as(tab, list, call) {
    check('close', !tab.isDead, 'a dead tab sent');
    const promise = call();
    const made = list === this.network.requests ? this.network.requests.at(-1) : this.network.reads.at(-1);
    if (made !== undefined) made.tab ??= tab;
    return promise;
  }

  /** Nobody will know what became of the request of a tab that goes. */
  #orphan(tab) {
    for (const request of this.network.requests) if (request.tab === tab) this.oracle.orphaned(request);
  }

  async #kill(tab) {
    this.browser.kill(tab);
    tab.page = undefined;
    for (const edit of this.oracle.edits) if (edit.tab === tab) edit.hasHandle = false;
    const { network } = this;
    const left = network.requests.filter((request) => request.tab === tab);
    // Nobody hears the answers.
    for (const call of [...left, ...network.late, ...network.reads]) if (call.tab === tab) call.resolve = call.reject = () => undefined;
    network.late.push(...left);
    network.requests = network.requests.filter((request) => request.tab !== tab);
    network.reads = network.reads.filter((read) => read.tab !== tab);
    await this.#drain();
  }

  // What is shown and told.

  #focus(tab) {
    this.oracle.floor = tab.floor;
    this.oracle.seen = tab.seen;
  }

  #lookAt(tab) {
    for (const { seq, isAlone, wasJoined } of tab.answered.splice(0)) if (isAlone && !wasJoined) tab.floor = Math.max(tab.floor, seq);
    this.#focus(tab);
    const { snapshot } = tab.subject;
    this.#labelled(tab, () => {
      this.oracle.look(snapshot, true);
      this.oracle.silence(snapshot, tab, this.reported);
    });
    // Edits of tabs that are gone: their handles are in the others.
    for (const handle of tab.subject.handles()) {
      const edit = this.oracle.edits.find(({ id, hasHandle }) => id === handle.id && hasHandle === false);
      if (edit !== undefined) this.#watch(tab, edit, handle);
    }
    for (const field of FIELDS) {
      const state = tab.subject.field(pathOf(field));
      check('fields', state.value === (valueIn(snapshot.user, field) ?? undefined), () => `${field} says ${JSON.stringify(state)}, the snapshot something else`);
      const last = tab.fields.get(field);
      const isSame = last !== undefined && last.value === state.value && last.confirmed === state.confirmed && last.isPending === state.isPending && last.error === state.error;
      check('fields', !isSame || last === state, () => `${field} changed, and nothing of it did`);
      tab.fields.set(field, state);
    }
  }

  /** One failure is told once in a tab; and an edit's end in the tab that made it. */
  #judgeReports(tab, { pending }) {
    const { edits } = this.oracle;
    for (const edit of edits) {
      if (edit.fate !== 'refused' || edit.error === undefined || edit.isJudged || edit.tab !== tab) continue;
      edit.isJudged = true;
      const count = tab.reports.filter(({ id, error }) => id === edit.id && error === edit.error).length;
      const isTold = edit.wasInherited || this.tabs.some(({ reports }) => reports.some(({ error }) => error === edit.error));
      check('told once', count === 1 || (count === 0 && isTold), () => `the end of edit ${edit.n} was told ${count} times in tab ${tab.number}`);
    }
    const isPending = ({ id }) => pending.some((edit) => edit.id === id);
    // The tab that made it may be frozen.
    for (const report of tab.reports) {
      const edit = edits.find(({ id }) => id === report.id);
      if (edit !== undefined && edit.tab !== tab && isOpen(edit) && !isPending(report)) this.oracle.toldFailed(edit, report.error);
    }
    const others = tab.reports.filter(({ id, error }) => !edits.some((edit) => edit.id === id && edit.error === error));
    for (const report of others) if (!isPending(report) && !edits.some(({ id }) => id === report.id)) this.#loosen(Object.keys(fieldsOf(report.patch)));
    tab.reports = [];
  }

  #watch(tab, edit, handle) {
    edit.wasInherited = edit.tab !== undefined;
    edit.tab = tab;
    edit.hasHandle = true;
    handle.confirmed.then(
      () => !tab.isDead && this.#guard(() => this.oracle.toldStored(edit)),
      (error) => tab.page !== undefined && this.#guard(() => {
        if (tab.isDead) return;
        const wasLiving = edit.fate === 'living';
        edit.error = error;
        this.oracle.toldFailed(edit, error);
        if (wasLiving && edit.fate === 'refused') this.oracle.refused(edit, this.network.refused);
      }),
    );
  }

  #sent(userId, request) {
    const tab = this.browser.owner;
    request.tab = tab;
    check('no other user', userId === USER_ID, () => `a patch went to ${userId}`);
    request.wanted = this.oracle.wanting(request.fields);
    check('one at a time', this.network.requests.length === 0, () => `tab ${tab.number} sent while a request was under way`);
    for (const read of [...this.network.reads, ...this.tabs.flatMap(({ answered }) => answered)]) read.wasJoined = true;
    this.#focus(tab);
    // An undo in another tab may be on its way.
    if (this.browser.events.some((event) => event.tab === tab)) return;
    this.#labelled(tab, () => this.oracle.sent(request.fields, tab.subject?.snapshot));
  }

  #loosen(fields) {
    for (const field of fields) this.oracle.loose.set(field, 'what an undo had sent was refused or given up');
  }

  #labelled(tab, act) {
    try {
      act();
    } catch (error) {
      if (error instanceof Violation) error.message += ` (in tab ${tab.number})`;
      throw error;
    }
  }

  // The end.

  async rest() {
    while (this.live.some(({ isFrozen }) => isFrozen)) await this.do_back();
    if (this.live.length === 0) await this.#openTab(this.server.user);
    await this.settle();
    await this.#calm();
    for (const tab of this.live) this.#labelled(tab, () => this.oracle.atRest(tab.subject.snapshot, { isRead: false }));
    for (const tab of this.live) {
      this.#in(tab, () => void tab.subject.refetch().catch(() => undefined));
      await this.settle();
      await this.#calm();
    }
    for (const tab of this.live) this.#labelled(tab, () => this.oracle.atRest(tab.subject.snapshot, { isRead: true }));
    for (const tab of this.live) {
      tab.page = undefined;
      this.#in(tab, () => tab.subject.close());
      await this.#drain();
    }
    check('close', this.time.timers === 0, () => `${this.time.timers} timers are left`);
    check('close', this.time.listeners === 0, () => `${this.time.listeners} listeners are left`);
    check('close', this.network.requests.length === 0, 'a request is left');
    this.#throwFault();
  }

  async #calm() {
    const { network, time } = this;
    for (let round = 0; round < ROUNDS; round++) {
      await this.settle();
      const tab = this.live.find(({ subject: { snapshot } }) => snapshot.pending.length > 0 || (snapshot.conflicts ?? []).length > 0 || snapshot.paused || snapshot.needsRefetch);
      if (network.requests.length > 0) await this.do_answer('stored');
      else if (network.reads.length > 0) await this.do_read('now');
      else if (tab !== undefined && (tab.subject.snapshot.conflicts ?? []).length > 0) await this.do_resolve(this.running.indexOf(tab), 0, 'mine');
      else if (time.nextTimer !== undefined && time.nextTimer - time.now < 3_600_000) await time.advance(time.nextTimer - time.now, this.settle);
      else if (tab !== undefined && tab.subject.snapshot.paused) await this.do_resume(this.running.indexOf(tab));
      else return;
    }
    throw new Violation('at rest', `it does not come to rest: ${JSON.stringify(this.live.map(({ subject }) => subject.snapshot.pending))}`);
  }

  #guard(act) {
    try {
      return act();
    } catch (error) {
      this.hold(error);
      return undefined;
    }
  }

  hold(error) {
    this.#fault ??= error instanceof Violation ? error : new Violation('no surprise', error?.stack ?? String(error));
  }

  #throwFault() {
    if (this.#fault !== undefined) throw this.#fault;
  }
}
