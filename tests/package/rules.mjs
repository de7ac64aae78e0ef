// The case files on the packed package, however it was loaded.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

const folder = process.env.PALM_USER_CASES;
assert.ok(folder, 'PALM_USER_CASES names the folder of the case files; run cargo xtask test package');

/** The cases of a file, each frozen through and through: who writes, throws. */
export function cases(file) {
  const { cases } = JSON.parse(readFileSync(path.join(folder, `${file}.json`), 'utf8'));
  assert.ok(cases.length > 0);
  return cases.map(freeze);
}

function freeze(value) {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

/** What is expected of each issue is there, and no issue more. */
function checkIssues(issues, expected) {
  const shown = issues.map((issue, index) =>
    Object.fromEntries(Object.keys(expected[index] ?? issue).map((key) => [key, issue[key]])),
  );
  assert.deepEqual(shown, expected);
}

/** `expect` of a case, or its `error`; texts, so that the order of members counts. */
function checkResult(palm, run, { expect, error }) {
  if (error === undefined) {
    assert.equal(JSON.stringify(run()), JSON.stringify(expect));
    return;
  }
  assert.throws(run, (thrown) => {
    assert.ok(palm.isPalmError(thrown, error.code), String(thrown));
    assert.ok(thrown instanceof palm.PalmError && thrown instanceof Error);
    assert.equal(thrown.outcome, 'not_sent');
    checkIssues(thrown.issues ?? [], error.issues);
    return true;
  });
}

export function runRules(palm, label) {
  const { applyPatch, composePatches, diffUsers, fingerprint, fingerprintMany, invertPatch, validatePatch } = palm;

  describe(`${label}: applyPatch`, () => {
    for (const c of cases('apply')) {
      test(c.name, () => {
        const options = c.limits === undefined ? undefined : { limits: c.limits };
        const run = () => applyPatch(c.user, c.patch, options);
        if (c.same) return assert.equal(run(), c.user);
        checkResult(palm, run, c);
        if (c.expect === undefined) return;
        const after = run();
        for (const field of Object.keys(after).filter((name) => !(name in c.patch))) {
          assert.equal(after[field], c.user[field], `${field} is shared`);
        }
        assert.equal(Object.getPrototypeOf(after.metadata), Object.prototype);
      });
    }
  });

  describe(`${label}: validatePatch`, () => {
    for (const c of cases('validate')) {
      test(c.name, () => {
        const { current, limits } = c;
        const report = validatePatch(c.patch, {
          ...(current && { current }),
          ...(limits && { limits }),
        });
        checkIssues(report.errors, c.errors);
        checkIssues(report.warnings, c.warnings);
        assert.equal(report.valid, c.errors.length === 0);
        assert.ok(report.errors.every(({ severity }) => severity === 'error'));
        assert.ok(report.warnings.every(({ severity }) => severity === 'warning'));
      });
    }
  });

  describe(`${label}: composePatches`, () => {
    for (const c of cases('compose')) {
      test(c.name, () => {
        checkResult(palm, () => composePatches(c.first, c.second), c);
        for (const user of c.users ?? []) {
          const inTurn = applyPatch(applyPatch(user, c.first), c.second);
          assert.deepEqual(applyPatch(user, composePatches(c.first, c.second)), inTurn);
        }
      });
    }
  });

  describe(`${label}: diffUsers`, () => {
    for (const c of cases('diff')) test(c.name, () => checkResult(palm, () => diffUsers(c.before, c.after), c));
  });

  describe(`${label}: invertPatch`, () => {
    for (const c of cases('invert')) {
      test(c.name, () => {
        checkResult(palm, () => invertPatch(c.patch, c.before).patch, c);
        if (c.lossy) assert.deepEqual(invertPatch(c.patch, c.before).lossy, c.lossy);
      });
    }
  });

  describe(`${label}: fingerprint`, () => {
    for (const c of cases('fingerprint')) {
      test(c.name, () => {
        const value = c.value.repeat(c.repeat ?? 1);
        if (c.error === undefined) {
          assert.equal(fingerprint(value, c.kind), c.expect);
          assert.deepEqual(fingerprintMany([value, value], c.kind), [c.expect, c.expect]);
          return;
        }
        const check = (pointer) => (error) => {
          assert.ok(palm.isPalmError(error, 'invalid_value'));
          checkIssues(error.issues, [{ code: c.error, pointer }]);
          if (value.trim().length > 4) assert.ok(!JSON.stringify(error).includes(value.trim()));
          return true;
        };
        assert.throws(() => fingerprint(value, c.kind), check(''));
        assert.throws(() => fingerprintMany([value], c.kind), check('/0'));
      });
    }
  });
}
