// Invented customers. Every tenth address is that of an earlier row, written
// differently, and every thousandth is no address.

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

export async function writeSample(file, rows) {
  console.log(`writing ${file}: ${rows} rows`);
  const out = createWriteStream(file);
  out.write('id,email,country\n');
  for (let row = 1; row <= rows; row += 1) {
    if (!out.write(`${row},${address(row)},${['DE', 'FR', 'US'][row % 3]}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function address(row) {
  if (row % 1000 === 0) return 'none';
  if (row % 10 === 0) return ` Person.${row - 9}@Example.COM`;
  return `person.${row}@example.com`;
}
