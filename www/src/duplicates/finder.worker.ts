// The work on a list, away from the page, which stays responsive.

import { findDuplicates } from './find';
import type { Request, Response } from './messages';
import { readTable, type Table } from './table';

let table: Table | undefined;

const say = (message: Response): void => postMessage(message);

async function answer(request: Request): Promise<void> {
  if (request.type === 'read') {
    table = await readTable(request.source);
    const { columns, rows, guess, problems, problemCount } = table;
    say({ type: 'table', columns, rows: rows.length, guess, problems, problemCount });
  } else if (table !== undefined) {
    const total = table.rows.length;
    const found = findDuplicates(table, request.choice, (done) => say({ type: 'progress', done, total }));
    say({ type: 'found', found });
  }
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  answer(data).catch(() => say({ type: 'failed', message: 'The list could not be read. Is it a text file?' }));
});
