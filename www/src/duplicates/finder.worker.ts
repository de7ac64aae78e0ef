// The work on a list, away from the page, which stays responsive.

import { fileOf } from './csv';
import { findDuplicates, type Finding } from './find';
import { PAGE, type Request, type Response } from './messages';
import { readTable, type Table } from './table';

let table: Table | undefined;
let finding: Finding | undefined;

const say = (message: Response): void => postMessage(message);

async function answer(request: Request): Promise<void> {
  switch (request.type) {
    case 'read': {
      table = await readTable(request.source, (done, total) => say({ type: 'progress', stage: 'reading', done, total }));
      return say({ type: 'table', columns: table.columns, rows: table.rows.length, guess: table.guess });
    }
    case 'find': {
      if (table === undefined) return;
      finding = findDuplicates(table, request.choice, (done, total) => say({ type: 'progress', stage: 'finding', done, total }));
      return say({ type: 'found', found: finding.found });
    }
    case 'show': {
      if (finding === undefined) return;
      const { from, what } = request;
      if (what === 'groups') return say({ type: 'groups', from, groups: finding.groups(from, PAGE) });
      return say({ type: 'problems', from, problems: finding.problems.slice(from, from + PAGE) });
    }
    case 'download':
      if (finding !== undefined) say({ type: 'file', name: request.what === 'groups' ? 'duplicates.csv' : 'problems.csv', blob: fileOf(finding, request.what) });
  }
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  answer(data).catch(() => say({ type: 'failed', message: 'The list could not be read. Is it a text file?' }));
});
