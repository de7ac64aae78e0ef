// Both npm packages as npm, publishers' tools and a compiler see them before a release.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { install, root } from '../consumers/install.mjs';
import { npmCommand } from '../consumers/npm.mjs';

const execute = promisify(execFile);
const folder = path.join(root, 'target/publish');
const tool = (name) => path.join(root, 'node_modules', name);
const packages = ['pkg', 'pkg-sandbox'];
const manifest = async (name) => JSON.parse(await readFile(path.join(root, name, 'package.json'), 'utf8'));

/** npm with what it prints on both streams, whatever its end. */
async function npm(args, cwd) {
  const [file, ...rest] = npmCommand(args, process.platform);
  const options = { cwd, maxBuffer: 1 << 26, windowsVerbatimArguments: process.platform === 'win32' };
  return execute(file, rest, options).then((result) => ({ code: 0, ...result }), (error) => error);
}

before(() => install(folder, ['pkg-sandbox', 'pkg']));

for (const name of packages) {
  test(`npm publish --dry-run of ${name} finds nothing to correct`, async () => {
    const { code, stderr } = await npm(['publish', '--dry-run', '--access', 'public'], path.join(root, name));
    assert.equal(code, 0, stderr);
    const warnings = stderr.split('\n').filter((line) => line.startsWith('npm warn publish') && !line.includes('logged in'));
    assert.deepEqual(warnings, []);
  });

  test(`${name}: every entry has types, and every script is readable or has its source map`, async () => {
    const { exports } = await manifest(name);
    const targets = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(targets));
    for (const [entry, target] of Object.entries(exports)) {
      if (entry === './package.json') continue;
      const files = targets(target);
      assert.ok(files.some((file) => /\.d\.c?ts$/.test(file)), `${entry} has no types`);
      for (const file of files) {
        const text = await readFile(path.join(root, name, file), 'utf8');
        if (!/\.c?js$/.test(file) || Math.max(...text.split('\n').map((line) => line.length)) < 300) continue;
        const [, map] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text) ?? [];
        assert.ok(map !== undefined, `${file} is minified and has no source map`);
        const { sources, sourcesContent } = JSON.parse(await readFile(path.join(root, name, path.dirname(file), map), 'utf8'));
        assert.equal(sources.length, sourcesContent.length);
        assert.ok(sources.some((source, index) => source.endsWith('.ts') && sourcesContent[index]?.includes('export ')), file);
        assert.ok(!sources.some((source) => path.isAbsolute(source)), file);
      }
    }
  });
}

test('publint finds nothing in the sandbox', async () => {
  const { messages, pkg } = await publint({ pkgDir: path.join(root, 'pkg-sandbox'), strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg, { color: false })), []);
});

describe('the types of the sandbox', () => {
  test('are right for every resolver', async () => {
    const tarball = (await readdir(folder)).find((name) => name.startsWith('palm-user-sandbox'));
    const attw = [tool('@arethetypeswrong/cli/dist/index.js'), path.join(folder, tarball)];
    await execute(process.execPath, [...attw, '--entrypoints', '.'], { cwd: folder });
    await execute(process.execPath, [...attw, '--entrypoints', './node', '--profile', 'esm-only'], { cwd: folder });
  });

  const source = `import { updateUser } from 'palm-user';
import { createMemoryStorage, createSandbox, type SandboxUser } from 'palm-user-sandbox';

const users: SandboxUser[] = [{ userId: 'ada', display_name: 'Ada', metadata: { language: 'en' } }];
const sandbox = createSandbox({ users, storage: createMemoryStorage() });
export const user = updateUser('ada', { display_name: 'x' }, { apiKey: 'sk_test_0', fetch: sandbox.fetch });
// @ts-expect-error
createSandbox({ users: [{ displayName: 'Ada' }] });
`;
  for (const [resolution, name] of [['node16', 'use.mts'], ['node16', 'use.cts'], ['nodenext', 'use.mts'], ['bundler', 'use.mts']]) {
    test(`${resolution}, ${name}`, async () => {
      await writeFile(path.join(folder, name), source);
      const module = resolution === 'bundler' ? 'esnext' : resolution;
      const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2022', '--lib', 'es2023,dom,dom.iterable', '--types', ''];
      const run = execute(process.execPath, [tool('typescript/bin/tsc'), ...strict, '--module', module, '--moduleResolution', resolution, name], { cwd: folder });
      await run.catch(({ stdout }) => assert.fail(stdout));
    });
  }
});

test('no advisory of high or critical severity, of all that this repository installs', async (t) => {
  const { stdout } = await npm(['audit', '--json'], root);
  const report = JSON.parse(stdout || '{}');
  // Mirrors of the registry often have no advisories.
  if (report.metadata === undefined) return t.skip(`the registry answers no audit: ${report.message ?? 'no connection'}`);
  const { high, critical } = report.metadata.vulnerabilities;
  assert.deepEqual({ high, critical }, { high: 0, critical: 0 });
});

test('the release publishes both packages and the crate, with provenance', async () => {
  const workflow = await readFile(path.join(root, '.github/workflows/release.yml'), 'utf8');
  for (const name of packages) assert.match(workflow, new RegExp(`npm publish \\./${name} --provenance`));
  assert.match(workflow, /id-token: write/);
  assert.match(workflow, /cargo publish -p palm-user/);
  assert.match(workflow, /cyclonedx/);
  // Nothing is published that was not tested.
  assert.ok(workflow.indexOf('cargo xtask test') < workflow.indexOf('npm publish'));
});
