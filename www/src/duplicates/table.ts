// From a text to a table: which column holds addresses or numbers, and what is wrong.

import { fingerprint, type FingerprintKind } from 'palm-user';
import Papa from 'papaparse';

import { MAX_SHOWN, type Choice, type Problem } from './messages';

export interface Table {
  readonly columns: readonly string[];
  /** Without the names of the columns. */
  readonly rows: readonly (readonly string[])[];
  /** The number of the first row. */
  readonly firstRow: number;
  readonly guess: Choice;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

const SAMPLE_ROWS = 50;

/** Reads CSV with any usual delimiter, or one value a line. What is malformed is told, the rest is kept. */
export function readTable(source: File | string): Promise<Table> {
  const rows: string[][] = [];
  const problems: Problem[] = [];
  let problemCount = 0;
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(source as File, {
      skipEmptyLines: 'greedy',
      chunk: ({ data, errors }) => {
        for (const { code, row, message } of errors) {
          // A list of one column has no delimiter.
          if (code === 'UndetectableDelimiter') continue;
          problemCount += 1;
          if (problems.length < MAX_SHOWN) problems.push({ row: rows.length + (row ?? 0) + 1, message });
        }
        for (const row of data) rows.push(row);
      },
      complete: () => resolve({ ...describe(rows), problems, problemCount }),
      error: (error: Error) => reject(error),
    });
  });
}

/** Whether the rules take a value for an address or a number. */
function isOf(kind: FingerprintKind, value: string | undefined): boolean {
  try {
    return value !== undefined && fingerprint(value, kind).length > 0;
  } catch {
    return false;
  }
}

function describe(all: string[][]): Pick<Table, 'columns' | 'rows' | 'firstRow' | 'guess'> {
  const width = all.slice(0, SAMPLE_ROWS).reduce((most, row) => Math.max(most, row.length), 1);
  const sample = all.slice(0, SAMPLE_ROWS);
  let guess: Choice = { column: 0, kind: 'email' };
  let best = 0;
  for (let column = 0; column < width; column += 1) {
    for (const kind of ['email', 'phone'] as const) {
      const hits = sample.filter((row) => isOf(kind, row[column])).length;
      if (hits > best) {
        best = hits;
        guess = { column, kind };
      }
    }
  }
  const [first = []] = all;
  const hasNames = best > 0 && !isOf(guess.kind, first[guess.column]);
  const columns = Array.from({ length: width }, (_, column) =>
    hasNames ? (first[column] ?? '') || `column ${column + 1}` : `column ${column + 1}`,
  );
  return { columns, rows: hasNames ? all.slice(1) : all, firstRow: hasNames ? 2 : 1, guess };
}
