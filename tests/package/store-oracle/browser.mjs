// A browser with several tabs, as far as a store can tell: storage, locks, channels,
// timers and events, each of which knows whose it is. Nothing happens by itself: a world
// takes one event after the other, and lets all that follows from it come to its end.

let current;

export class Browser {
  texts = new Map();
  /** What is to happen, oldest first: `{ tab, run }`. */
  events = [];
  /** The tab whose code runs. */
  owner = undefined;
  /** Without it, tabs hear of each other by the events of the storage alone. */
  hasChannel = true;
  /** Of this browser's tabs that live. */
  tabs = [];
  #channels = new Set();
  #held = undefined;
  #asked = [];

  constructor(time) {
    this.time = time;
    time.browser = this;
  }

  install() {
    current = this;
    globalThis.BroadcastChannel = this.hasChannel ? Channel : undefined;
  }

  /** What a tab sees of the storage that all share. */
  storageOf(tab) {
    const { texts } = this;
    const change = (key, act) => {
      if (tab.isDead || act() === false || this.hasChannel) return;
      for (const other of this.tabs) {
        if (other !== tab && !other.isDead && !other.isKept) this.events.push({ tab: other, run: () => this.time.fire('storage', { key }, other) });
      }
    };
    return {
      getItem: (key) => texts.get(key) ?? null,
      setItem: (key, value) => change(key, () => texts.get(key) !== value && texts.set(key, value)),
      removeItem: (key) => change(key, () => texts.delete(key)),
      keys: () => [...texts.keys()],
    };
  }

  /** The next event that can happen now. */
  take() {
    const at = this.events.findIndex(({ tab }) => !tab.isFrozen && !tab.isDead);
    if (at < 0) return undefined;
    return this.events.splice(at, 1)[0];
  }

  holds(tab) {
    return this.#held?.tab === tab;
  }

  /** The tab is gone: so are its locks, its channels and what it was waiting for. */
  kill(tab) {
    tab.isDead = true;
    for (const channel of this.#channels) if (channel.tab === tab) this.#channels.delete(channel);
    this.events = this.events.filter((event) => event.tab !== tab);
    this.#asked = this.#asked.filter((request) => request.tab !== tab);
    this.time.drop(tab);
    if (this.holds(tab)) this.#held = undefined;
    this.grant();
  }

  request(name, { signal }, callback) {
    const tab = this.owner;
    return new Promise((resolve, reject) => {
      const request = { tab, callback, resolve };
      this.#asked.push(request);
      signal?.addEventListener('abort', () => {
        if (!this.#asked.includes(request)) return;
        this.#asked = this.#asked.filter((other) => other !== request);
        reject(new DOMException('aborted', 'AbortError'));
      });
      this.grant();
    });
  }

  /** Gives the lock to the first tab that waits for it and runs. */
  grant() {
    if (this.#held !== undefined) return;
    const request = this.#asked.find(({ tab }) => !tab.isFrozen);
    if (request === undefined) return;
    this.#asked = this.#asked.filter((other) => other !== request);
    this.#held = request;
    const { tab } = request;
    this.events.push({
      tab,
      run: () => {
        const over = () => {
          if (this.#held !== request) return;
          this.#held = undefined;
          request.resolve();
          this.grant();
        };
        Promise.resolve(request.callback({})).then(over, over);
      },
    });
  }

  open(channel) {
    channel.tab = this.owner;
    this.#channels.add(channel);
  }

  shut(channel) {
    this.#channels.delete(channel);
  }

  post(from, message) {
    if (from.tab.isDead) return;
    const data = structuredClone(message);
    for (const channel of this.#channels) {
      if (channel === from || channel.name !== from.name) continue;
      this.events.push({ tab: channel.tab, run: () => this.#channels.has(channel) && channel.onmessage?.({ data }) });
    }
  }
}

class Channel {
  constructor(name) {
    this.name = name;
    this.browser = current;
    current.open(this);
  }

  postMessage(message) {
    this.browser.post(this, message);
  }

  close() {
    this.browser.shut(this);
  }
}

/** Puts the browser of the schedule under way in place of the real one. */
export function replaceBrowser() {
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks: { request: (...args) => current.request(...args) } } });
}
