// `cargo xtask fuzz --seconds N`: the exports in Node.js for so long, a process
// for each core, from a seed that is printed.

import { fork } from 'node:child_process';
import os from 'node:os';

import { fuzz } from './exports.mjs';

const [, , seconds, first, worker] = process.argv;

if (worker === undefined) {
  const start = Number(first ?? Date.now() % 1_000_000);
  console.log(`seed ${start}, ${seconds} s, ${os.cpus().length} processes`);
  const totals = { inputs: 0, refused: 0, compared: 0 };
  // A billion rounds apart, so that no input is tried twice.
  const runs = os.cpus().map((_, index) => run(start + index * 1_000_000_000, totals));
  const progress = setInterval(() => console.log(`  ${totals.inputs.toLocaleString('en')} inputs`), 10_000);
  await Promise.all(runs);
  clearInterval(progress);
  console.log(`${totals.inputs.toLocaleString('en')} inputs, ${totals.refused.toLocaleString('en')} refused, ${totals.compared.toLocaleString('en')} compared with the model; nothing found`);
} else {
  globalThis.fetch = async () => {
    throw new TypeError('nothing leaves this process');
  };
  const palm = await import('../pkg/dist/index.js');
  const end = Date.now() + Number(seconds) * 1000;
  for (let seed = Number(first); Date.now() < end; seed += 100_000) {
    process.send(await fuzz(palm, { seed, inputs: 400_000, until: () => Date.now() > end }));
  }
}

function run(seed, totals) {
  const child = fork(import.meta.filename, [seconds, String(seed), 'worker']);
  child.on('message', (counts) => {
    for (const name of Object.keys(totals)) totals[name] += counts[name];
  });
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      if (code !== 0) process.exitCode = 1;
      resolve();
    });
  });
}
