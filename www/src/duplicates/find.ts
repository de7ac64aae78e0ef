// Duplicates by fingerprint: the values themselves need not be compared, nor leave.

import { fingerprint, fingerprintMany, isPalmError, type FingerprintKind } from 'palm-user';

import { withCountry } from './countries';
import { PAGE, type Cell, type Choice, type Found, type Group, type Problem } from './messages';
import type { Table } from './table';

const CHUNK = 2_000;

export interface Finding {
  readonly found: Found;
  readonly groups: (from: number, count: number) => Group[];
  readonly problems: readonly Problem[];
  /** Every member of every group, the largest group first. */
  readonly members: () => Iterable<Cell & { readonly group: number; readonly fingerprint: string }>;
}

/** Tells how far it is after each chunk. */
export function findDuplicates(table: Table, { columns, country }: Choice, onProgress: (done: number, total: number) => void): Finding {
  const { rows, firstRow } = table;
  const started = performance.now();
  // A place is a row and one of the chosen columns, as one number. Most values have one.
  const places = new Map<string, number | number[]>();
  const problems: Problem[] = [...table.problems];
  let checked = 0;

  const cellOf = (place: number): Cell => {
    const row = Math.floor(place / columns.length);
    const column = columns[place % columns.length]?.column ?? 0;
    return { row: row + firstRow, column: table.columns[column] ?? '', value: rows[row]?.[column] ?? '' };
  };

  columns.forEach(({ column, kind }, index) => {
    for (let start = 0; start < rows.length; start += CHUNK) {
      const end = Math.min(start + CHUNK, rows.length);
      // A cell that is empty is a value that is not known, and no mistake.
      const filled: { place: number; value: string }[] = [];
      for (let row = start; row < end; row += 1) {
        const value = rows[row]?.[column]?.trim() ?? '';
        if (value !== '') filled.push({ place: row * columns.length + index, value: kind === 'phone' ? withCountry(value, country) : value });
      }
      const results = fingerprintsOf(filled.map(({ value }) => value), kind);
      for (const [at, { place }] of filled.entries()) {
        const result = results[at];
        if (result?.fingerprint === undefined) {
          problems.push({ ...cellOf(place), message: result?.message ?? '' });
          continue;
        }
        checked += 1;
        const key = `${kind} ${result.fingerprint}`;
        const known = places.get(key);
        if (known === undefined) places.set(key, place);
        else if (typeof known === 'number') places.set(key, [known, place]);
        else known.push(place);
      }
      onProgress(index * rows.length + end, columns.length * rows.length);
    }
  });

  const repeated: { fingerprint: string; places: number[] }[] = [];
  for (const [key, found] of places) {
    if (typeof found !== 'number') repeated.push({ fingerprint: key.slice(key.indexOf(' ') + 1), places: found });
  }
  repeated.sort((a, b) => b.places.length - a.places.length);
  return {
    found: {
      groupCount: repeated.length,
      repeated: checked - places.size,
      checked,
      problemCount: problems.length,
      milliseconds: performance.now() - started,
    },
    problems,
    groups: (from, count) =>
      repeated.slice(from, from + count).map(({ fingerprint, places }) => ({ fingerprint, size: places.length, members: places.slice(0, PAGE).map(cellOf) })),
    *members() {
      for (const [index, { fingerprint, places }] of repeated.entries()) {
        for (const place of places) yield { ...cellOf(place), group: index + 1, fingerprint };
      }
    },
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
