// The hostile load of `cargo xtask load --hostile`, for a few seconds: every attack
// is made, and the people among the attackers are answered as if there were none.
// Memory takes longer to judge, and is not judged here.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hostile } from '../../bench/hostile.mjs';
import { ATTACKS } from '../../bench/hostile/attacks.mjs';

test('the people among attackers are answered, and lose nothing', async () => {
  const { attacks, answered, wrong, lost } = await hostile({ seconds: 5 });
  assert.ok(attacks >= Object.keys(ATTACKS).length, `${attacks} attacks`);
  assert.deepEqual(wrong, []);
  assert.ok(answered > 0);
  assert.equal(lost, 0);
});
