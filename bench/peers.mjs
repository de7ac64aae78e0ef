// The store and its peers in four orders of events, each library as its own
// guide says. `node bench/peers.mjs` plays them and writes the table of
// docs/store-peers.md.
//
// Run after `cargo xtask build`.

import { readFile, writeFile } from 'node:fs/promises';

import { ORDERS, play } from './peers/orders.mjs';

// As pages run them: React and its users load another build by it.
process.env.NODE_ENV ??= 'production';

const root = new URL('../', import.meta.url);
const PEERS = [
  { name: 'palm-user', file: 'ours', packages: [] },
  { name: 'TanStack Query', file: 'tanstack-query', packages: ['@tanstack/react-query'] },
  { name: 'RTK Query', file: 'rtk-query', packages: ['@reduxjs/toolkit'] },
  { name: 'SWR', file: 'swr', packages: ['swr'] },
  { name: 'React `useOptimistic`', file: 'use-optimistic', packages: ['react'] },
  { name: 'TanStack DB', file: 'tanstack-db', packages: ['@tanstack/db'] },
];

const version = async (name) => JSON.parse(await readFile(new URL(`node_modules/${name}/package.json`, root), 'utf8')).version;

const rows = [];
for (const { name, file, packages } of PEERS) {
  const { mount } = await import(`./peers/${file}.mjs`);
  const results = [];
  for (const order of ORDERS) results.push(await play(order, mount));
  const versions = await Promise.all(packages.map(version));
  rows.push({ name: [name, ...versions].join(' '), results });
  if (process.argv.includes('--verbose')) console.log(name, JSON.stringify(results, null, 1));
}

const cell = ({ during, isEndWrong }) => `${during}${isEndWrong ? ', and the end' : ''}`;
const table = [
  `| | ${ORDERS.map(({ name }) => name).join(' | ')} |`,
  `| --- |${' ---: |'.repeat(ORDERS.length)}`,
  ...rows.map(({ name, results }) => `| ${name} | ${results.map(cell).join(' | ')} |`),
].join('\n');
console.log(table);

if (!process.argv.includes('--print')) {
  const page = new URL('docs/store-peers.md', root);
  const text = await readFile(page, 'utf8');
  const marks = /(<!-- table -->\n)[^]*?(\n<!-- \/table -->)/;
  await writeFile(page, text.replace(marks, (_, before, after) => `${before}\n${table}\n${after}`));
}
process.exit(rows[0].results.every(({ during, isEndWrong }) => during === 0 && !isEndWrong) ? 0 : 1);
