// What Windows does otherwise, as far as it can be tried elsewhere: a batch file for
// npm, and backslashes in paths.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { bundle } from '../../pkg-template/bundle.mjs';
import { npm, npmCommand } from '../consumers/npm.mjs';
import { root } from './command.mjs';

const folder = await mkdtemp(path.join(os.tmpdir(), 'palm-user-'));
after(() => rm(folder, { recursive: true, force: true }));
const skip = process.platform === 'win32' ? 'this is Windows' : false;

test('npm is a batch file, given to cmd.exe as one quoted text', () => {
  assert.deepEqual(npmCommand(['pack', 'C:\\Users\\Jörg Me\\pkg'], 'win32'), [
    'cmd.exe', '/d', '/s', '/c', '""npm.cmd" "pack" "C:\\Users\\Jörg Me\\pkg""',
  ]);
  assert.deepEqual(npmCommand(['pack', '/a b'], 'linux'), ['npm', 'pack', '/a b']);
});

test('a fake npm.cmd gets its arguments whole', { skip }, async () => {
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  // As cmd.exe does with /s: the outer quotes go, the rest is the command line.
  await writeFile(path.join(bin, 'cmd.exe'), '#!/bin/bash\n[ "$1 $2 $3" = "/d /s /c" ] || exit 9\nline=${4#\\"}\neval "${line%\\"}"\n', { mode: 0o755 });
  await writeFile(path.join(bin, 'npm.cmd'), '#!/bin/sh\nprintf "<%s>" "$@"\n', { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  assert.equal(npm(['install', './a b.tgz', 'C:\\ü x'], { platform: 'win32', env }), '<install><./a b.tgz><C:\\ü x>');
});

test('the package is bundled the same in a folder with backslashes', { skip }, async () => {
  const [from, to] = ['bindgen', 'dist'].map((name) => path.join(folder, `C:\\Users\\Jörg Me\\palm-user\\${name}`));
  await cp(path.join(root, 'target/bindgen'), from, { recursive: true });
  await mkdir(to);
  await cp(path.join(root, 'pkg/dist/palm_user.wasm'), path.join(to, 'palm_user.wasm'));
  await bundle({ from, to });
  const [scripts, usual] = await Promise.all([to, path.join(root, 'pkg/dist')].map(async (place) => (await readdir(place)).filter((name) => /\.c?js$/.test(name))));
  // source.js is copied as it is.
  assert.deepEqual(scripts, usual.filter((name) => name !== 'source.js'));
  for (const name of scripts) {
    const [one, other] = await Promise.all([to, path.join(root, 'pkg/dist')].map((place) => readFile(path.join(place, name), 'utf8')));
    assert.equal(one, other, name);
  }
});

test('no step of the bundler depends on how a path is written', async () => {
  const text = await readFile(path.join(root, 'pkg-template/bundle.mjs'), 'utf8');
  const loads = [...text.matchAll(/onLoad\((\{.*?\}),/g)].map(([, options]) => options);
  assert.ok(loads.length > 1);
  for (const options of loads) assert.match(options, /^\{ filter: \/\.\/, namespace: '[\w-]+' \}$/);
});

test('every text has the same line ends everywhere', async () => {
  const listed = execFileSync('git', ['ls-files', '--eol'], { cwd: root, encoding: 'utf8' });
  const lines = listed.trim().split('\n');
  assert.ok(lines.length > 100);
  const strange = lines.filter((line) => !/^i\/(lf|none) +w\/(lf|none|) *attr\/text=auto eol=lf/.test(line) && !/^i\/-text/.test(line));
  assert.deepEqual(strange, []);
});
