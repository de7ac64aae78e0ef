// What is in storage, read as what anybody can have written.

import type { Core, Operation } from './core.js';
import { IMAGE_VERSION, imageOf, isImage, type Image } from './image.js';
import type { PersistProblem } from './types.js';

/** Under the store's name: the queue. */
export interface StoredRecord {
  readonly version: number;
  readonly userId: string;
  /** Of one life of the queue: `clear` ends it. */
  readonly epoch: string;
  /** Grows with each record. */
  readonly rev: number;
  /** The tab that wrote it, and when. */
  readonly by: string;
  readonly at: number;
  /** By tab: the last of its operations that is in the image. */
  readonly applied: Record<string, number>;
  readonly image: Image;
}

/** Something that a person did, by its place in its tab. */
export interface Entry {
  readonly seq: number;
  readonly at: number;
  readonly operation: Operation;
}

export function emptyRecord(core: Core): StoredRecord {
  return { version: IMAGE_VERSION, userId: core.userId, epoch: '', rev: 0, by: '', at: Date.now(), applied: {}, image: imageOf(core) };
}

export function readRecord(text: string, core: Core): StoredRecord | (PersistProblem['kind'] & ('too_new' | 'unreadable')) {
  try {
    const record = JSON.parse(text) as StoredRecord | null;
    if (record === null || typeof record !== 'object' || !Number.isFinite(record.version)) return 'unreadable';
    if (record.version > IMAGE_VERSION) return 'too_new';
    const { applied } = record;
    const isRecord = record.userId === core.userId && typeof record.epoch === 'string' && Number.isFinite(record.rev) && typeof applied === 'object' && applied !== null && isImage(record.image, core);
    return isRecord ? record : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

export function readJournal(text: string | null | undefined): { epoch: string; at: number; entries: readonly Entry[] } {
  const none = { epoch: '', at: 0, entries: [] };
  try {
    const journal = JSON.parse(text ?? 'null') as { epoch: string; at: number; entries: Entry[] } | null;
    if (journal === null || !Array.isArray(journal.entries)) return none;
    const entries = journal.entries.filter(({ seq, at, operation }) => Number.isFinite(seq) && Number.isFinite(at) && typeof operation?.do === 'string');
    return { epoch: journal.epoch, at: Number(journal.at) || 0, entries };
  } catch {
    return none;
  }
}
