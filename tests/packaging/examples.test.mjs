// The examples of the documentation run, and give what their comments say.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = path.join(root, 'pkg/dist');
const entry = (name) => import(path.join(dist, name));
const exports = { ...(await entry('web.js')), ...(await entry('index.js')), ...(await entry('edge.js')) };

const user = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: { language: 'en', signup_source: 'mobile_app' },
  status: 'active',
  verification: null,
  display_name: 'John Doe',
  vault: { 'identity.first_name': 'John' },
};
/** What the examples take for granted. */
const scope = {
  user,
  apiKey: 'sk_test_0000',
  env: { PALM_API_KEY: 'sk_test_0000' },
  gateway: 'https://gateway.example.com',
  render: () => undefined,
  toast: () => undefined,
  sessionOf: async () => ({ userId: 'palm_usr_1' }),
};

/** Palm, and files: nothing here reaches the network. */
globalThis.fetch = async (url) => {
  const { protocol, pathname } = new URL(url);
  if (protocol === 'file:') return new Response(await readFile(pathname), { headers: { 'content-type': 'application/wasm' } });
  return Response.json(user);
};

const AsyncFunction = (async () => undefined).constructor;

/** A value as a comment shows it, or undefined where the comment is a sentence. */
function shown(comment) {
  try {
    return { value: new Function(`return (${comment});`)() };
  } catch {
    return undefined;
  }
}

/** Statements whose comment is a value become assertions. */
function program(code) {
  let asserted = 0;
  const lines = [];
  for (const line of code.split('\n')) {
    const comment = /^(.*?)\s*\/\/ (.+)$/.exec(line);
    const expected = comment && shown(comment[2]);
    const statement = comment?.[1] || lines.at(-1);
    if (expected && /^[\w$.[\]'~-]+[.([ ].*;$/.test(statement) && !/^(const|let|return|if)\b/.test(statement)) {
      if (!comment[1]) lines.pop();
      lines.push(`assert.deepEqual(${statement.slice(0, -1)}, ${comment[2]});`);
      asserted++;
    } else {
      lines.push(line);
    }
  }
  const body = lines.join('\n').replaceAll(/^import .*;$/gm, '').replaceAll(/^export default/gm, 'exported =');
  return { body: `let exported;\n${body}\nreturn exported;`, asserted };
}

async function run(code) {
  const { body, asserted } = program(code);
  const used = Object.keys(exports).filter((name) => name !== 'default' && new RegExp(`\\b${name}\\b`).test(code));
  const names = ['assert', ...Object.keys(scope), ...used];
  const values = [assert, ...Object.values(scope), ...used.map((name) => exports[name])];
  const free = names.map((name, index) => [name, values[index]]).filter(([name]) => !new RegExp(`const ${name}\\b`).test(body));
  await new AsyncFunction(...free.map(([name]) => name), body)(...free.map(([, value]) => value));
  return asserted;
}

const declarations = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.d.ts'));
let examples = 0;
let assertions = 0;
for (const file of declarations.sort()) {
  const text = await readFile(path.join(dist, file), 'utf8');
  for (const [, block, name] of text.matchAll(/@example\s+\* ```js\n([^]*?)```[^]*?export (?:declare )?(?:function|const) (\w+)/g)) {
    examples++;
    test(`TSDoc: ${name}`, async () => {
      assertions += await run(block.replaceAll(/^ \* ?/gm, ''));
    });
  }
}

test('the examples were found, and their values looked at', () => {
  assert.equal(examples, 15);
  assert.ok(assertions >= 10, `${assertions} values`);
});

const readme = await readFile(path.join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code);
// Recipes and the gateway import files of the user's own; their tests run them in their frameworks.
for (const code of blocks.filter((code) => !/from '(\.|react|@|hono)/.test(code) && !/^export|export const/m.test(code))) {
  test(`README: ${code.trim().split('\n')[0]}`, () => run(code));
}
