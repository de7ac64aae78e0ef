// The npm package and the crate on documents that nobody wrote: the same reports,
// and the same results. CI compares 10,000; PALM_USER_DOCUMENTS=1000000 is the long
// form, and PALM_USER_SEED the document to begin with.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { lines } from './lines.mjs';

const { PALM_USER_ROOT: root, PALM_USER_RULES: program, PALM_USER_DOCUMENTS = '10000', PALM_USER_SEED = '1' } = process.env;
const palm = await import(pathToFileURL(`${root}/pkg/dist/index.js`));

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function randomOf(seed) {
  let state = Math.imul(seed, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Few keys, so that patches and users meet. */
const KEYS = ['a', 'b', 'c', 'notes', 'customer_tier', '', '0', '10', 'a/b', 'm~n', 'é😀', '__proto__', 'constructor', 'toString', 'x'.repeat(40)];
const FIELDS = ['metadata', 'display_name', 'displayName', 'meta_data', 'email', 'status', '__proto__', 'x'];

function document(seed) {
  const random = randomOf(seed);
  const below = (limit) => Math.floor(random() * limit);
  const one = (list) => list[below(list.length)];
  const chance = (part) => random() < part;
  let isPatch = false;
  const text = () => one(['', 'x', 'premium', 'Ada', 'é😀\u0000', '\u2028"\\', 'long '.repeat(below(30))]);
  const number = () => one([0, -0, 1, -1, 0.1, 1e21, 2 ** 53, -(2 ** 63), 5e-324, random(), random() * 1e10, 1e300 * random()]);
  const deep = (levels) => {
    let value = text();
    for (let level = 0; level < levels; level++) value = chance(0.5) ? [value] : { [one(KEYS)]: value };
    return value;
  };
  const value = (depth = 0) => {
    const kind = below(depth > 3 ? 5 : 8);
    if (kind < 2) return text();
    if (kind === 2) return null;
    if (kind === 3) return number();
    if (kind === 4) return chance(0.5);
    // Past 64 levels two values count as different, unless they are one, as in JavaScript they may be.
    if (kind === 5) return chance(0.02) ? deep(isPatch ? 55 + below(15) : 50) : text();
    const count = below(4);
    if (kind === 6) return Array.from({ length: count }, () => value(depth + 1));
    return members(count, () => value(depth + 1));
  };
  /** Own members whatever their names, as `JSON.parse` makes them. */
  const members = (count, make, keys = KEYS) => {
    const made = {};
    for (let at = 0; at < count; at++) {
      const key = count > 20 ? `k${below(60)}` : one(keys);
      Object.defineProperty(made, key, { value: make(), enumerable: true, configurable: true, writable: true });
    }
    return made;
  };
  const metadata = () => members(chance(0.1) ? 40 + below(40) : below(8), () => (chance(0.6) ? text() : value()));
  const patch = () => {
    if (chance(0.03)) return value();
    const made = {};
    if (chance(0.85)) made.metadata = chance(0.05) ? value() : members(chance(0.05) ? 40 + below(30) : below(6), () => (chance(0.25) ? null : chance(0.6) ? text() : value()));
    if (chance(0.4)) made.display_name = chance(0.1) ? value() : text();
    if (chance(0.08)) Object.assign(made, members(1, value, FIELDS));
    return made;
  };
  const user = () => {
    if (chance(0.02)) return value();
    const made = { id: 'x', object: 'user', metadata: metadata(), status: chance(0.9) ? 'active' : one(['suspended', 'archived', 5, null]), vault: { v: value() } };
    if (chance(0.5)) made.display_name = chance(0.1) ? null : text();
    if (chance(0.04)) delete made.metadata;
    if (chance(0.04)) made.metadata = value();
    return made;
  };
  const limits = () => Object.fromEntries(['maxKeys', 'maxKeyLength', 'maxValueLength', 'maxDisplayNameLength'].filter(() => chance(0.4)).map((name) => [name, below(name === 'maxKeys' ? 60 : 20)]));
  const made = user();
  isPatch = true;
  return { user: made, patch: patch(), counts_user: chance(0.5), ...(chance(0.3) && { limits: limits() }) };
}

const told = (run) => {
  try {
    return { value: run() };
  } catch (error) {
    return { code: error.code, issues: error.issues ?? [] };
  }
};

/** What the npm package makes of it. */
function ours({ user, patch, counts_user, limits }) {
  const given = limits === undefined ? {} : { limits };
  // A `current` that is no user is an error of the options here, and in Rust of no consequence.
  const isUser = typeof user === 'object' && user !== null && !Array.isArray(user);
  const report = palm.validatePatch(patch, { ...(counts_user && isUser && { current: user }), ...given });
  const applied = told(() => palm.applyPatch(user, patch, given));
  const back = 'value' in applied ? told(() => palm.diffUsers(applied.value, user)) : null;
  return { report, applied, back };
}

/** As JSON has it, with the members that Rust writes. */
const asJson = (value) => JSON.parse(JSON.stringify(value));

test(`${PALM_USER_DOCUMENTS} documents from seed ${PALM_USER_SEED} on`, async () => {
  const first = Number(PALM_USER_SEED);
  const end = first + Number(PALM_USER_DOCUMENTS);
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = lines(child.stdout);
  const BATCH = 200;
  const counts = { valid: 0, invalid: 0, warned: 0, applied: 0 };
  try {
    for (let from = first; from < end; from += BATCH) {
      if (from > first && (from - first) % 50_000 === 0) console.log(`${from - first} documents agree`);
      const seeds = Array.from({ length: Math.min(BATCH, end - from) }, (_, index) => from + index);
      // What both read is text: a number such as -0 is what JSON makes of it.
      const documents = seeds.map((seed) => JSON.stringify(document(seed)));
      child.stdin.write(`${documents.join('\n')}\n`);
      for (const [index, seed] of seeds.entries()) {
        const { value, done } = await answers.next();
        assert.ok(!done, 'the program has ended');
        const theirs = JSON.parse(value);
        const mine = asJson(ours(JSON.parse(documents[index])));
        // As texts too: the order of members counts.
        if (!isDeepStrictEqual(mine, theirs) || JSON.stringify(mine.applied) !== JSON.stringify(theirs.applied)) {
          assert.deepEqual({ seed, ...theirs }, { seed, ...mine });
          assert.fail(`seed ${seed}: the order of members: ${documents[index]}`);
        }
        counts[mine.report.valid ? 'valid' : 'invalid']++;
        if (mine.report.warnings.length > 0) counts.warned++;
        if ('value' in mine.applied) counts.applied++;
      }
    }
  } finally {
    child.stdin.end();
  }
  // The generator makes enough of each.
  const total = end - first;
  if (total >= 1000) for (const [name, count] of Object.entries(counts)) assert.ok(count > total / 20, `${count} of ${total} are ${name}`);
});
