// Duplicates by fingerprint: the values themselves need not be compared, nor leave.

import { fingerprint, fingerprintMany, isPalmError, type FingerprintKind } from 'palm-user';

import { MAX_SHOWN, type Choice, type Found, type Group, type Problem } from './messages';
import type { Table } from './table';

const CHUNK = 2_000;

/** Tells how far it is after each chunk. */
export function findDuplicates(
  { rows, firstRow }: Table,
  { column, kind }: Choice,
  onProgress: (done: number) => void,
): Found {
  const started = performance.now();
  const places = new Map<string, number[]>();
  const problems: Problem[] = [];
  let problemCount = 0;
  let checked = 0;
  for (let start = 0; start < rows.length; start += CHUNK) {
    const end = Math.min(start + CHUNK, rows.length);
    // A cell that is empty is a value that is not known, and no mistake.
    const filled = [];
    for (let place = start; place < end; place += 1) {
      const value = rows[place]?.[column]?.trim() ?? '';
      if (value !== '') filled.push({ place, value });
    }
    const results = fingerprintsOf(filled.map(({ value }) => value), kind);
    for (const [index, { place }] of filled.entries()) {
      const result = results[index];
      if (result?.fingerprint === undefined) {
        problemCount += 1;
        if (problems.length < MAX_SHOWN) problems.push({ row: place + firstRow, message: result?.message ?? '' });
        continue;
      }
      checked += 1;
      const known = places.get(result.fingerprint);
      if (known === undefined) places.set(result.fingerprint, [place]);
      else known.push(place);
    }
    onProgress(end);
  }
  const repeated = [...places].filter(([, found]) => found.length > 1);
  repeated.sort(([, a], [, b]) => b.length - a.length);
  const groups = repeated.slice(0, MAX_SHOWN).map(
    ([fingerprint, found]): Group => ({
      fingerprint,
      members: found.slice(0, MAX_SHOWN).map((place) => ({ row: place + firstRow, value: rows[place]?.[column] ?? '' })),
    }),
  );
  return {
    groups,
    groupCount: repeated.length,
    repeated: checked - places.size,
    checked,
    problems,
    problemCount,
    milliseconds: performance.now() - started,
  };
}

type Result = { readonly fingerprint: string } | { readonly fingerprint?: undefined; readonly message: string };

/** In one crossing where all values are good; else one by one, to say which is not. */
function fingerprintsOf(values: readonly string[], kind: FingerprintKind): Result[] {
  try {
    if (values.some(isGarbled)) throw new Error(GARBLED);
    return fingerprintMany(values, kind).map((fingerprint) => ({ fingerprint }));
  } catch {
    return values.map((value) => fingerprintOf(value, kind));
  }
}

function fingerprintOf(value: string, kind: FingerprintKind): Result {
  if (isGarbled(value)) return { message: GARBLED };
  try {
    return { fingerprint: fingerprint(value, kind) };
  } catch (error) {
    if (!isPalmError(error)) throw error;
    return { message: error.issues?.[0]?.message ?? error.message };
  }
}

const GARBLED = 'A character could not be read; save the file as UTF-8.';

/** What a file of another encoding leaves of its letters: unlike values would look alike. */
function isGarbled(value: string): boolean {
  return value.includes('\ufffd');
}
