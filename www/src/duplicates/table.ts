// From a text to a table: which columns hold addresses or numbers, and what is wrong with it.

import { fingerprint, type FingerprintKind } from 'palm-user';
import Papa from 'papaparse';

import type { Choice, ColumnChoice, Problem } from './messages';

export interface Table {
  readonly columns: readonly string[];
  /** Without the names of the columns. */
  readonly rows: readonly (readonly string[])[];
  /** The number of the first row. */
  readonly firstRow: number;
  readonly guess: Choice;
  /** What is wrong with the text as CSV. */
  readonly problems: readonly Problem[];
}

const SAMPLE_ROWS = 50;
/** Read at a time, in characters. */
const BLOCK = 1 << 20;
/** A quoted cell that is longer than this was never closed. */
const LONGEST_CELL = 1 << 16;

/**
 * Reads CSV with any usual delimiter, or one value a line. A quote that is never closed
 * costs nothing but itself: its line is read as it stands, and the next line begins anew.
 */
export async function readTable(source: File | string, onProgress: (done: number, total: number) => void): Promise<Table> {
  const text = (typeof source === 'string' ? source : await source.text()).replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const rows: string[][] = [];
  const problems: Problem[] = [];
  const { delimiter } = Papa.parse(text.slice(0, BLOCK), { preview: SAMPLE_ROWS, delimitersToGuess: [',', '\t', ';', '|'] }).meta;
  const parse = (block: string, quoteChar = '"'): Papa.ParseResult<string[]> =>
    Papa.parse<string[]>(block, { delimiter, newline: '\n', quoteChar, skipEmptyLines: false });
  const add = (row: string[]): void => {
    if (row.some((cell) => cell.trim() !== '')) rows.push(row);
  };

  let at = 0;
  let size = BLOCK;
  while (at < text.length) {
    const newline = text.indexOf('\n', Math.min(at + size, text.length));
    const end = newline < 0 ? text.length : newline;
    const { data, errors } = parse(text.slice(at, end));
    const open = errors.find(({ code, row }) => code === 'MissingQuotes' || (code === 'InvalidQuotes' && data[row ?? 0]?.some((cell) => cell.includes('\n'))));
    if (open === undefined) {
      for (const { row, message } of errors) problems.push({ row: rows.length + (row ?? 0) + 1, column: '', value: '', message });
      data.forEach(add);
      at = end + 1;
      size = BLOCK;
    } else {
      const row = open.row ?? data.length - 1;
      data.slice(0, row).forEach(add);
      // Where the line with the open quote begins.
      const start = Math.max(at, text.lastIndexOf('\n', at + (open.index ?? 0) - 1) + 1);
      const isLong = end - start > LONGEST_CELL || end === text.length || open.code === 'InvalidQuotes';
      if (isLong) {
        const lineEnd = text.indexOf('\n', start);
        const line = text.slice(start, lineEnd < 0 ? text.length : lineEnd);
        for (const cells of parse(line, '\u0000').data) add(cells.map((cell) => cell.replace(/^\s*"|"\s*$/g, '')));
        problems.push({ row: rows.length, column: '', value: '', message: 'A quote is opened and not closed. The line was read as it stands.' });
        at = lineEnd < 0 ? text.length : lineEnd + 1;
      } else {
        // Perhaps it is closed in the next block.
        size = start === at ? size * 2 : BLOCK;
        at = start;
      }
    }
    onProgress(Math.min(at, text.length), text.length);
  }
  return { ...describe(rows), problems };
}

/** Whether the rules take a value for an address or a number. */
function isOf(kind: FingerprintKind, value: string | undefined): boolean {
  try {
    return value !== undefined && fingerprint(value, kind).length > 0;
  } catch {
    return false;
  }
}

/** Written as numbers are, though perhaps without a country. */
function looksLikePhone(value: string | undefined): boolean {
  const digits = value?.replace(/\D/g, '').length ?? 0;
  return value !== undefined && /^[+0(][\d\s().\/-]+$/.test(value) && digits >= 7 && digits <= 15;
}

function describe(all: string[][]): Pick<Table, 'columns' | 'rows' | 'firstRow' | 'guess'> {
  const sample = all.slice(0, SAMPLE_ROWS);
  const width = sample.reduce((most, row) => Math.max(most, row.length), 1);
  const guesses: ColumnChoice[] = [];
  for (let column = 0; column < width; column += 1) {
    const filled = sample.filter((row) => (row[column] ?? '').trim() !== '').length;
    const email = sample.filter((row) => isOf('email', row[column]?.trim())).length;
    const phone = sample.filter((row) => isOf('phone', row[column]?.trim()) || looksLikePhone(row[column]?.trim())).length;
    // The name of the column, and some mistakes, are no hits.
    if (Math.max(email, phone) * 2 >= filled - 1 && email + phone > 0) guesses.push({ column, kind: email >= phone ? 'email' : 'phone' });
  }
  const columns = guesses.length > 0 ? guesses : [{ column: 0, kind: 'exact' } as const];
  const [first = []] = all;
  const hasNames = guesses.length > 0 && guesses.every(({ column, kind }) => !isOf(kind, first[column]?.trim()));
  const names = Array.from({ length: width }, (_, column) => (hasNames ? (first[column] ?? '').trim() : '') || `column ${column + 1}`);
  return { columns: names, rows: hasNames ? all.slice(1) : all, firstRow: hasNames ? 2 : 1, guess: { columns, country: '' } };
}
