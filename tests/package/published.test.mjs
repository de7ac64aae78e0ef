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
    // The inlined module too.
    const inlined = /"(AGFzbQ[A-Za-z0-9+/=]+)"/.exec(text)?.[1] ?? '';
    const all = text + Buffer.from(inlined, 'base64').toString('latin1');
    // A home such as /root is also the start of paths in documentation.
    for (const place of paths) assert.ok(!all.includes(`${place}/`), `${entry.name} has ${place}`);
    if (/^(index\.js|index\.cjs)$/.test(entry.name)) assert.ok(inlined.length > 10_000, 'the inlined module was looked into');
  }
});

test('what package.json names is there', () => {
  const { exports, main, module, types } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const names = [];
  JSON.stringify({ exports, main, module, types }, (_, value) => (typeof value === 'string' && value.startsWith('./') && names.push(value), value));
  assert.ok(names.length > 10);
  for (const name of names) assert.ok(readFileSync(path.join(folder, name)).length > 0, name);
});
