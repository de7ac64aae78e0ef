// The crate's feature reqwest: a program that is given a call in each line.

import { spawn } from 'node:child_process';

import { lines } from '../lines.mjs';

export async function reqwest({ program }) {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = lines(child.stdout);
  let before = Promise.resolve();
  return {
    /** One after the other: the answers come in the order of the calls. */
    call(described) {
      before = before.then(async () => {
        child.stdin.write(`${JSON.stringify(described)}\n`);
        const { value, done } = await answers.next();
        if (done) throw new Error('the program has ended');
        return JSON.parse(value);
      });
      return before;
    },
    close: () => child.stdin.end(),
  };
}
