// The tables of the documentation, the declarations and the code say the same.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { TSDocConfiguration, TSDocParser } from '@microsoft/tsdoc';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name) => readFile(path.join(root, name), 'utf8');

/** The part of a file of the documentation under a heading. */
async function section(file, heading) {
  const [, rest] = (await read(`docs/${file}`)).split(new RegExp(`^#+ ${heading}$`, 'm'));
  assert.ok(rest, `docs/${file} has no section ${heading}`);
  return rest.split(/^#+ /m)[0];
}

/** All names in code in the first column of the tables of a text. */
function rows(text) {
  const cells = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).sort();
}

/** The members of an interface, or the texts of a union, in declarations. */
function members(text, name) {
  const body = new RegExp(`interface ${name}(?:<[^{]*>)? \\{([^]*?)\\n\\}`).exec(text)[1].replaceAll(/\/\*\*[^]*?\*\//g, '');
  return [...body.matchAll(/^ {4}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member]) => member).sort();
}
const union = (text, name) => [...new RegExp(`type ${name} =\\s*((?:/\\*\\*[^]*?\\*/|[^;])*);`).exec(text)[1].replaceAll(/\/\*\*[^]*?\*\//g, '').matchAll(/'(\w+)'/g)].map(([, member]) => member).sort();

const types = await read('pkg/dist/types.d.ts');
const generated = await read('pkg/dist/generated.d.ts');

test('the functions are the exports', async () => {
  const names = (file) => import(path.join(root, 'pkg/dist', file)).then(Object.keys);
  const documented = rows(await section('guide/start.md', 'What it does')).map((call) => /^\w+/.exec(call)[0]);
  const exported = [...(await names('index.js')), ...(await names('edge.js'))];
  assert.deepEqual(documented, exported.sort());
});

test('the options of updateUser', async () => {
  assert.deepEqual(rows(await section('guide/call.md', 'Options of `updateUser`')), members(types, 'UpdateUserOptions'));
});

test('the options of the gateway', async () => {
  const options = await read('pkg/dist/edge/options.d.ts');
  assert.deepEqual(rows(await section('guide/gateway.md', 'Options')), members(options, 'GatewayOptions'));
  const code = await read('pkg-template/src/edge/settings.ts');
  const known = [.../const KNOWN[^=]*= \[([^\]]*)\]/.exec(code)[1].matchAll(/'(\w+)'/g)].map(([, name]) => name);
  assert.deepEqual(known.sort(), members(options, 'GatewayOptions'), 'what the code lets through');
});

test('the refusals of the gateway', async () => {
  const { outputFiles } = await build({ entryPoints: [path.join(root, 'pkg-template/src/edge/refusal.ts')], bundle: true, format: 'esm', write: false });
  const { REFUSALS } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const [, table] = (await read('docs/gateway.md')).split('## What it refuses');
  const documented = [...table.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, code, status]) => `${code} ${status}`);
  assert.deepEqual(documented.sort(), Object.entries(REFUSALS).map(([code, [status]]) => `${code} ${status}`).sort());
});

test('the codes of errors', async () => {
  assert.deepEqual([...new Set(rows(await section('guide/errors.md', 'Codes')))].sort(), union(generated, 'ErrorCode'));
});

test('the outcomes', async () => {
  assert.deepEqual(rows(await section('guide/errors.md', 'Outcomes')), union(generated, 'Outcome'));
  const column = [...(await section('guide/errors.md', 'Codes')).matchAll(/^\|[^|]*\|[^|]*\| `(\w+)` \|$/gm)].map(([, outcome]) => outcome);
  assert.deepEqual([...new Set(column)].sort(), union(generated, 'Outcome'));
});

test('the codes of issues', async () => assert.deepEqual(rows(await section('guide/errors.md', 'Issues')), union(generated, 'IssueCode')));

test('TSDoc without a warning', async () => {
  const source = path.join(root, 'pkg-template/src');
  const parser = new TSDocParser(new TSDocConfiguration());
  let comments = 0;
  for (const file of (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts'))) {
    for (const [comment] of (await readFile(path.join(source, file), 'utf8')).matchAll(/\/\*\*[^]*?\*\//g)) {
      const { log } = parser.parseString(comment);
      assert.deepEqual(log.messages.map(String), [], `${file}: ${comment}`);
      comments++;
    }
  }
  assert.ok(comments > 100);
});

test('one version everywhere', async () => {
  const version = /^version = "([^"]+)"/m.exec(await read('Cargo.toml'))[1];
  assert.equal(JSON.parse(await read('pkg/package.json')).version, version);
  assert.match(await read('Cargo.lock'), new RegExp(`name = "palm-user"\nversion = "${version}"`));
});
