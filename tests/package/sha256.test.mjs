// Published SHA-256 vectors: npm's hash-test-vectors, the NIST byte vectors of
// the NSRL among them.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';

import { fingerprint } from 'palm-user';

const require = createRequire(path.join(process.env.PALM_USER_ROOT, 'package.json'));
const vectors = require('hash-test-vectors');

test('there are at least 190 of them', () => assert.ok(vectors.length >= 190));

for (const [index, { input, sha256 }] of vectors.entries()) {
  const bytes = new Uint8Array(Buffer.from(input, 'base64'));
  test(`vector ${index}, ${bytes.length} bytes`, () => assert.equal(fingerprint(bytes), sha256));
}

test('1,000 random inputs of 0 to 300 bytes agree with node:crypto', () => {
  for (let count = 0; count < 1000; count++) {
    const bytes = randomBytes(count % 301);
    const expected = createHash('sha256').update(bytes).digest('hex');
    assert.equal(fingerprint(new Uint8Array(bytes)), expected, bytes.toString('hex'));
    // A Buffer is a view with an offset.
    assert.equal(fingerprint(bytes.subarray(0)), expected, bytes.toString('hex'));
  }
});
