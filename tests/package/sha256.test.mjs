// Published SHA-256 vectors: npm's hash-test-vectors, the NIST byte vectors of
// the NSRL among them.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';

import { fingerprint, fingerprintMany } from 'palm-user';

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

const hashed = (text) => createHash('sha256').update(text).digest('hex');

// Four are hashed at once, and each takes blocks of its own.
test('many texts of 0 to 200 bytes, of mixed lengths, agree with node:crypto', () => {
  const texts = Array.from({ length: 4000 }, (_, index) => randomBytes((index * 37) % 101).toString('hex').slice(index % 2));
  assert.deepEqual(fingerprintMany(texts), texts.map(hashed));
  assert.deepEqual(texts.map((text) => fingerprint(text)), texts.map(hashed));
});

// Short ones cross in a place of their own, which moves when memory grows.
test('short texts before and after a long one', () => {
  const texts = Array.from({ length: 130 }, (_, length) => `${'a'.repeat(length)}${length % 3 === 0 ? 'ß' : 'B'}`);
  for (const size of [0, 300, 3_000_000, 12_000_000]) {
    fingerprint('x'.repeat(size));
    for (const text of texts) assert.equal(fingerprint(text), hashed(text));
  }
  assert.equal(fingerprint('Person.1@Example.COM', 'email'), hashed('person.1@example.com'));
});
