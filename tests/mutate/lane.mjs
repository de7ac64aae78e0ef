// A copy of the checkout in which one fault at a time is put, and the tests that
// should notice.

import { execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** In place of a test's name. */
export const LATE = 'it was late';
export const BROKEN = 'it broke off';
const LEFT_OUT = /^(bench|docs|fuzz|xtask|www)\//;

/** Makes a copy with the package built, and gives the ways to try it. */
export async function makeLane(number) {
  const lane = path.join(root, `target/mutate/lane-${number}`);
  await rm(lane, { recursive: true, force: true });
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  for (const file of listed.split('\0').filter((name) => name !== '' && !LEFT_OUT.test(name))) {
    await cp(path.join(root, file), path.join(lane, file)).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  await cp(path.join(root, 'target/bindgen'), path.join(lane, 'target/bindgen'), { recursive: true });
  for (const name of ['pkg', 'pkg-sandbox']) await cp(path.join(root, name), path.join(lane, name), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(lane, 'node_modules'), 'junction');
  // As `cargo xtask test package` has it, with the package that is rebuilt.
  const consumer = path.join(lane, 'target/consumer');
  await mkdir(path.join(consumer, 'node_modules'), { recursive: true });
  await writeFile(path.join(consumer, 'package.json'), '{"private": true, "type": "module"}\n');
  await symlink(path.join(lane, 'pkg'), path.join(consumer, 'node_modules/palm-user'), 'junction');
  await cp(path.join(root, 'tests/package'), consumer, { recursive: true });
  const { bundle } = await import(pathToFileURL(path.join(lane, 'pkg-template/bundle.mjs')));
  const folders = { package: consumer, workerd: path.join(lane, 'tests/workerd') };

  /** Puts a text into a file, and what is built of it into the package. */
  async function write(file, text) {
    await writeFile(path.join(lane, file), text);
    if (file.startsWith('pkg-template/')) await bundle();
  }

  return {
    write,
    /** The test files of a suite whose names match, `suite/file` each. */
    async tests(suite, pattern) {
      const names = (await readdir(folders[suite])).filter((name) => /\.test\.[mc]js$/.test(name) && pattern.test(name));
      return names.map((name) => `${suite}/${name}`);
    },
    /**
     * The names of what fails in a test file, beyond those that `known` has; at the
     * first of them it is ended, and when it is late.
     */
    failures(test, limitMs, known) {
      const [suite, name] = test.split('/');
      const cwd = folders[suite];
      const { NODE_TEST_CONTEXT, NODE_ENV, ...rest } = process.env;
      const env = { ...rest, PALM_USER_CASES: path.join(lane, 'tests/cases'), PALM_USER_ROOT: lane };
      const child = spawn(process.execPath, ['--test', '--test-reporter=tap', name], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
      const end = () => {
        try {
          process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
        } catch {
          // It has ended.
        }
      };
      return new Promise((resolve) => {
        const failed = new Set();
        let isWhole = false;
        const timer = setTimeout(() => {
          failed.add(LATE);
          end();
        }, limitMs);
        createInterface(child.stdout).on('line', (line) => {
          if (line.startsWith('# tests ')) isWhole = true;
          const found = /^\s*not ok \d+ - (.*)$/.exec(line);
          // A file by its path is what a crash is reported as.
          if (found === null || /# TODO/.test(line) || known?.has(found[1])) return;
          failed.add(found[1]);
          if (known !== undefined) end();
        });
        child.on('close', () => {
          clearTimeout(timer);
          end();
          if (!isWhole && failed.size === 0) failed.add(BROKEN);
          resolve(failed);
        });
      });
    },
  };
}
