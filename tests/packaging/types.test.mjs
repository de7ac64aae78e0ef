// The types as each TypeScript sees them, from the oldest that is promised to the newest,
// and as an editor shows them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import ts from 'typescript-5.9';

import { install, root } from '../consumers/install.mjs';

const execute = promisify(execFile);
const folder = path.join(root, 'target/packaging-types');
const module = (name) => path.join(root, 'node_modules', name);

const STRICT = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2022', '--moduleDetection', 'force', '--skipDefaultLibCheck', '--lib', 'es2023,dom,dom.iterable'];
const NODENEXT = ['--module', 'nodenext', '--typeRoots', './none'];
const BUNDLER = ['--module', 'esnext', '--moduleResolution', 'bundler', '--jsx', 'react-jsx', '--skipLibCheck', '--typeRoots', module('@types'), '--types', 'node'];
const VERSIONS = ['typescript-5.5', 'typescript-5.9', 'typescript-6', 'typescript'];
const FILES = ['use.ts', 'fails.ts', 'web.ts', 'metadata.ts', 'narrow.ts'];

before(async () => {
  await install(folder);
  await writeFile(path.join(folder, 'package.json'), '{"private": true, "type": "module"}\n');
  await cp(path.join(import.meta.dirname, 'types'), folder, { recursive: true });
  await cp(path.join(root, 'recipes/metadata.ts'), path.join(folder, 'recipe.ts'));
});

/** What a compiler says of some files; nothing where they compile. */
async function said(version, args) {
  try {
    await execute(process.execPath, [path.join(module(version), 'bin/tsc'), ...STRICT, ...args], { cwd: folder });
    return '';
  } catch (error) {
    return `${error.stdout}${error.stderr}`;
  }
}

for (const name of VERSIONS) {
  describe(name, () => {
    test('what one writes, and what must not compile', async () => {
      const { version } = JSON.parse(await readFile(path.join(module(name), 'package.json'), 'utf8'));
      assert.equal(await said(name, [...NODENEXT, ...FILES]), '', version);
    });

    test('metadata that is registered', async () => assert.equal(await said(name, [...NODENEXT, 'register.ts']), ''));

    test('schemas of every library', async () => assert.equal(await said(name, [...BUNDLER, 'schemas.ts']), ''));

    test("the guide's metadata", async () => assert.equal(await said(name, [...BUNDLER, 'recipe.ts']), ''));

    test('forms, validators, tRPC, and keys of the environment', async () => {
      assert.equal(await said(name, [...BUNDLER, 'forms.tsx', 'nested.tsx', 'hooks.tsx', 'servers.ts', 'key.ts']), '');
    });
  });
}

test('something wrong would be seen', async () => {
  await writeFile(path.join(folder, 'wrong.ts'), "import { applyPatch } from 'palm-user';\napplyPatch({}, { display_name: 1 });\n");
  assert.match(await said('typescript', [...NODENEXT, 'wrong.ts']), /wrong\.ts/);
});

test('5.5 is 5.5', async () => {
  const { version } = JSON.parse(await readFile(path.join(module('typescript-5.5'), 'package.json'), 'utf8'));
  assert.match(version, /^5\.5\./);
});

// TypeScript 7 has no language service for programs: an editor speaks to it by a protocol.
describe('completions', () => {
  const DECLARED = `
    import { defineMetadata, isPalmError, type Messages, type StandardSchema, type UserPatch, type UserStore } from 'palm-user';
    import { createGateway } from 'palm-user/edge';
    declare function schema<T>(): StandardSchema<T, T>;
    export const metadata = defineMetadata({ customer_tier: schema<'basic' | 'premium'>(), notes: schema<string | undefined>() }, { writable: ['notes'] });
    declare module 'palm-user' { interface Register { metadata: typeof metadata } }
    declare const store: UserStore;
    declare const error: unknown;
  `;

  /** The names that an editor offers where the program has a |. */
  function offered(line) {
    const file = path.join(folder, 'completed.ts');
    const [start, end] = line.split('|');
    const text = `${DECLARED}${start}${end}`;
    const options = { strict: true, exactOptionalPropertyTypes: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [] };
    const service = ts.createLanguageService({
      getScriptFileNames: () => [file],
      getScriptVersion: () => '1',
      getScriptSnapshot: (name) => {
        const source = name === file ? text : ts.sys.readFile(name);
        return source === undefined ? undefined : ts.ScriptSnapshot.fromString(source);
      },
      getCurrentDirectory: () => folder,
      getCompilationSettings: () => options,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
    });
    const found = service.getCompletionsAtPosition(file, DECLARED.length + start.length, {});
    service.dispose();
    return (found?.entries ?? []).map(({ name }) => name);
  }

  const cases = [
    ['keys of a patch', 'const patch: UserPatch = { metadata: { | } };', ['customer_tier', 'notes'], []],
    ['values of a key', "const patch: UserPatch = { metadata: { customer_tier: '|' } };", ['basic', 'premium'], []],
    ['keys of an edit: the writable ones', 'store.edit({ metadata: { | } });', ['notes'], ['customer_tier']],
    ['fields of a store', "store.field('|');", ['display_name', 'metadata.notes'], ['metadata.customer_tier']],
    ['keys that can be marked', "defineMetadata({ a: schema<string>(), b: schema<string>() }, { writable: ['|'] });", ['a', 'b'], []],
    ['codes of an error', "isPalmError(error, '|');", ['invalid_patch', 'rate_limited', 'signed_out'], []],
    ['codes in a switch', "if (isPalmError(error)) switch (error.code) { case '|': }", ['invalid_patch', 'rate_limited'], []],
    ['what a code always has', "if (isPalmError(error, 'invalid_patch')) error.|", ['issues', 'outcome'], []],
    ['codes of an issue', "if (isPalmError(error, 'invalid_patch') && error.issues[0]?.code === '|') {}", ['too_many_keys', 'unknown_key'], []],
    ['parameters by code', "if (isPalmError(error, 'invalid_patch') && error.issues[0]?.code === 'too_many_keys') error.issues[0].params?.|", ['limit', 'actual'], ['suggestion']],
    ['codes of messages', "const german: Messages = { '|' };", ['too_long', 'too_long.key', 'invalid_email.no_at', 'rate_limited', 'signed_out'], []],
    ['parameters of a message', "const german: Messages = { too_many_keys: ({ | }) => '' };", ['limit', 'actual'], ['suggestion']],
    ['keys that a gateway shows', "createGateway({ apiKey: '', metadata, visible: { metadata: ['|'] } });", ['customer_tier', 'notes'], []],
  ];
  for (const [name, line, expected, unexpected] of cases) {
    test(name, () => {
      const names = offered(line);
      for (const one of expected) assert.ok(names.includes(one), `${one} is not in ${names.slice(0, 20)}`);
      for (const one of unexpected) assert.ok(!names.includes(one), `${one} is in ${names.slice(0, 20)}`);
    });
  }
});
