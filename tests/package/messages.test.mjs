// cspell:disable
// Messages in other languages: a table by code and reason, and the German one of recipes/.

import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, test } from 'node:test';

import { createPatchSchema, fingerprintMany, messageOf, PalmError, updateUser, validatePatch } from 'palm-user';

const { german } = await import(pathToFileURL(path.join(process.env.PALM_USER_ROOT, 'recipes/german.js')));
const said = (patch, options) => validatePatch(patch, options).errors.map((issue) => messageOf(issue, german));

describe('in German', () => {
  test('each by its code, with its parameters', () => {
    assert.deepEqual(said('text'), ['Erwartet wird ein Objekt, das hier ist ein Text.']);
    assert.deepEqual(said({ displayName: 'Ada', vault: {} }), ['Dieses Feld gibt es nicht. Gemeint ist wohl display_name.', 'Dieses Feld gibt es nicht, oder es ist nicht änderbar.']);
    assert.deepEqual(said({ metadata: { a: 'abc' }, display_name: [] }, { limits: { maxKeys: 0, maxValueLength: 2 } }), [
      'Der Text ist 3 Zeichen lang, erlaubt sind 2.',
      'Dieser Wert ist von der falschen Art: eine Liste.',
      'Es wären 1 Angaben, erlaubt sind 0.',
    ]);
    assert.deepEqual(said({ metadata: { abc: 'a' } }, { limits: { maxKeyLength: 2 } }), ['Der Schlüssel ist 3 Zeichen lang, erlaubt sind 2.']);
    assert.deepEqual(said({ metadata: { a: new Map(), b: NaN } }), ['Dieser Wert lässt sich nicht übertragen: die Instanz einer Klasse.', 'Dieser Wert lässt sich nicht übertragen: NaN oder unendlich.']);
  });

  test('by a reason where there is one for it, and otherwise by the code', () => {
    const { invalid } = fingerprintMany(['ada', 'ada@'], 'email', { onInvalid: 'report' });
    assert.deepEqual(invalid.map(({ issue }) => messageOf(issue, german)), ['In der E-Mail-Adresse fehlt das @.', 'Das ist keine E-Mail-Adresse.']);
  });

  test('of errors, with what the server said', async () => {
    const failed = (status, headers = {}) =>
      updateUser('u', { display_name: 'Ada' }, { baseUrl: 'https://gateway.example.com', maxRetries: 0, fetch: async () => new Response('{}', { status, headers }) }).then(
        () => assert.fail('it did not fail'),
        (error) => messageOf(error, german),
      );
    assert.equal(await failed(429, { 'retry-after': '90' }), 'Zu viele Anfragen. Bitte in 90 Sekunden noch einmal versuchen.');
    assert.equal(await failed(429), 'Zu viele Anfragen. Bitte später noch einmal versuchen.');
    assert.equal(await failed(503), 'Der Server hat ein Problem (503). Die Änderung ist vielleicht gespeichert.');
    assert.equal(await failed(401), 'Die Sitzung ist abgelaufen. Bitte neu anmelden.');
    // What the table lacks.
    const { message } = new PalmError({ code: 'internal', message: 'As it is.', outcome: 'not_sent' });
    assert.equal(messageOf(new PalmError({ code: 'internal', message, outcome: 'not_sent' }), german), message);
  });

  test('in a form', () => {
    const schema = createPatchSchema({ messages: german, limits: { maxDisplayNameLength: 3 } });
    assert.deepEqual(schema['~standard'].validate({ display_name: 'Grace' }), { issues: [{ message: 'Der Text ist 5 Zeichen lang, erlaubt sind 3.', path: ['display_name'] }] });
  });
});

test('what the table lacks stays as it is', () => {
  const [issue] = validatePatch({ display_name: '\ud800' }).errors;
  assert.equal(messageOf(issue, german), 'The string has a lone surrogate, which UTF-8 cannot encode.');
  assert.equal(messageOf(issue, {}), issue.message);
  assert.equal(messageOf(issue, { ill_formed_string: 5 }), issue.message, 'nor is a message what is no text');
});

test('parameters are numbers and stable names, without English', () => {
  const cases = [
    [{ metadata: { a: NaN, b: new Date(), c: () => 1, d: 1n, e: Symbol('x'), f: ['x', , 'y'] } }, undefined],
    [{ metadata: { long_key: 'long value' }, displayName: 1 }, { limits: { maxKeys: 0, maxKeyLength: 1, maxValueLength: 1 } }],
    [{ metadata: [], display_name: null }, undefined],
  ];
  let count = 0;
  for (const [patch, options] of cases) {
    const { errors, warnings } = validatePatch(patch, options);
    for (const { params = {} } of [...errors, ...warnings]) {
      for (const value of Object.values(params)) {
        count++;
        assert.ok(typeof value === 'number' || /^[a-z]+(_[a-z]+)*$/.test(value), String(value));
      }
    }
  }
  assert.ok(count > 10);
});

test('a code or a parameter from a server finds nothing that every object inherits', () => {
  const issue = { code: 'constructor', severity: 'error', path: [], pointer: '', message: 'As it is.', params: { reason: 'x' } };
  assert.equal(messageOf(issue, {}), 'As it is.');
  assert.equal(messageOf({ ...issue, code: 'custom' }, { custom: '{toString} {reason}' }), '{toString} x');
});
