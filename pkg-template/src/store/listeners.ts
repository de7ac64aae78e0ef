// Who is told of changes.

import { guarded } from './failure.js';

export class Listeners {
  readonly #listeners = new Set<() => void>();
  #isTelling = false;
  #isDue = false;

  add(listener: () => void): () => void {
    // One of its own for each call: the same listener may subscribe twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Calls each listener after the last change. A change that a listener makes is told when all have heard of this one. */
  tell(): void {
    this.#isDue = true;
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (this.#isDue) {
      this.#isDue = false;
      for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) guarded(listener);
    }
    this.#isTelling = false;
  }

  clear(): void {
    this.#listeners.clear();
  }
}
