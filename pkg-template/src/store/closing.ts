// How a store ends.

import type { Core } from './core.js';
import { settle } from './edit.js';
import { isUnsent, leave, pendingEdits } from './edits.js';
import { closed, failure } from './failure.js';
import { History } from './history.js';
import { watchLeaving } from './leaving.js';
import { changed } from './shown.js';

/** Forgets all edits, and closes the store. */
export function wipe(core: Core): void {
  if (core.isClosed) return;
  core.flight?.request?.end();
  core.flight = undefined;
  for (const made of pendingEdits(core)) settle(made, { error: failure('aborted', 'The store was cleared.', 'unknown') });
  leave(core, core.queue);
  core.history = new History();
  core.halt = undefined;
  core.unseen = new Map();
  core.errors.clear();
  // Cleared is cleared, whatever a listener does now.
  core.shared = undefined;
  core.isClosed = true;
  changed(core);
  core.isClosed = false;
  close(core);
}

export function close(core: Core): void {
  if (core.isClosed) return;
  core.isClosed = true;
  core.shared?.close();
  watchLeaving(core);
  core.flight?.request?.end();
  core.reading?.end();
  core.wait.end();
  core.listeners.clear();
  for (const write of core.queue) {
    clearTimeout(write.timer);
    const error = closed(isUnsent(core, write) ? 'not_sent' : 'unknown');
    for (const made of write.edits) settle(made, { error });
  }
  for (const { reject } of core.waiters) reject(closed('not_sent'));
  for (const resolve of core.flushing) resolve();
  core.waiters = core.flushing = [];
}
