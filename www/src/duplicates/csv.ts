// Results as a file that a spreadsheet opens, and in which no cell is a formula.

import type { Finding } from './find';
import type { Listed } from './messages';

/** Rows that are joined at a time. */
const CHUNK = 10_000;

export function fileOf({ members, problems }: Finding, what: Listed): Blob {
  const parts: string[] = [];
  let lines: string[] = [];
  const add = (cells: readonly (string | number)[]): void => {
    lines.push(cells.map(cellText).join(','));
    if (lines.length === CHUNK) flush();
  };
  const flush = (): void => {
    if (lines.length > 0) parts.push(`${lines.join('\r\n')}\r\n`);
    lines = [];
  };
  if (what === 'groups') {
    add(['group', 'fingerprint', 'row', 'column', 'value']);
    for (const { group, fingerprint, row, column, value } of members()) add([group, fingerprint, row, column, value]);
  } else {
    add(['row', 'column', 'value', 'problem']);
    for (const { row, column, value, message } of problems) add([row, column, value, message]);
  }
  flush();
  // Spreadsheets take a file without the mark for another encoding.
  return new Blob(['\ufeff', ...parts], { type: 'text/csv;charset=utf-8' });
}

/** Quoted (RFC 4180). What a spreadsheet would run as a formula begins with an apostrophe (OWASP, CSV Injection). */
export function cellText(value: string | number): string {
  const text = String(value);
  const isFormula = /^[\s\u0000]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(text);
  return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`;
}
