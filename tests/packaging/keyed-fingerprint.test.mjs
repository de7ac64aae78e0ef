// The recipe for fingerprints under a key. The crate's feature `hmac` is held to the same digits.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const file = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const { outputFiles } = await build({
  entryPoints: [file('recipes/keyed-fingerprint.js')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  alias: { 'palm-user': file('pkg/dist/index.js') },
});
const { importKey, keyed, keyedFingerprint } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);

test('HMAC-SHA-256 of the digits, whatever the spelling', async () => {
  const key = await importKey(new Uint8Array(32).fill(7));
  const expected = '1ce05c75945d2ab5b2a8f8a2a6d045aa42da0b4ccd028d7af69d6737d82c3e3c';
  assert.equal(await keyedFingerprint(key, '+44 20 7946 0958', 'phone'), expected);
  assert.equal(await keyedFingerprint(key, '0044 (20) 7946-0958', 'phone'), expected);
  const digits = 'f0bf0228144d9fe2bdf1da2d8ca698f17bf1410ee688b075c27062e47b6f0b6d';
  assert.equal(await keyed(key, digits), expected);
  assert.equal(createHmac('sha256', Buffer.alloc(32, 7)).update(digits).digest('hex'), expected);
});

test('another key gives another, and a bad number is still an error without the value', async () => {
  const [one, two] = await Promise.all([7, 8].map((byte) => importKey(new Uint8Array(32).fill(byte))));
  assert.notEqual(await keyedFingerprint(one, 'ada@example.com', 'email'), await keyedFingerprint(two, 'ada@example.com', 'email'));
  assert.throws(() => keyedFingerprint(one, 'planted-value', 'phone'), (error) => error.code === 'invalid_value' && !error.message.includes('planted'));
});
