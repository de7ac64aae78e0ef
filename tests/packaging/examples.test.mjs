// The examples of the documentation run, and give what their comments say.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { transform } from 'esbuild';

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
  userId: 'me',
  report: (await entry('index.js')).validatePatch({ displayName: 'Ada' }),
  send: async () => user,
  read: async () => user,
  sessionOf: async () => ({ userId: 'palm_usr_1' }),
};

/** The page that examples are on: a gateway's path is one of its origin. */
globalThis.location = new URL('https://app.example.com/profile');

/** Palm, and files: nothing here reaches the network. */
globalThis.fetch = async (address) => {
  const url = new URL(address);
  if (url.protocol === 'file:') return new Response(await readFile(url), { headers: { 'content-type': 'application/wasm' } });
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
let [examples, written] = [0, 0];
let assertions = 0;
for (const file of declarations.sort()) {
  const text = await readFile(path.join(dist, file), 'utf8');
  written += text.match(/\* @example\s+\* ```js\n/g)?.length ?? 0;
  for (const [, block] of text.matchAll(/\* @example\s+\* ```jsx\n([^]*?)```/g)) {
    // Components run in tests/browser/; here they are read.
    test(`TSDoc, JSX: ${file}`, () => transform(`async function example() {${block.replaceAll(/^ *\* ?/gm, '')}}`, { loader: 'jsx' }));
  }
  for (const [, block, name] of text.matchAll(/@example\s+\* ```js\n([^]*?)```[^]*?export (?:declare )?(?:function|const) (\w+)/g)) {
    examples++;
    test(`TSDoc: ${name}`, async () => {
      assertions += await run(block.replaceAll(/^ \* ?/gm, ''));
    });
  }
}

test('the examples were found, and their values looked at', () => {
  assert.equal(examples, written);
  assert.ok(examples >= 15);
  assert.ok(assertions >= 10, `${assertions} values`);
});

// Everything that a reader can copy: it runs here, or is a recipe, which has a test of its
// own in its framework, or is tried elsewhere as it is.
const documents = ['README.md', 'SECURITY.md', 'pkg/README.md', 'pkg-sandbox/README.md', 'examples/README.md', ...(await files('docs', '.md'))];
const recipes = new Map();
for (const file of await files('recipes', '.js', '.ts', '.jsx', '.tsx', '.vue', '.svelte')) {
  recipes.set(await readFile(path.join(root, file), 'utf8'), file);
}
/** By their first line: tests/consumers/ runs these in every runtime. */
const ELSEWHERE = ['// example.mjs', '// worker.js'];
/** What is not a program of ours: commands, what is printed, a page that tests/consumers/ opens. */
const OTHER = ['sh', 'text', 'html', 'http'];

async function files(folder, ...ends) {
  const names = await readdir(path.join(root, folder), { recursive: true });
  return names.filter((name) => ends.includes(path.extname(name)) && !name.includes('node_modules')).map((name) => `${folder}/${name.replaceAll('\\', '/')}`).sort();
}

const shownRecipes = new Set();
const mentioned = new Set();
for (const document of documents) {
  const text = await readFile(path.join(root, document), 'utf8');
  for (const file of recipes.values()) if (text.includes(file) || text.includes(`${path.posix.dirname(file)}/)`)) mentioned.add(file);
  for (const [, language, code] of text.matchAll(/^```([\w-]*)\n([^]*?)^```$/gm)) {
    const [first] = code.split('\n');
    const recipe = recipes.get(code);
    if (recipe !== undefined) shownRecipes.add(recipe);
    if (recipe !== undefined || ELSEWHERE.includes(first) || OTHER.includes(language)) continue;
    // `cargo test` runs what is in Rust, as src/lib.rs includes it.
    if (language === 'rust' && ['docs/guide/rust.md', 'src/README.md'].includes(document)) continue;
    test(`${document}: ${first}`, async () => {
      if (language === 'json') return void JSON.parse(code);
      assert.equal(language, 'js', `nothing tries this block; put it into recipes/, with a test`);
      assert.doesNotMatch(code, /^export |from '(?!palm-user)/m, 'it imports or exports: put it into recipes/, with a test');
      await run(code);
    });
  }
}

test('every recipe is in the documentation', () => {
  const hidden = [...recipes.values()].filter((file) => !shownRecipes.has(file) && !mentioned.has(file));
  assert.deepEqual(hidden, []);
});
