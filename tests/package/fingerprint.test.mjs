// Fingerprints in base64, and of lists in which some values are bad. The forms that are
// hashed, the vendors' among them, are cases in tests/cases/fingerprint.json.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, test } from 'node:test';

import { fingerprint, fingerprintMany } from 'palm-user';

describe('base64', () => {
  test('as UID2 publishes it', () => {
    // https://unifiedid.com/docs/getting-started/gs-normalization-encoding
    assert.equal(fingerprint('JANESAOIRSE@example.com', 'uid2_email', { encoding: 'base64' }), '1mcOepIAfxtf94Xx/IHlOqbT170GvfXEc83HKGwoS20=');
    assert.equal(fingerprint('Jane.Saoirse@gmail.com', 'uid2_email', { encoding: 'base64' }), 'ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8=');
    assert.equal(fingerprint('+12345678901', 'uid2_phone', { encoding: 'base64' }), 'EObwtHBUqDNZR33LNSMdtt5cafsYFuGmuY4ZLenlue4=');
  });

  test('as Node.js has it, one by one and in a list', () => {
    const values = Array.from({ length: 300 }, (_, index) => `value ${index}`);
    const expected = values.map((value) => Buffer.from(fingerprint(value), 'hex').toString('base64'));
    assert.deepEqual(values.map((value) => fingerprint(value, 'exact', { encoding: 'base64' })), expected);
    assert.deepEqual(fingerprintMany(values, undefined, { encoding: 'base64' }), expected);
    assert.deepEqual(fingerprintMany(values, 'exact', { encoding: 'base64', onInvalid: 'report' }), { fingerprints: expected, invalid: [] });
  });

  test('hex is what there is without it', () => {
    assert.equal(fingerprint('a', 'exact', { encoding: 'hex' }), fingerprint('a'));
    assert.equal(fingerprint('a', 'exact', {}), fingerprint('a'));
  });
});

describe('bad values in a list', () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index % 97 === 0 ? `canary ${index}` : `ada${index}@example.com`));
  const bad = values.flatMap((value, index) => (value.startsWith('canary') ? [index] : []));

  test('are reported by index, and do not stop the others', () => {
    const { fingerprints, invalid } = fingerprintMany(values, 'email', { onInvalid: 'report' });
    assert.deepEqual(invalid.map(({ index }) => index), bad);
    assert.deepEqual(invalid[1].issue, { code: 'invalid_email', severity: 'error', path: ['97'], pointer: '/97', message: 'The e-mail address has no @.', params: { reason: 'no_at' } });
    assert.equal(fingerprints.length, values.length);
    values.forEach((value, index) => assert.equal(fingerprints[index], bad.includes(index) ? undefined : fingerprint(value, 'email')));
    assert.ok(!inspect(invalid, { depth: 9 }).includes('canary'));
  });

  test('stop them unless that is asked for', () => {
    for (const options of [undefined, {}, { onInvalid: 'throw' }]) {
      assert.throws(() => fingerprintMany(values, 'email', options), (error) => error.code === 'invalid_value' && error.issues[0].path[0] === '0');
    }
  });

  test('may be no texts at all, or all that there is', () => {
    const { fingerprints, invalid } = fingerprintMany(['a@b.c', 5, null, , '\ud800', new Uint8Array(1)], 'email', { onInvalid: 'report' });
    assert.deepEqual(fingerprints.map((one) => typeof one), ['string', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined']);
    assert.deepEqual(invalid.map(({ index, issue }) => `${index} ${issue.code}`), ['1 wrong_type', '2 wrong_type', '3 wrong_type', '4 ill_formed_string', '5 wrong_type']);
    assert.deepEqual(fingerprintMany([], 'phone', { onInvalid: 'report' }), { fingerprints: [], invalid: [] });
  });

  test('national numbers are refused, and named', () => {
    const { invalid } = fingerprintMany(['+49 30 901820', '030 901820', '0049 30 901820'], 'phone', { onInvalid: 'report' });
    assert.deepEqual(invalid.map(({ index, issue }) => [index, issue.code, issue.params]), [[1, 'invalid_phone', { reason: 'national' }]]);
  });

  test('what is no list, or no kind, is an error all the same', () => {
    for (const list of ['a', null, { length: 1 }]) assert.throws(() => fingerprintMany(list, 'exact', { onInvalid: 'report' }), { code: 'invalid_value' });
    assert.throws(() => fingerprintMany(['a'], 'sha1', { onInvalid: 'report' }), { code: 'invalid_value' });
  });
});

test('options that are wrong', () => {
  for (const options of [{ encoding: 'base32' }, { encodng: 'hex' }, { onInvalid: 'skip' }, null, 'base64']) {
    assert.throws(() => fingerprintMany(['a'], 'exact', options), { code: 'invalid_options' }, inspect(options));
  }
  assert.throws(() => fingerprint('a', 'exact', { onInvalid: 'report' }), { code: 'invalid_options' });
});
