// Ours beside what one would otherwise write or install, doing equal work.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { createSHA256 } from 'hash-wasm';
import { produce } from 'immer';
import mergePatch from 'json-merge-patch';
import json8 from 'json8-merge-patch';
import { sha256 as jsSha256 } from 'js-sha256';
import { create } from 'mutative';
import * as v from 'valibot';
import * as z from 'zod';

import { applyPatch, fingerprint, fingerprintMany, validatePatch } from 'palm-user';

import { arktype } from './arktype.mjs';
import { emails, manyEmails, merges, validations } from './inputs.mjs';

/** A patch on a draft, for both libraries of drafts. */
const onDraft = (patch) => (draft) => {
  for (const key of Object.keys(patch.metadata)) {
    if (patch.metadata[key] === null) delete draft.metadata[key];
    else draft.metadata[key] = patch.metadata[key];
  }
  draft.display_name = patch.display_name;
};

/** These two write to what they are given. */
const copied = (user) => ({ ...user, metadata: { ...user.metadata } });

const MERGE = {
  'palm-user': applyPatch,
  'spread, by hand': (user, patch) => {
    const metadata = { ...user.metadata };
    for (const key in patch.metadata) {
      if (patch.metadata[key] === null) delete metadata[key];
      else metadata[key] = patch.metadata[key];
    }
    return { ...user, metadata, display_name: patch.display_name };
  },
  'rebuild, by hand': (user, patch) => {
    const metadata = {};
    for (const key in user.metadata) {
      const change = patch.metadata[key];
      if (change === undefined) metadata[key] = user.metadata[key];
      else if (change !== null) metadata[key] = change;
    }
    for (const key in patch.metadata) {
      if (patch.metadata[key] !== null && !(key in metadata)) metadata[key] = patch.metadata[key];
    }
    return { ...user, metadata, display_name: patch.display_name };
  },
  'json-merge-patch': (user, patch) => mergePatch.apply(copied(user), patch),
  'json8-merge-patch': (user, patch) => json8.apply(copied(user), patch),
  mutative: (user, patch) => create(user, onDraft(patch)),
  immer: (user, patch) => produce(user, onDraft(patch)),
};

const schema = () => z.strictObject({
  metadata: z.record(z.string(), z.string().nullable()).refine((metadata) => Object.keys(metadata).length <= 50).optional(),
  display_name: z.string().optional(),
});
const zodWithEval = schema();
z.config({ jitless: true });
const zod = schema();
const valibot = v.strictObject({
  metadata: v.optional(v.pipe(v.record(v.string(), v.nullable(v.string())), v.check((metadata) => Object.keys(metadata).length <= 50))),
  display_name: v.optional(v.string()),
});

/** As one would write it: it knows neither lone surrogates nor class instances. */
function byHand(patch) {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return false;
  for (const field in patch) if (field !== 'metadata' && field !== 'display_name') return false;
  const { metadata, display_name } = patch;
  if (display_name !== undefined && typeof display_name !== 'string') return false;
  if (metadata === undefined) return true;
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return false;
  let count = 0;
  for (const key in metadata) {
    if (metadata[key] !== null && typeof metadata[key] !== 'string') return false;
    if (metadata[key] !== null) count++;
  }
  return count <= 50;
}

const VALIDATE = {
  'palm-user': (patch) => validatePatch(patch).valid,
  'a check, by hand': byHand,
  'zod, jitless': (patch) => zod.safeParse(patch).success,
  valibot: (patch) => v.safeParse(valibot, patch).success,
  'arktype, jitless': arktype,
};

const normalised = (email) => email.trim().toLowerCase();
const ONE = {
  'palm-user': (email) => fingerprint(email, 'email'),
  '@noble/hashes': (email) => bytesToHex(sha256(utf8ToBytes(normalised(email)))),
  'js-sha256': (email) => jsSha256(normalised(email)),
};

/** With what the platform itself offers, and with what needs eval; `checked`: that all do equal work. */
export async function groups({ hash, createHash, subtle, evaluates, compiles = true, checked = true }) {
  const one = { ...ONE };
  // It compiles bytes, which a Worker may not.
  const hasher = compiles && (await createSHA256());
  if (hasher) one['hash-wasm'] = (email) => hasher.init().update(normalised(email)).digest('hex');
  if (hash) one['node, crypto.hash'] = (email) => hash('sha256', normalised(email));
  if (createHash) one['node, createHash'] = (email) => createHash('sha256').update(normalised(email)).digest('hex');
  const validate = { ...VALIDATE };
  if (evaluates) Object.assign(validate, await compiled());
  const many = { 'palm-user': () => fingerprintMany(manyEmails, 'email') };
  for (const [name, single] of Object.entries(one)) {
    if (name !== 'palm-user') many[name] = () => manyEmails.map(single);
  }
  if (subtle) many['crypto.subtle'] = () => Promise.all(manyEmails.map(async (email) => bytesToHex(new Uint8Array(await subtle.digest('SHA-256', utf8ToBytes(normalised(email)))))));
  const all = [];
  for (const [name, users, patches, further] of merges) {
    all.push(group(`applyPatch: ${name}`, MERGE, (run) => (index) => run(users[index], patches[index]), sorted));
    all.push(group(`applyPatch: ${name}, then as many of the result`, MERGE, (run) => (index) => run(run(users[index], patches[index]), further[index]), sorted));
  }
  for (const [name, patches] of validations) {
    all.push(group(`validatePatch: ${name}`, validate, (run) => (index) => run(patches[index])));
  }
  all.push(group('fingerprint: one e-mail', one, (run) => (index) => run(emails[index])));
  all.push({ ...group('fingerprintMany: 100,000 e-mails', many, (run) => run), isLong: true });
  if (checked) for (const { name, candidates, same } of all) await assertEqual(name, candidates, same);
  return all;
}

/** These make code of a schema, which a Worker and a strict policy forbid. */
async function compiled() {
  const { default: Ajv } = await import('ajv');
  const metadata = { type: 'object', additionalProperties: { type: ['string', 'null'] }, maxProperties: 50 };
  const properties = { metadata, display_name: { type: 'string' } };
  return {
    'ajv, with eval': new Ajv({ allowUnionTypes: true }).compile({ type: 'object', additionalProperties: false, properties }),
    'zod, with eval': (patch) => zodWithEval.safeParse(patch).success,
  };
}

/** What there is to measure, by name. */
export const named = (all) => all.map(({ name, isLong, candidates }) => ({ name, isLong, candidates: Object.keys(candidates) }));

const group = (name, candidates, bind, same = JSON.stringify) => ({
  name,
  same,
  candidates: Object.fromEntries(Object.entries(candidates).map(([who, run]) => [who, bind(run)])),
});

/** Without the order of keys, which some change. */
const sorted = (user) => JSON.stringify({ ...user, metadata: Object.entries(user.metadata).sort() });

/** Whoever does other work is not measured beside us. */
async function assertEqual(name, candidates, same) {
  for (let index = 0; index < 64; index += 21) {
    const expected = same(await candidates['palm-user'](index));
    for (const [who, run] of Object.entries(candidates)) {
      if (same(await run(index)) !== expected) throw new Error(`${name}: ${who} gives another result`);
    }
  }
}
