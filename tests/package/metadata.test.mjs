// Metadata of one's own: every path obeys the same declaration, whichever library its
// schemas are of, and no message repeats a value.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, test } from 'node:test';

import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';

import { applyPatch, createPatchSchema, createUserStore, defineMetadata, isPalmError, updateUser, validatePatch } from 'palm-user';
import { createGateway } from 'palm-user/edge';

/** A schema of one's own. */
const shouting = {
  '~standard': {
    version: 1,
    vendor: 'mine',
    validate: (value) => (value === undefined || typeof value === 'string' ? { value: value?.toUpperCase() || undefined } : { issues: [{ message: 'Not a text.' }] }),
  },
};
const metadata = defineMetadata(
  {
    customer_tier: v.picklist(['basic', 'premium']),
    notes: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(10))),
    age: z.number().int().min(0).optional(),
    mail: type('string.email | undefined'),
    code: shouting,
    address: z.object({ city: z.string(), lines: z.array(z.string()) }).optional(),
  },
  { writable: ['notes', 'mail', 'code', 'address'] },
);
const user = { id: '1', updated_at: '2025-10-24T15:45:00Z', metadata: { customer_tier: 'basic', notes: 'old', legacy: 'x' } };
const found = ({ errors }) => errors.map(({ code, pointer }) => `${code} ${pointer}`);
const check = (patch, options) => validatePatch(patch, { metadata, ...options });

test('what is declared is known', () => {
  assert.deepEqual(metadata.keys, ['customer_tier', 'notes', 'age', 'mail', 'code', 'address']);
  assert.deepEqual(metadata.writable, ['notes', 'mail', 'code', 'address']);
  assert.deepEqual(defineMetadata({ a: shouting }).writable, [], 'nothing is writable unless it is named');
});

