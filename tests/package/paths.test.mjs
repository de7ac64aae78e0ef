// The fast path must not be told from the slow one, nor either from the rules as
// an oracle has them. CI runs 50,000 inputs; PALM_USER_INPUTS=1000000 is the long
// form, and PALM_USER_SEED the input to begin with.

import { described, onSlowPath, outcome, stateOf, toldOf, work } from './paths.mjs';

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { test } from 'node:test';

import * as palm from 'palm-user';

const { fingerprinted, scenario } = await import(path.join(process.env.PALM_USER_ROOT, 'fuzz/hostile.mjs'));
const oracle = await import(path.join(process.env.PALM_USER_ROOT, 'fuzz/oracle.mjs'));

const INPUTS = Number(process.env.PALM_USER_INPUTS ?? 50_000);
const SEED = Number(process.env.PALM_USER_SEED ?? 1);

// The first call makes the instance, and takes the slow path.
palm.validatePatch({ display_name: 'x' });

const SHOWN = Number(process.env.PALM_USER_SHOWN ?? 5);

/** Two texts that must be the same. */
function same(one, other, what) {
  if (one !== other) throw new Error(`${what}\n  ${one}\n  ${other}`);
}

/** Everything that a call tells: its result, what became of its arguments, and whether it crossed. */
function observed(made, wrap, before) {
  let result;
  const { crossings } = wrap(() => {
    const restore = made.prepare();
    try {
      return work(() => {
        result = outcome(made.run);
      });
    } finally {
      restore();
    }
  });
  const after = stateOfAll(made);
  if (made.isSteady && before !== undefined) same(after, before, 'an argument was written to');
  if (made.writes() > 0) throw new Error('an argument was written to, or a setter called');
  return { result, text: toldOf(result, made.known), after, crossings };
}

const stateOfAll = ({ raw, known }) => raw.map((object) => stateOf(object, known)).join('\n');

/** Throws where the paths differ, or anything else is wrong. */
function compared(seed) {
  let where = 'fast';
  try {
    const made = scenario(palm, seed);
    const fast = observed(made, (run) => run(), stateOfAll(made));
    where = 'slow';
    const slow = observed(scenario(palm, seed), onSlowPath);
    where = 'both';
    same(fast.text, slow.text, 'the result');
    same(fast.after, slow.after, 'what became of the arguments');
    where = 'again';
    if (made.isSteady && seed % 8 === 0) {
      for (let times = 0; times < 9; times++) same(observed(made, (run) => run()).text, fast.text, 'the result');
    }
    where = 'oracle';
    if (made.isPlain) judge(made, fast.result);
    return { made, isFast: fast.crossings === 0 };
  } catch (error) {
    throw new Error(`seed ${seed}, ${where}, ${scenario(palm, seed).name}: ${error.message}`, { cause: error });
  }
}

/** Holds a result against the oracle. */
function judge({ name, args, known }, { value, thrown }) {
  const shown = (issues, like) => JSON.stringify(issues.map(({ code, pointer, params }, index) => ({ code, pointer, ...(like[index]?.limit !== undefined && { limit: params?.limit, actual: params?.actual }) })));
  const right = (report) => {
    same(shown(value.errors, report.errors), JSON.stringify(report.errors), 'the errors');
    same(shown(value.warnings, report.warnings), JSON.stringify(report.warnings), 'the warnings');
    same(String(value.valid), String(report.valid), 'valid');
    same(String(value.truncated), report.isTruncated ? 'true' : 'undefined', 'truncated');
  };
  const gives = (expected) => same(toldOf({ value, thrown }, known), described(expected, known), 'the result');
  const throws = (...codes) => {
    if (!palm.isPalmError(thrown) || !codes.includes(thrown.code)) throw new Error(`${codes.join(' or ')} expected, and there is ${toldOf({ value, thrown }, known)}`);
  };

  if (name === 'validatePatch') {
    const [patch, options] = args;
    const limits = oracle.limitsOf(options, ['current', 'limits']);
    const current = options?.current;
    if (limits === undefined || (current !== undefined && oracle.kindOf(current) !== 'object')) return same(shown(value.errors, []), '[{"code":"invalid_options","pointer":""}]', 'the errors');
    return right(oracle.read(patch, limits, current));
  }
  if (name === 'applyPatch') {
    const [user, patch, options] = args;
    const limits = oracle.limitsOf(options, ['limits']);
    const codes = [];
    if (limits === undefined) codes.push('invalid_options');
    const isUser = oracle.kindOf(user) === 'object';
    if (!isUser) codes.push('invalid_value');
    const report = oracle.read(patch, limits, isUser ? user : undefined);
    if (!report.valid) codes.push('invalid_patch');
    return codes.length > 0 ? throws(...codes) : gives(oracle.applied(user, report.says));
  }
  if (name === 'composePatches') {
    const [first, second] = args.map((patch) => oracle.read(patch));
    return first.valid && second.valid ? gives(oracle.written(oracle.composed(first.says, second.says))) : throws('invalid_patch');
  }
}

/** Runs a check on so many seeds, and tells of the first finds. */
function everySeed(check) {
  const found = [];
  for (let seed = SEED; seed < SEED + INPUTS; seed++) {
    try {
      check(seed);
    } catch (error) {
      found.push(error.message);
    }
  }
  assert.equal(found.length, 0, `${found.length} found:\n${found.slice(0, SHOWN).join('\n')}`);
}

