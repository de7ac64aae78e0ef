// Apps as their users have them: the package installed, the recipes in their places.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { install } from '../consumers/install.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const target = path.join(root, 'target/deployments');
const apps = fileURLToPath(new URL('./apps', import.meta.url));

/** Installs the packed package where every app finds it. */
export const installPackage = () => install(target);

/** The folder of an app, with these recipes in it (`{file: recipe}`). */
export async function makeApp(name, recipes = {}) {
  const folder = path.join(target, name);
  await cp(path.join(apps, name), folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"private": true, "type": "module"}\n');
  for (const file of ['page.js', 'main.js', 'index.html']) await cp(path.join(apps, 'shared', file), path.join(folder, file));
  for (const [file, recipe] of Object.entries(recipes)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await cp(path.join(root, 'recipes', recipe), path.join(folder, file));
  }
  return folder;
}

/** The page's script as one file. */
export async function bundlePage(folder, outfile) {
  await build({ entryPoints: [path.join(folder, 'main.js')], bundle: true, format: 'esm', outfile: path.join(folder, outfile), logLevel: 'warning' });
}

/** Starts a program that prints its address, which `pattern` finds; `lines` is all that it prints. */
export async function startProgram(cwd, args, variables, pattern = /http:\/\/127\.0\.0\.1:\d+/) {
  const { NODE_ENV, ...rest } = process.env;
  const child = spawn(process.execPath, args, { cwd, env: { ...rest, ...variables, NO_COLOR: '1' }, detached: true });
  const lines = [];
  const url = await new Promise((resolve, reject) => {
    const read = (data) => {
      lines.push(String(data));
      const found = pattern.exec(lines.join(''));
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => reject(new Error(lines.join(''))));
  });
  const close = async () => {
    const ended = once(child, 'close');
    // With whatever it has started.
    process.kill(-child.pid);
    await ended;
  };
  return { url, lines, close };
}