describe('validatePatch', () => {
  test('each library', () => {
    assert.deepEqual(check({ metadata: { customer_tier: 'premium', notes: 'hi', age: 3, mail: 'ada@example.com', code: 'x' } }).errors, []);
    const report = check({ metadata: { customer_tier: 'gold', notes: 'much too long a note', age: -3, mail: 'nobody', code: 7, address: { city: 'Bonn', lines: ['a', 5] } } });
    assert.deepEqual(found(report), [
      'invalid_metadata /metadata/customer_tier',
      'invalid_metadata /metadata/notes',
      'invalid_metadata /metadata/age',
      'invalid_metadata /metadata/mail',
      'invalid_metadata /metadata/code',
      'invalid_metadata /metadata/address/lines/1',
    ]);
    assert.equal(report.valid, false);
    assert.equal(report.errors[4].message, 'Not a text.');
    assert.deepEqual(report.errors[5].path, ['metadata', 'address', 'lines', '1']);
  });

  test('a key without a schema, and the likely one', () => {
    const { errors } = check({ metadata: { custmer_tier: 'basic', wholly_other: null } });
    assert.deepEqual(errors.map(({ code, params }) => [code, params]), [
      ['unknown_key', { suggestion: 'customer_tier', reason: 'misspelt' }],
      ['unknown_key', undefined],
    ]);
    assert.equal(errors[0].message, 'This key has no schema; did you mean customer_tier?');
  });

  test('keys that every object inherits have no schema', () => {
    const hostile = JSON.parse('{"metadata": {"__proto__": "a", "constructor": "b", "toString": "c"}}');
    assert.deepEqual(found(check(hostile)), ['unknown_key /metadata/__proto__', 'unknown_key /metadata/constructor', 'unknown_key /metadata/toString']);
  });

  test('keys that are numbers, empty, or those of a prototype, where they are declared', () => {
    const odd = defineMetadata({ ['__proto__']: shouting, 1: shouting, '': shouting }, { writable: ['__proto__', '1', ''] });
    const patch = JSON.parse('{"metadata": {"__proto__": "a", "1": "b", "": "c"}}');
    const after = applyPatch({ metadata: {} }, patch, { metadata: odd });
    assert.deepEqual(Object.entries(after.metadata), [['1', 'B'], ['__proto__', 'A'], ['', 'C']]);
    assert.equal(Object.getPrototypeOf(after.metadata), Object.prototype);
    const { value } = createPatchSchema({ metadata: odd })['~standard'].validate(patch);
    assert.deepEqual(Object.entries(value.metadata), [['1', 'B'], ['__proto__', 'A'], ['', 'C']]);
    const gone = JSON.parse('{"metadata": {"__proto__": null, "1": null, "": null}}');
    assert.deepEqual(Object.entries(applyPatch(after, gone, { metadata: odd }).metadata), []);
  });

  test('null removes what may be absent', () => {
    assert.deepEqual(found(check({ metadata: { notes: null, code: null } })), []);
    assert.deepEqual(found(check({ metadata: { customer_tier: null } })), ['required_key /metadata/customer_tier']);
  });

  test('all other rules hold as well', () => {
    const current = { ...user, metadata: Object.fromEntries(Array.from({ length: 50 }, (_, key) => [`k${key}`, ''])) };
    assert.deepEqual(found(check({ metadata: { notes: 'a' } }, { current })), ['too_many_keys /metadata']);
    assert.deepEqual(found(check({ metadata: { notes: 'abcdef' } }, { limits: { maxValueLength: 5 } })), ['too_long /metadata/notes']);
    assert.deepEqual(found(check({ displayName: 1, metadata: { notes: 5 } })), ['unknown_field /displayName', 'invalid_metadata /metadata/notes']);
    assert.deepEqual(found(check('no patch')), ['not_an_object ']);
    assert.deepEqual(found(check({ get metadata() { throw new Error('no'); } })), ['unreadable ']);
  });

  test('rules that were not made by defineMetadata', () => {
    for (const made of [{}, [], 'notes', { keys: ['notes'] }, { notes: shouting }]) {
      assert.deepEqual(found(validatePatch({}, { metadata: made })), ['invalid_options '], inspect(made));
    }
    assert.throws(() => applyPatch(user, {}, { metadata: {} }), { code: 'invalid_options' });
  });

  test('a hundred issues, and word of the others', () => {
    const keys = Array.from({ length: 120 }, (_, key) => `key_${key}`);
    const many = defineMetadata(Object.fromEntries(keys.map((key) => [key, z.number()])));
    const patch = { metadata: Object.fromEntries(keys.map((key) => [key, 'no'])) };
    const report = validatePatch(patch, { metadata: many, limits: { maxKeys: 200 } });
    assert.equal(report.errors.length, 100);
    assert.equal(report.truncated, true);
  });
});

describe('what a schema gives is what is written', () => {
  const patch = { metadata: { notes: '  hi ', code: 'abc' } };

  test('by applyPatch, which leaves the patch and other keys alone', () => {
    const after = applyPatch(user, patch, { metadata });
    assert.deepEqual(after.metadata, { customer_tier: 'basic', notes: 'hi', legacy: 'x', code: 'ABC' });
    assert.deepEqual(patch, { metadata: { notes: '  hi ', code: 'abc' } });
    assert.equal(applyPatch(user, { metadata: { notes: ' old ' } }, { metadata }), user);
  });

  test('by updateUser', async () => {
    const sent = [];
    const fetch = async (_, { body }) => (sent.push(JSON.parse(body)), Response.json({ ...user, object: 'user', created_at: user.updated_at, status: 'active' }));
    await updateUser('palm_usr_1', patch, { metadata, fetch, baseUrl: 'https://gateway.example.com' });
    assert.deepEqual(sent, [{ metadata: { notes: 'hi', code: 'ABC' } }]);
    await assert.rejects(updateUser('palm_usr_1', { metadata: { customer_tier: 'gold' } }, { metadata, fetch, baseUrl: 'https://gateway.example.com' }), { code: 'invalid_patch', outcome: 'not_sent' });
    assert.equal(sent.length, 1);
  });

  test('undefined removes the key', () => {
    assert.deepEqual(createPatchSchema({ metadata })['~standard'].validate({ metadata: { code: '' } }), { value: { metadata: { code: null } } });
  });

  test('a value that JSON cannot carry is refused, and so is one beyond a limit', () => {
    const dated = defineMetadata({ at: z.coerce.date(), twice: { '~standard': { version: 1, vendor: 'mine', validate: (value) => ({ value: value + value }) } } });
    assert.deepEqual(found(validatePatch({ metadata: { at: '2025-10-24' } }, { metadata: dated })), ['not_json /metadata/at']);
    assert.deepEqual(found(validatePatch({ metadata: { twice: 'abc' } }, { metadata: dated, limits: { maxValueLength: 5 } })), ['too_long /metadata/twice']);
  });

  test('a getter that answers differently the second time changes nothing', () => {
    let reads = 0;
    const shifty = { metadata: { get notes() { return ++reads === 1 ? 'first' : 5; } } };
    assert.equal(applyPatch(user, shifty, { metadata }).metadata.notes, 'first');
    assert.equal(reads, 1);
  });
});

