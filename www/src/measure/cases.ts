// What is measured: palm-user beside what one would otherwise install or write.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { produce } from 'immer';
import { create } from 'mutative';
import { applyPatch, fingerprintMany, validatePatch, type User } from 'palm-user';
import * as v from 'valibot';
import * as z from 'zod';

export interface Case {
  readonly title: string;
  readonly work: string;
  /** How often one call does the work. */
  readonly times: number;
  /** Each takes the number of an input and gives its result: equal results, or the case is not measured. */
  readonly candidates: Readonly<Record<string, (index: number) => unknown>>;
}

/** Different objects, so that no engine learns one by heart. */
const INPUTS = 64;
const EMAILS = 1_000;
const inputs = Array.from({ length: INPUTS }, (_, index) => index);

type Metadata = Record<string, string | null>;
interface Patch {
  readonly metadata: Metadata;
  readonly display_name: string;
}

/** Of ten keys, the first four are changed, the next three removed, and the last three are new. */
const patches: readonly Patch[] = inputs.map((number) => ({
  metadata: Object.fromEntries(
    inputs.slice(0, 10).map((key): [string, string | null] => [key < 7 ? `key_${key}` : `new_${key}`, key < 4 || key > 6 ? `changed ${number}` : null]),
  ),
  display_name: `Jane ${number}`,
}));
const users = inputs.map(
  (number): User => ({
    id: `123e4567-e89b-12d3-a456-4266141740${String(number).padStart(2, '0')}`,
    object: 'user',
    created_at: '2025-10-24T10:30:00Z',
    updated_at: '2025-10-24T15:45:00Z',
    metadata: Object.fromEntries(inputs.slice(0, 47).map((key) => [`key_${key}`, `value ${key}`])),
    status: 'active',
    verification: null,
    display_name: 'John Doe',
  }),
);
const emails = inputs.map((number) => Array.from({ length: EMAILS }, (_, index) => `person.${number}.${index}@example.com`));

const isSmall = (metadata: Metadata): boolean => Object.keys(metadata).length <= 50;
// The page's policy forbids code made from text, as a strict policy does.
z.config({ jitless: true });
const zod = z.strictObject({
  metadata: z.record(z.string(), z.string().nullable()).refine(isSmall).optional(),
  display_name: z.string().optional(),
});
const valibot = v.strictObject({
  metadata: v.optional(v.pipe(v.record(v.string(), v.nullable(v.string())), v.check(isSmall))),
  display_name: v.optional(v.string()),
});

function byHand(user: User, patch: Patch): User {
  const metadata: Metadata = { ...user.metadata } as Metadata;
  for (const [key, value] of Object.entries(patch.metadata)) {
    if (value === null) delete metadata[key];
    else metadata[key] = value;
  }
  return { ...user, metadata, display_name: patch.display_name } as User;
}

const onDraft =
  (patch: Patch) =>
  (draft: { metadata: Metadata; display_name: string }): void => {
    for (const [key, value] of Object.entries(patch.metadata)) {
      if (value === null) delete draft.metadata[key];
      else draft.metadata[key] = value;
    }
    draft.display_name = patch.display_name;
  };

/** The input of a number, whatever the number. */
const of = <T>(list: readonly T[], index: number): T => list[index % INPUTS] as T;
const draftable = (index: number): { metadata: Metadata; display_name: string } => of(users, index) as never;

export const CASES: readonly Case[] = [
  {
    title: 'Check a patch of 10 keys',
    work: 'Each checks the shape of the patch and that it has at most 50 keys. palm-user checks more: malformed text, class instances, the names of fields.',
    times: 1,
    candidates: {
      'palm-user': (index) => validatePatch(of(patches, index)).valid,
      valibot: (index) => v.safeParse(valibot, of(patches, index)).success,
      'zod, without eval': (index) => zod.safeParse(of(patches, index)).success,
    },
  },
  {
    title: 'Change a user of 47 keys',
    work: 'Each makes the new user and leaves the old one as it was. palm-user checks the patch first; the others do not.',
    times: 1,
    candidates: {
      'palm-user': (index) => applyPatch(of(users, index), of(patches, index)),
      'spread, by hand': (index) => byHand(of(users, index), of(patches, index)),
      mutative: (index) => create(draftable(index), onDraft(of(patches, index))),
      immer: (index) => produce(draftable(index), onDraft(of(patches, index))),
    },
  },
  {
    title: 'Fingerprint an e-mail address',
    work: `Each trims, lower-cases and hashes ${EMAILS.toLocaleString('en')} addresses; the bar is the time for one. palm-user takes them in one call, and checks each.`,
    times: EMAILS,
    candidates: {
      'palm-user': (index) => fingerprintMany(of(emails, index), 'email'),
      '@noble/hashes': (index) => of(emails, index).map((email) => bytesToHex(sha256(utf8ToBytes(email.trim().toLowerCase())))),
      'crypto.subtle': (index) =>
        Promise.all(of(emails, index).map(async (email) => bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(email.trim().toLowerCase())))))),
    },
  },
];
