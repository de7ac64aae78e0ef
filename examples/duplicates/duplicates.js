// Finds people who are in a CSV file more than once, by e-mail:
//   npm start -- customers.csv email
// Without a file it makes one of a million rows. Nothing leaves this machine.

import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { fingerprintMany } from 'palm-user';
import Papa from 'papaparse';

import { openBuckets } from './buckets.js';
import { openProgress } from './progress.js';
import { writeSample } from './sample.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rows: { type: 'string', default: '1000000' } } });
const [file = 'sample.csv', column = 'email'] = positionals;
if (positionals.length === 0 && !existsSync(file)) await writeSample(file, Number(values.rows));

const buckets = openBuckets();
const progress = openProgress(statSync(file).size);
let rows = 0;
let unreadable = 0;

// 1. Stream the file. Of each row, its number and fingerprint go to a file on disk: one of 64, by the first digits.
await new Promise((resolve, reject) => {
  Papa.parse(createReadStream(file), {
    header: true,
    skipEmptyLines: true,
    chunk({ data, meta }) {
      if (!meta.fields.includes(column)) return reject(new Error(`${file} has no column ${column}; it has ${meta.fields.join(', ')}`));
      const { fingerprints, invalid } = fingerprintMany(data.map((row) => row[column] ?? ''), 'email', { onInvalid: 'report' });
      unreadable += invalid.length;
      for (const digits of fingerprints) {
        rows += 1;
        if (digits !== undefined) buckets.add(digits, rows);
      }
      progress.show(meta.cursor, rows);
    },
    complete: resolve,
    error: reject,
  });
});
progress.end(rows);

// 2. Equal fingerprints are in one bucket, so each is looked through on its own.
const out = createWriteStream('duplicates.csv');
out.write('person,row\n');
let people = 0;
for (const group of buckets.groups()) {
  people += 1;
  if (!out.write(group.map((row) => `${people},${row}\n`).join(''))) await once(out, 'drain');
}
out.end();
await once(out, 'finish');
buckets.close();

const { maxRSS } = process.resourceUsage();
console.log(`${rows} rows: ${people} people are in the file more than once, ${unreadable} addresses cannot be read`);
console.log(`duplicates.csv has their rows; the most memory was ${Math.round(maxRSS / 1024)} MB`);
