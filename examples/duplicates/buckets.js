// Fingerprints on disk, in 64 files by their first digits, so that memory stays
// flat however many rows there are.

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const COUNT = 64;
/** 32 bytes of the fingerprint, 4 of the row's number. */
const RECORD = 36;
const BUFFER = RECORD * 1024;

export function openBuckets() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'duplicates-'));
  // The files go with the program, whatever ends it.
  process.once('SIGINT', () => process.exit(130));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const buckets = Array.from({ length: COUNT }, (_, index) => ({
    file: openSync(path.join(folder, String(index)), 'w+'),
    buffer: Buffer.allocUnsafe(BUFFER),
    used: 0,
    size: 0,
  }));

  const flush = (bucket) => {
    writeSync(bucket.file, bucket.buffer, 0, bucket.used);
    bucket.size += bucket.used;
    bucket.used = 0;
  };

  return {
    add(digits, row) {
      const bucket = buckets[Number.parseInt(digits.slice(0, 2), 16) % COUNT];
      if (bucket.used === BUFFER) flush(bucket);
      bucket.buffer.write(digits, bucket.used, 'hex');
      bucket.buffer.writeUInt32LE(row, bucket.used + 32);
      bucket.used += RECORD;
    },

    /** The row numbers of each fingerprint that is there more than once. */
    *groups() {
      for (const bucket of buckets) {
        flush(bucket);
        const records = Buffer.allocUnsafe(bucket.size);
        readSync(bucket.file, records, 0, bucket.size, 0);
        const rows = new Map();
        for (let at = 0; at < bucket.size; at += RECORD) {
          const key = records.latin1Slice(at, at + 32);
          const row = records.readUInt32LE(at + 32);
          const known = rows.get(key);
          // Most are alone: a number is smaller than a list.
          if (known === undefined) rows.set(key, row);
          else if (typeof known === 'number') rows.set(key, [known, row]);
          else known.push(row);
        }
        for (const known of rows.values()) if (typeof known !== 'number') yield known;
      }
    },

    close() {
      for (const { file } of buckets) closeSync(file);
    },
  };
}