describe('a page', () => {
  const schema = createPatchSchema({ metadata });

  test('may write what is marked, and learns of no other key', () => {
    const { issues } = schema['~standard'].validate({ metadata: { customer_tier: 'premium', age: 3, nots: 'a', nothing: 'b' } });
    assert.deepEqual(issues, [
      { message: 'This field may not be changed here.', path: ['metadata', 'customer_tier'] },
      { message: 'This field may not be changed here.', path: ['metadata', 'age'] },
      { message: 'This key has no schema; did you mean notes?', path: ['metadata', 'nots'] },
      { message: 'This field may not be changed here.', path: ['metadata', 'nothing'] },
    ]);
    assert.deepEqual(schema['~standard'].validate({ metadata: { notes: ' a ' }, display_name: 'Ada' }), { value: { metadata: { notes: 'a' }, display_name: 'Ada' } });
  });

  test('has a store that obeys', async () => {
    const sent = [];
    const store = createUserStore({ userId: 'me', user, metadata, send: async (_, patch) => (sent.push(patch), { ...user, metadata: { ...user.metadata, ...patch.metadata } }) });
    assert.throws(() => store.edit({ metadata: { customer_tier: 'premium' } }), { code: 'invalid_patch', message: 'The patch is invalid at /metadata/customer_tier: This field may not be changed here.' });
    assert.throws(() => store.edit({ metadata: { notes: 'much too long a note' } }), { code: 'invalid_patch' });
    assert.equal(store.getSnapshot().user, user, 'nothing of it is shown');
    const edit = store.edit({ metadata: { notes: ' new ' } });
    assert.equal(store.getSnapshot().user.metadata.notes, 'new');
    await edit.confirmed;
    assert.deepEqual(sent, [{ metadata: { notes: 'new' } }]);
    edit.undo();
    await store.flush();
    assert.deepEqual(sent[1], { metadata: { notes: 'old' } });
    store.close();
    assert.throws(() => createUserStore({ userId: 'me', user, metadata: {}, send: async () => user }), { code: 'invalid_options' });
  });
});

