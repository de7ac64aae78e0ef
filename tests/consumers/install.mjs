// The package, packed by npm and installed from the tarball, as a user gets it.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './npm.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const folder = path.join(root, 'target/consumers');
const here = import.meta.dirname;

/** Installs packages into a folder, and gives the path of the first tarball. The tools are the repository's own, found in the folder above. */
export async function install(folder, packages = ['pkg']) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"private": true}\n');
  const names = npm(['pack', '--silent', '--pack-destination', folder, ...packages.map((name) => path.join(root, name))]).trim().split(/\s+/);
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--offline', '--silent'];
  npm(['install', ...options, ...names.map((name) => `./${name}`)], { cwd: folder });
  return path.join(folder, names[0]);
}

/** A project of `projects/` in a folder of its own, with the program that all run. */
export async function project(name, as = name, type = 'module') {
  const target = path.join(folder, as);
  await cp(path.join(here, 'projects', name), target, { recursive: true });
  await writeFile(path.join(target, 'package.json'), `${JSON.stringify({ private: true, type })}\n`);
  const exercise = await readFile(path.join(here, 'exercise.js'), 'utf8');
  await writeFile(path.join(target, 'exercise.js'), exercise);
  const common = exercise.replaceAll(/^export (async function|const) (\w+)/gm, 'exports.$2 = $2;\n$1 $2');
  await writeFile(path.join(target, 'exercise.cjs'), common.replace('exports.expected = expected;\n', '') + '\nexports.expected = expected;\n');
  return target;
}

/** A folder with nothing but these files. */
export async function empty(name, files) {
  const target = path.join(folder, name);
  await mkdir(target, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(target, file), text);
  return target;
}