test(`${INPUTS.toLocaleString('en')} hostile calls from seed ${SEED} on: both paths and the oracle agree`, { todo: 'the faults of faults.test.mjs' }, (t) => {
  const taken = {};
  everySeed((seed) => {
    const { made, isFast } = compared(seed);
    const name = `${made.name}${made.args.length === 1 || made.args.at(-1) === undefined ? '' : ' with options'}`;
    taken[name] ??= { fast: 0, all: 0, judged: 0 };
    taken[name].all++;
    if (isFast) taken[name].fast++;
    if (made.isPlain) taken[name].judged++;
  });
  t.diagnostic(JSON.stringify(taken));
});

test(`${INPUTS.toLocaleString('en')} texts from seed ${SEED} on: fingerprint, fingerprintMany and the oracle agree`, { todo: 'the faults of faults.test.mjs' }, (t) => {
  let fast = 0;
  everySeed((seed) => {
    const { text, kind, asked } = fingerprinted(seed);
    const { text: hashed, code } = oracle.normalised(text, kind);
    const expected = code ?? createHash('sha256').update(hashed).digest('hex');
    const digits = (run) => {
      const { value, thrown } = outcome(run);
      if (thrown !== undefined && !palm.isPalmError(thrown, 'invalid_value')) throw thrown;
      return value ?? thrown.issues[0].code;
    };
    let one;
    const { crossings } = work(() => {
      one = digits(() => palm.fingerprint(text, asked));
    });
    if (crossings === 0) fast++;
    const of = `seed ${seed}, ${kind} of ${JSON.stringify(text)}`;
    same(one, expected, of);
    same(digits(() => palm.fingerprintMany([text], asked)[0]), expected, `${of}, of a list`);
    if (seed % 4 === 0) same(digits(() => palm.fingerprintMany(Array(5).fill(text), asked)[3]), expected, `${of}, amid a list`);
  });
  t.diagnostic(JSON.stringify({ fast, all: INPUTS }));
});

test('users and patches of every size: as the oracle has it', () => {
  const keys = (from, count, value) => Array.from({ length: count }, (_, index) => [`key_${from + index}`, value(from + index)]);
  for (const size of [0, 1, 4, 11, 12, 13, 30, 46, 63, 64, 65, 130]) {
    for (const [replaced, removed, added] of [[1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 1, 1], [1, 2, 1], [0, 3, 4], [4, 4, 4], [0, 5, 3], [0, 0, 4], [0, 12, 0], [20, 20, 30], [64, 0, 0], [65, 0, 0], [0, 65, 65]]) {
      for (const value of [(index) => `new ${index}`, (index) => index, (index) => index % 2 === 0]) {
        const user = { metadata: Object.fromEntries(keys(0, size, (index) => `value ${index}`)), vault: {} };
        const members = [...keys(0, replaced, value), ...keys(replaced, removed, () => null), ...keys(1000, added, value)];
        const patch = { metadata: Object.fromEntries(members), display_name: 'Ada' };
        for (const options of [{ limits: { maxKeys: 500 } }, ...(size + replaced + added <= 50 ? [undefined, { limits: {} }] : [])]) {
          const expected = oracle.applied(user, oracle.read(patch, oracle.limitsOf(options, ['limits']), user).says);
          same(described(palm.applyPatch(user, patch, options), new Map([[user.vault, 'vault']])), described(expected, new Map([[user.vault, 'vault']])), `${size} keys, ${replaced} replaced, ${removed} removed, ${added} added`);
        }
      }
    }
  }
});

test('what answers differently each time: nothing is used that was not checked', () => {
  const ANSWERS = ['x', 'y', null, 5, NaN, undefined, 5n, '\ud800', ['x'], [NaN], {}, () => 1];
  const isJson = (value) => value === null || ['string', 'boolean'].includes(typeof value) || (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'object' && Object.values(value).every(isJson));
  for (const first of ANSWERS) {
    for (const second of ANSWERS) {
      for (const third of [...ANSWERS.slice(0, 5), first]) {
        for (const options of [undefined, { limits: { maxValueLength: 5 } }]) {
          const answers = [first, second, third];
          const changing = (object, key) => {
            let reads = 0;
            return Object.defineProperty(object, key, { get: () => answers[reads++ % answers.length], enumerable: true, configurable: true });
          };
          const user = { metadata: { a: '1', b: '2' }, display_name: 'Ada' };
          for (const patch of [() => ({ metadata: changing({ b: 'y' }, 'a') }), () => changing({ metadata: { a: 'x' } }, 'display_name'), () => changing({ display_name: 'x' }, 'metadata')]) {
            for (const run of [() => palm.applyPatch(user, patch(), options).metadata, () => palm.applyPatch(user, patch(), options).display_name, () => palm.composePatches(patch(), {}), () => palm.invertPatch(patch(), user).patch]) {
              const { value, thrown } = outcome(run);
              if (thrown !== undefined) assert.ok(palm.isPalmError(thrown, 'invalid_patch'), String(thrown));
              else assert.ok(isJson(value) && JSON.stringify(value).isWellFormed(), described(value));
            }
            palm.validatePatch(patch(), options);
          }
        }
      }
    }
  }
  for (const answer of ANSWERS) {
    const patch = { metadata: { a: answer } };
    assert.equal(JSON.stringify(palm.validatePatch(patch)), onSlowPath(() => JSON.stringify(palm.validatePatch(patch))));
  }
});
