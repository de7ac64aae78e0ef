// A command of this repository, run as a user runs it, and the processes it started.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const xtask = process.env.PALM_USER_XTASK;

/** Whether the machine tells whose a process is. */
export const canList = process.platform === 'linux';

/**
 * Starts it in a session of its own, as a terminal does.
 *
 * @param {string[]} args of xtask
 * @param {{ terminal?: boolean, env?: object, cwd?: string, program?: string }} [options]
 *   with `terminal`, in a pseudo-terminal
 */
export function start(args, { terminal = false, env = {}, cwd = root, program = xtask } = {}) {
  const mark = `PALM_USER_MARK=${randomUUID()}`;
  const [name, value] = mark.split('=');
  const quoted = [program, ...args].map((part) => `'${part}'`).join(' ');
  const [file, rest] = terminal ? ['script', ['-qec', quoted, '/dev/null']] : [program, args];
  // Of the test runner's own, which would keep another from running.
  const { NODE_TEST_CONTEXT, ...own } = process.env;
  const child = spawn(file, rest, { cwd, env: { ...own, ...env, [name]: value }, detached: true, stdio: 'pipe' });
  let output = '';
  let isOver = false;
  const read = (data) => void (output += data);
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  child.stdin.on('error', () => {});
  const ended = new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      isOver = true;
      resolve(code ?? signal);
    });
  });
  return {
    child,
    ended,
    output: () => output,
    isOver: () => isOver,
    /** Waits until it has said something. */
    async says(pattern) {
      while (!pattern.test(output)) {
        if (isOver) throw new Error(`it ended without ${pattern}:\n${output}`);
        await wait(50);
      }
    },
    /** What runs of it now, itself included: `{ id, name }`. */
    processes: () => marked(mark),
    /** Waits until nothing of it runs, or gives what still does after a while. */
    async leftOver() {
      for (let look = 0; look < 150; look++) {
        if (marked(mark).length === 0) return [];
        await wait(100);
      }
      return marked(mark);
    },
  };
}

/** The processes whose environment has the mark, but for those that have ended. */
function marked(mark) {
  const found = [];
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // The environment of a process that has ended is empty.
      if (!readFileSync(`/proc/${id}/environ`, 'latin1').split('\0').includes(mark)) continue;
      found.push({ id: Number(id), name: readFileSync(`/proc/${id}/comm`, 'utf8').trim() });
    } catch {
      // It ended meanwhile, or is another user's.
    }
  }
  return found;
}