describe('a gateway', () => {
  const sent = [];
  const events = [];
  const gateway = (options) =>
    createGateway({
      apiKey: 'sk_test_0',
      identify: () => 'palm_usr_1',
      fetch: async (_, { body }) => (sent.push(JSON.parse(body)), Response.json({ ...user, object: 'user', created_at: user.updated_at, status: 'active' })),
      onRequest: (event) => events.push(event),
      ...options,
    });
  const patch = async (served, body) => {
    const answer = await served(new Request('https://a.example/v1/user/me', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }));
    return [answer.status, await answer.json()];
  };

  test('takes what may be written from the marks', async () => {
    const served = gateway({ metadata });
    const [status, shown] = await patch(served, { metadata: { notes: ' a ' } });
    assert.equal(status, 200);
    assert.deepEqual(sent.at(-1), { metadata: { notes: 'a' } });
    assert.deepEqual(shown.metadata, { notes: 'old' }, 'and shows that');
    const before = sent.length;
    for (const [body, code, issues] of [
      [{ metadata: { customer_tier: 'premium' } }, 'field_not_allowed', ['field_not_allowed /metadata/customer_tier']],
      [{ metadata: { nots: 'a' } }, 'field_not_allowed', ['unknown_key /metadata/nots']],
      [{ metadata: { notes: 'much too long a note' } }, 'invalid_patch', ['invalid_metadata /metadata/notes']],
      [{ metadata: { notes: 'a' }, display_name: 'Ada' }, 'field_not_allowed', ['field_not_allowed /display_name']],
    ]) {
      const [refused, problem] = await patch(served, body);
      assert.deepEqual([refused, problem.code, found({ errors: problem.issues })], [code === 'invalid_patch' ? 400 : 422, code, issues]);
    }
    assert.equal(sent.length, before, 'nothing of it reaches Palm');
  });

  test('writes nothing where nothing is marked', async () => {
    const [status] = await patch(gateway({ metadata: defineMetadata({ notes: z.string() }) }), { metadata: { notes: 'a' } });
    assert.equal(status, 422);
  });

  test('a schema that throws is the fault of the server', async () => {
    const broken = defineMetadata({ notes: { '~standard': { version: 1, vendor: 'mine', validate() { throw new Error('kept'); } } } }, { writable: ['notes'] });
    const [status, problem] = await patch(gateway({ metadata: broken }), { metadata: { notes: 'a' } });
    assert.deepEqual([status, problem.code], [500, 'gateway_failed']);
    assert.equal(events.at(-1).error.message, 'The schema of metadata.notes threw.');
  });

  test('options that contradict one another', () => {
    assert.throws(() => gateway({ metadata, writable: { metadata: ['notes'] } }), { code: 'invalid_options' });
    assert.throws(() => gateway({ metadata: {} }), { code: 'invalid_options' });
  });
});

