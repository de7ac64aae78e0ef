// Time as a schedule wants it: a clock that moves when it is told to, timers
// that fire then, and the events a browser would send.

import { random } from './random.mjs';

let current;

export class VirtualTime {
  now = Date.UTC(2026, 0, 2);
  /** Of jitter and of names; the same for each schedule. */
  random = random(1);
  #next = 1;
  #timers = new Map();
  #listeners = new Map();
  #owners = new Map();

  setTimeout = (run, ms = 0, ...args) => {
    const id = this.#next++;
    this.#timers.set(id, { at: this.now + Math.max(0, Number(ms) || 0), run: () => run(...args), tab: this.browser?.owner });
    return id;
  };

  clearTimeout = (id) => {
    this.#timers.delete(id);
  };

  /** Where there are several tabs: whose timers and listeners these are. */
  browser = undefined;

  /** Takes away what a tab had. */
  drop(tab) {
    for (const [id, timer] of this.#timers) if (timer.tab === tab) this.#timers.delete(id);
    for (const set of this.#listeners.values()) for (const listener of set) if (this.#owners.get(listener) === tab) set.delete(listener);
  }

  get timers() {
    return this.#timers.size;
  }

  get listeners() {
    let count = 0;
    for (const set of this.#listeners.values()) count += set.size;
    return count;
  }

  /** When the next timer is due; undefined where there is none. */
  get nextTimer() {
    let next;
    for (const { at, tab } of this.#timers.values()) if (!tab?.isFrozen && (next === undefined || at < next)) next = at;
    return next;
  }

  /** Moves on, and fires what is due in its order. `between` runs after each timer. */
  async advance(ms, between = async () => {}) {
    const end = this.now + ms;
    for (;;) {
      let due;
      for (const [id, { at, tab }] of this.#timers) if (!tab?.isFrozen && at <= end && (due === undefined || at < due.at)) due = { id, at };
      if (due === undefined) break;
      const { run, tab } = this.#timers.get(due.id);
      this.#timers.delete(due.id);
      this.now = Math.max(this.now, due.at);
      if (this.browser !== undefined) this.browser.owner = tab;
      run();
      await between();
    }
    this.now = end;
  }

  addEventListener = (type, listener) => {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set.add(listener));
    if (this.browser !== undefined) this.#owners.set(listener, this.browser.owner);
  };

  removeEventListener = (type, listener) => {
    this.#listeners.get(type)?.delete(listener);
  };

  /** Makes this the time of the whole process, which does nothing else than schedules. */
  install() {
    current = this;
    this.browser?.install();
  }

  /** Tells a tab's listeners, or all. */
  fire(type, more = {}, tab = undefined) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      if (tab !== undefined && this.#owners.get(listener) !== tab) continue;
      if (typeof listener === 'function') listener({ type, ...more });
      else listener.handleEvent({ type, ...more });
    }
  }
}

/** Puts the time of the schedule under way in place of the real one. */
export function replaceGlobals() {
  const target = (globalThis.document = { visibilityState: 'visible' });
  for (const place of [globalThis, target]) {
    place.addEventListener = (...args) => current.addEventListener(...args);
    place.removeEventListener = (...args) => current.removeEventListener(...args);
  }
  globalThis.setTimeout = (...args) => current.setTimeout(...args);
  globalThis.clearTimeout = (id) => current.clearTimeout(id);
  Date.now = () => current.now;
  Math.random = () => current.random();
}
