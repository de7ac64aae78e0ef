// The package as publishers' tools and compilers see it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { install, root } from '../consumers/install.mjs';

const execute = promisify(execFile);
const folder = path.join(root, 'target/packaging');
const tool = (name) => path.join(root, 'node_modules', name);
let tarball;

before(async () => {
  tarball = await install(folder);
});

/** What a program says when it fails. */
async function passes(args) {
  try {
    await execute(process.execPath, args, { cwd: folder });
  } catch (error) {
    assert.fail(`${error.stdout}\n${error.stderr}`);
  }
}

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: path.join(root, 'pkg'), strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg, { color: false })), []);
});

describe('are the types wrong', () => {
  const attw = [tool('@arethetypeswrong/cli/dist/index.js')];

  test('no, for every resolver', () => passes([...attw, tarball, '--entrypoints', '.', './edge']));

  test('nor for pages, which take ESM only', () => passes([...attw, tarball, '--entrypoints', './web', '--profile', 'esm-only']));
});

describe('TypeScript, strict, with exactOptionalPropertyTypes', () => {
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2022', '--lib', 'es2023,dom,dom.iterable'];
  const settings = [
    ['node16', 'esm', ['--module', 'node16', '--moduleResolution', 'node16']],
    ['node16', 'commonjs', ['--module', 'node16', '--moduleResolution', 'node16']],
    ['nodenext', 'esm', ['--module', 'nodenext', '--moduleResolution', 'nodenext']],
    ['bundler', 'esm', ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ];
  for (const [resolution, format, options] of settings) {
    for (const file of format === 'esm' ? ['use', 'fails', 'web'] : ['use', 'fails']) {
      test(`${resolution}, ${format}: ${file}.ts`, async () => {
        const name = `${file}.${format === 'esm' ? 'mts' : 'cts'}`;
        await cp(path.join(import.meta.dirname, `types/${file}.ts`), path.join(folder, name));
        await passes([tool('typescript/bin/tsc'), ...strict, ...options, '--types', '', name]);
      });
    }
  }

  test('a page of types that is wrong would be seen', async () => {
    await writeFile(path.join(folder, 'wrong.mts'), "import { applyPatch } from 'palm-user';\napplyPatch({}, { display_name: 1 });\n");
    await assert.rejects(passes([tool('typescript/bin/tsc'), ...strict, '--module', 'nodenext', '--types', '', 'wrong.mts']));
  });
});