describe('no value is in a message', () => {
  const telling = (say) => defineMetadata({ secret: { '~standard': { version: 1, vendor: 'mine', validate: (value) => ({ issues: [{ message: say(value), input: value, received: value }] }) } } });
  const value = 'canary-7f3a-Jürgen';
  const said = (say, given = value) => validatePatch({ metadata: { secret: given } }, { metadata: telling(say) }).errors[0].message;

  for (const [name, say, expected] of [
    ['as it is', (it) => `Got ${it}.`, 'Got ….'],
    ['quoted, twice', (it) => `"${it}" is not ${it}`, '"…" is not …'],
    ['in capitals', (it) => `Got ${it.toUpperCase()}`, 'Got …'],
    ['cut', (it) => `Got ${it.slice(0, 9)}…`, 'The schema refuses this value.'],
    ['escaped', (it) => `Got ${JSON.stringify(it).replaceAll('ü', '\\u00fc')}`, 'The schema refuses this value.'],
    ['within a word', (it) => `Got x${it}x`, 'The schema refuses this value.'],
    ['in an endless message', (it) => `${' '.repeat(500)}${it}`, 'The schema refuses this value.'],
    ['not at all', () => 'Choose one of basic, premium.', 'Choose one of basic, premium.'],
  ]) {
    test(name, () => assert.equal(said(say), expected));
  }

  test('a short one, a number, a nested one', () => {
    assert.equal(said((it) => `A tier is not ${it}.`, 'a'), '… tier is not ….');
    assert.equal(said((it) => `must be positive (was ${it})`, -42), 'must be positive (was …)');
    assert.equal(said((it) => `was ${JSON.stringify(it)}`, { pin: 1234, tags: ['red', true] }), 'was {"pin":…,"tags":["…",…]}');
  });

  test('of valibot, zod and arktype, anywhere', async () => {
    for (const schema of [v.picklist(['a', 'b']), z.enum(['a', 'b']), type("'a' | 'b'"), v.pipe(v.string(), v.email()), type('string.email')]) {
      const rules = defineMetadata({ secret: schema });
      const patch = { metadata: { secret: value } };
      const error = await updateUser('u', patch, { metadata: rules }).catch((thrown) => thrown);
      assert.ok(isPalmError(error, 'invalid_patch'));
      const all = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${JSON.stringify(validatePatch(patch, { metadata: rules }))}`;
      assert.ok(!/canary|7f3a|Jürgen/i.test(all), all);
    }
  });
});

describe('schemas that cannot be used', () => {
  const asking = (validate) => defineMetadata({ notes: { '~standard': { version: 1, vendor: 'mine', validate } } });

  test('one that is asynchronous, whose rejection nobody hears of', async () => {
    const report = validatePatch({ metadata: { notes: 'a' } }, { metadata: asking(async () => { throw new Error('no'); }) });
    assert.deepEqual(report.errors.map(({ code, message }) => [code, message]), [['invalid_options', 'The schema of metadata.notes is asynchronous.']]);
    await new Promise(setImmediate);
  });

  test('one that throws', () => {
    const report = validatePatch({ metadata: { notes: 'a' } }, { metadata: asking(() => { throw new Error('canary'); }) });
    assert.deepEqual(report.errors.map(({ code, message }) => [code, message]), [['invalid_options', 'The schema of metadata.notes threw.']]);
  });

  for (const answer of [undefined, null, 'yes', { issues: 5 }, { issues: [] }, { issues: [null] }, { issues: [{}] }]) {
    test(`one that gives ${inspect(answer)}`, () => {
      const report = validatePatch({ metadata: { notes: 'a' } }, { metadata: asking(() => answer) });
      assert.deepEqual(report.errors.map(({ code, message }) => [code, message]), [['invalid_options', 'The schema of metadata.notes gave no result.']]);
    });
  }

  test('results that throw when they are read, with what they hold', () => {
    for (const result of [{ get then() { throw new Error('canary'); } }, { get value() { throw new Error('canary'); } }, { get issues() { throw new Error('canary'); } }]) {
      const report = validatePatch({ metadata: { notes: 'a' } }, { metadata: asking(() => result) });
      assert.deepEqual(report.errors.map(({ code, message }) => [code, message]), [['invalid_options', 'The schema of metadata.notes gave no result.']]);
    }
  });

  test('one whose issues have no end', () => {
    const issues = { *[Symbol.iterator]() { for (;;) yield { message: 'No.' }; } };
    const report = validatePatch({ metadata: { notes: 'a' } }, { metadata: asking(() => ({ issues })) });
    assert.deepEqual([report.errors.length, report.truncated], [100, true]);
  });

  test('one that calls this package, and one that writes to what it is given', () => {
    const calling = asking((value) => (validatePatch({ metadata: { other: 'b' } }, { limits: { maxKeys: 0 } }), { value: `${value}!` }));
    assert.deepEqual(applyPatch({ metadata: {} }, { metadata: { notes: 'a' } }, { metadata: calling }).metadata, { notes: 'a!' });
    const patch = { metadata: { notes: { deep: 1 } } };
    const writing = asking((value) => ((value.deep = 2), { value }));
    assert.deepEqual(applyPatch({ metadata: {} }, patch, { metadata: writing }).metadata, { notes: { deep: 2 } });
    assert.deepEqual(patch, { metadata: { notes: { deep: 1 } } });
  });

  test('definitions that are wrong', () => {
    for (const wrong of [undefined, null, 5, 'ab', [shouting]]) assert.throws(() => defineMetadata(wrong), { code: 'invalid_options' });
    for (const wrong of [null, 5, 'writable']) assert.throws(() => defineMetadata({ a: shouting }, wrong), { code: 'invalid_options' });
    for (const wrong of [{ a: undefined }, { a: {} }, { a: 'string' }]) assert.throws(() => defineMetadata(wrong), { code: 'invalid_options', message: 'metadata.a has no Standard Schema.' });
    assert.throws(() => defineMetadata({ a: shouting }, { writable: ['b'] }), { code: 'invalid_options' });
    assert.throws(() => defineMetadata({ a: shouting }, { writable: 'a' }), { code: 'invalid_options' });
    assert.throws(() => defineMetadata({ a: shouting }, { writeable: ['a'] }), { code: 'invalid_options' });
  });
});
