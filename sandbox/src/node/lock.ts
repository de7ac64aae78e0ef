// One process writes to a file at a time.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Gives the function that unlocks. @throws {TypeError} if another process has the file. */
export function lock(file: string): () => void {
  const name = `${file}.lock`;
  for (const isLast of [false, true]) {
    try {
      writeFileSync(name, String(process.pid), { flag: 'wx' });
      return () => rmSync(name, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(name, 'utf8'));
      if (isLast || isAlive(holder)) throw new TypeError(`${file} is in use by process ${holder}; if that is not a sandbox, delete ${name}`);
      // Left by a process that was killed.
      rmSync(name, { force: true });
    }
  }
  throw new TypeError(`${file} is in use`);
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
