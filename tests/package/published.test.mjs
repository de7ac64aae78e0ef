// What is published: nothing that a strict policy refuses, and nothing of whoever built it.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const folder = path.join(import.meta.dirname, 'node_modules/palm-user');
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const read = (entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1');

test('no code is made of text', () => {
  const scripts = files.filter(({ name }) => /\.c?js$/.test(name));
  assert.ok(scripts.length >= 7);
  for (const script of scripts) {
    assert.doesNotMatch(read(script), /\beval\s*\(|\bnew Function\b|\bFunction\s*\(/, script.name);
  }
});

test('no path of whoever built it', () => {
  const paths = [process.env.PALM_USER_ROOT, os.homedir()].filter((place) => place.length > 1);
  for (const entry of files) {
    const text = read(entry);
    // A home such as /root is also the start of paths in documentation.
    for (const place of paths) assert.ok(!text.includes(`${place}/`), `${entry.name} has ${place}`);
  }
});

test('the inlined module is the one in the file', async () => {
  const { Module } = WebAssembly;
  let inlined;
  WebAssembly.Module = new Proxy(Module, {
    construct(target, [bytes]) {
      inlined = bytes;
      return new target(bytes);
    },
  });
  try {
    const { fingerprint } = await import('./node_modules/palm-user/dist/index.js?inlined');
    fingerprint('a');
  } finally {
    WebAssembly.Module = Module;
  }
  assert.deepEqual(Buffer.from(inlined), readFileSync(path.join(folder, 'dist/palm_user.wasm')));
});

test('what package.json names is there', () => {
  const { exports, main, module, types } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const names = [];
  JSON.stringify({ exports, main, module, types }, (_, value) => (typeof value === 'string' && value.startsWith('./') && names.push(value), value));
  assert.ok(names.length > 10);
  for (const name of names) assert.ok(readFileSync(path.join(folder, name)).length > 0, name);
});
