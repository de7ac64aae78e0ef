// fingerprint and fingerprintMany beside other SHA-256, each on the normalised address.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { createSHA256 } from 'hash-wasm';
import { sha256 as jsSha256 } from 'js-sha256';

import { fingerprint, fingerprintMany } from 'palm-user';

import { group } from './group.mjs';
import { emails, manyEmails } from './inputs.mjs';

const normalised = (email) => email.trim().toLowerCase();

export async function fingerprinting({ hash, createHash, subtle, compiles = true }) {
  const one = {
    'palm-user': (email) => fingerprint(email, 'email'),
    '@noble/hashes': (email) => bytesToHex(sha256(utf8ToBytes(normalised(email)))),
    'js-sha256': (email) => jsSha256(normalised(email)),
  };
  // It compiles bytes, which a Worker may not.
  const hasher = compiles && (await createSHA256());
  if (hasher) one['hash-wasm'] = (email) => hasher.init().update(normalised(email)).digest('hex');
  if (hash) one['node, crypto.hash'] = (email) => hash('sha256', normalised(email));
  if (createHash) one['node, createHash'] = (email) => createHash('sha256').update(normalised(email)).digest('hex');
  const many = Object.fromEntries(Object.entries(one).map(([name, single]) => [name, () => manyEmails.map(single)]));
  many['palm-user'] = () => fingerprintMany(manyEmails, 'email');
  if (subtle) many['crypto.subtle'] = () => Promise.all(manyEmails.map(async (email) => bytesToHex(new Uint8Array(await subtle.digest('SHA-256', utf8ToBytes(normalised(email)))))));
  return [
    group('fingerprint: one e-mail', Object.fromEntries(Object.entries(one).map(([who, run]) => [who, (index) => run(emails[index])]))),
    group('fingerprintMany: 100,000 e-mails', many, { isLong: true }),
  ];
}
