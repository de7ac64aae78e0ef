// A file that keeps a memory storage: a line of JSON for each write. A write is
// answered once its line is with the system, so it survives the end of the process.

import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

import type { MemoryStorageOptions } from '../index.js';
import { lock } from './lock.js';

/** The first line: no other file is taken for a sandbox's, and written to. */
const HEADER = '{"palm-user-sandbox":1}\n';

/** How many lines that were written over are kept. */
const MOST_STALE = 10_000;

export interface Journal extends Required<MemoryStorageOptions> {
  readonly close: () => void;
}

/** @throws {TypeError} if the file is not a sandbox's, is damaged, or is in use. */
export function openJournal(file: string): Journal {
  const unlock = lock(file);
  try {
    const { entries, lines } = existsSync(file) ? read(file) : { entries: new Map<string, string>(), lines: -1 };
    if (lines < 0 || lines > entries.size + MOST_STALE) rewrite(file, entries);
    return append(file, entries, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function read(file: string): { entries: Map<string, string>; lines: number } {
  const text = readFileSync(file, 'utf8');
  const entries = new Map<string, string>();
  if (text === '') return { entries, lines: -1 };
  if (!text.startsWith(HEADER)) throw new TypeError(`${file} is not a file of palm-user-sandbox`);
  const lines = text.slice(HEADER.length).split('\n');
  // A line without its end was being written when the process died, and was never acknowledged.
  const torn = lines.pop();
  lines.forEach((line, index) => {
    const [key, value] = readLine(line) ?? [];
    if (key === undefined || value === undefined) throw new TypeError(`${file} is damaged in line ${index + 2}`);
    entries.set(key, value);
  });
  return { entries, lines: torn === '' ? lines.length : -1 };
}

function readLine(line: string): [key: string, value: string] | undefined {
  try {
    const [key, value]: unknown[] = JSON.parse(line);
    return typeof key === 'string' && typeof value === 'string' ? [key, value] : undefined;
  } catch {
    return undefined;
  }
}

/** A new file in the place of the old one, at once. */
function rewrite(file: string, entries: Map<string, string>): void {
  const lines = Array.from(entries, (entry) => `${JSON.stringify(entry)}\n`);
  writeFileSync(`${file}.new`, HEADER + lines.join(''), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function append(file: string, entries: Map<string, string>, unlock: () => void): Journal {
  const descriptor = openSync(file, 'r+');
  let end = readFileSync(descriptor).length;
  const onWrite = (key: string, value: string): void => {
    const line = Buffer.from(`${JSON.stringify([key, value])}\n`);
    try {
      for (let at = 0; at < line.length; ) at += writeSync(descriptor, line, at, line.length - at, end + at);
      end += line.length;
    } catch (error) {
      // On a full disk: no half line may stand before the next one.
      ftruncateSync(descriptor, end);
      throw error;
    }
  };
  const close = (): void => {
    closeSync(descriptor);
    unlock();
  };
  return { entries, onWrite, close };
}
