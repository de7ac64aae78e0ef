// What is measured on: 64 of each, so that no engine learns one object by heart.

const COUNT = 64;
const numbers = Array.from({ length: COUNT }, (_, index) => index);

/** Users with these many metadata keys and vault fields; `own`: each user has other keys. */
function users(keys, fields, own) {
  return numbers.map((number) => ({
    id: `123e4567-e89b-12d3-a456-4266141740${String(number).padStart(2, '0')}`,
    object: 'user',
    created_at: '2025-10-24T10:30:00Z',
    updated_at: '2025-10-24T15:45:00Z',
    metadata: Object.fromEntries(Array.from({ length: keys }, (_, index) => [key(index, own, number), `value ${index}`])),
    status: 'active',
    verification: { id: 'x', risk_level: 'low', workflow: { name: 'KYC', version: 1 }, executed_at: '2024-01-15T10:30:00.000Z' },
    display_name: 'John Doe',
    vault: Object.fromEntries(Array.from({ length: fields }, (_, index) => [`identity.field_${index}`, `cached ${number}`])),
  }));
}

const key = (index, own, number) => (own ? `key_${number}_${index}` : `key_${index}`);

/** Patches that change, remove and add, a third each, and the name; `from`: which keys. */
function patches(keys, own, from = 0) {
  return numbers.map((number) => ({
    metadata: Object.fromEntries(
      Array.from({ length: keys }, (_, index) => {
        if (index % 3 === 1) return [key(from + index, own, number), null];
        return [index % 3 === 0 ? key(from + index, own, number) : `new_${own ? number : ''}_${from + index}`, `changed ${number}`];
      }),
    ),
    display_name: `Jane ${number} ${from}`,
  }));
}

/** Users, patches of them, and patches of what comes out: of the sample of the API's reference, and of the largest user there can be. */
export const merges = [
  ['sample user, 2 keys', users(3, 2, false), patches(2, false), patches(2, false, 2)],
  ['sample user, 2 keys, other keys each', users(3, 2, true), patches(2, true), patches(2, true, 2)],
  ['50 metadata, 40 vault, 10 keys', users(47, 40, false), patches(10, false), patches(10, false, 10)],
  ['50 metadata, 40 vault, 10 keys, other keys each', users(47, 40, true), patches(10, true), patches(10, true, 10)],
];

/** The same with a number for each text. */
export const numeric = (patches) => patches.map((patch, number) => ({
  ...patch,
  metadata: Object.fromEntries(Object.entries(patch.metadata).map(([key, value], index) => [key, value === null ? null : number + index / 4])),
}));

/** Users who have what the patches write, with other values. */
export const current = (patches) => users(0, 2, false).map((user, number) => {
  const keys = Object.keys(patches[number].metadata);
  return { ...user, metadata: Object.fromEntries([...keys, 'external_id'].slice(0, 50).map((key) => [key, 'stored'])) };
});

const strings = (keys, own = false) =>
  numbers.map((number) => ({ metadata: Object.fromEntries(Array.from({ length: keys }, (_, index) => [key(index, own, number), `value ${number}`])) }));
const spoilt = (patches) => patches.map((patch) => ({ ...patch, display_name: 12 }));

export const validations = [2, 10, 50].flatMap((keys) => [
  [`${keys} keys`, strings(keys)],
  [`${keys} keys, other keys each`, strings(keys, true)],
  [`${keys} keys, invalid`, spoilt(strings(keys))],
]);

const REFUSED = [NaN, Infinity, 5n, Symbol.iterator, () => 1, new Date(0), new Map()];

/** As of somebody who gets something else wrong each time. */
export const refused = strings(2, true).map(({ metadata }, number) => {
  if (number % 3 === 0) return { metadata, [`field_${number}`]: 'x' };
  if (number % 3 === 1) return { metadata: { ...metadata, [`wrong_${number}`]: REFUSED[number % REFUSED.length] } };
  return { metadata, display_name: [12, true, null, [], {}][number % 5] };
});

/** As an application sets them: all four. */
export const LIMITS = { limits: { maxKeys: 50, maxKeyLength: 64, maxValueLength: 500, maxDisplayNameLength: 100 } };

export const emails = numbers.map((number) => `Person.${number}@Example.com`);
export const manyEmails = Array.from({ length: 100_000 }, (_, index) => `person.${index}@example.com`);
