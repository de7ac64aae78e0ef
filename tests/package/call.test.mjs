// updateUser against a real server that misbehaves.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';

import { getUser, isPalmError, requestIdOf, updateUser } from 'palm-user';

import { cases } from './rules.mjs';
import { USER, json, ok, problem, reset, serve, silent, stalled, text, truncated } from './server.mjs';

const KEY = 'sk_test_5ecretKey';
const PATCH = { metadata: { customer_tier: 'Premium-Value', notes: null }, display_name: 'Ada Secret' };

/** Calls a server that answers by the script; gives the error or the user, and what was seen. */
async function call(script, options = {}, patch = PATCH) {
  const server = await serve(...script);
  const attempts = [];
  try {
    const user = await updateUser('palm_usr_1a2b3c4d5e6f7g8h', patch, {
      apiKey: KEY,
      baseUrl: server.baseUrl,
      maxRetries: 0,
      onAttempt: (attempt) => attempts.push(attempt),
      ...options,
    });
    return { user, attempts, requests: server.requests };
  } catch (error) {
    assert.ok(isPalmError(error), inspect(error));
    return { error, attempts, requests: server.requests };
  } finally {
    await server.close();
  }
}

const is = (error, expected) => {
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(error?.[name], value, name);
};

test('the request is the one Palm documents', async () => {
  const { user, requests, attempts } = await call([ok], { headers: { 'X-Trace': 'abc' } });
  assert.deepEqual(user, USER);
  const [{ method, url, headers, body }] = requests;
  assert.equal(method, 'PATCH');
  assert.equal(url, '/v1/user/palm_usr_1a2b3c4d5e6f7g8h');
  assert.equal(headers.authorization, `Bearer ${KEY}`);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['x-trace'], 'abc');
  assert.equal(body, JSON.stringify(PATCH));
  assert.equal(attempts.length, 1);
  is(attempts[0], { attempt: 1, status: 200, error: undefined, retryInMs: undefined });
});

describe('statuses', () => {
  for (const c of cases('status').filter(({ status }) => status !== 304)) {
    test(c.name, async () => {
      const { error } = await call([problem(c.status, { detail: 'why' }, { 'x-request-id': 'r-1' })]);
      const { code, outcome, retryable, status } = c;
      is(error, { code, outcome, retryable, status, attempts: 1, requestId: 'r-1' });
      assert.equal(error.problem.detail, 'why');
      assert.equal(error.problem.type, `https://api.getpalm.com/problems/p${status}`);
    });
  }
});

describe('answers that are no answer', () => {
  const cases = [
    ['a connection reset before the answer', reset, { code: 'network', outcome: 'unknown', retryable: true }],
    ['a connection broken amid the answer', truncated, { code: 'network', outcome: 'unknown', retryable: true, status: 200 }],
    ['an HTML 200', text(200, 'text/html', '<!doctype html>'), { code: 'bad_response', outcome: 'applied', retryable: false, status: 200 }],
    // Firefox delivers a connection lost before the body in the same way.
    ['an empty 200 of no declared length', text(200, 'application/json', ''), { code: 'network', outcome: 'unknown', retryable: true, status: 200 }],
    ['an empty 200 of declared length 0', (response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': 0 }).end(), { code: 'bad_response', outcome: 'applied', status: 200 }],
    ['half an object', text(200, 'application/json', '{"id":"123e4567'), { code: 'network', outcome: 'unknown', retryable: true, status: 200 }],
    ['a 204', (response) => response.writeHead(204).end(), { code: 'bad_response', outcome: 'applied', status: 204 }],
    ['a 200 of another shape', json(200, { ok: true }), { code: 'bad_response', outcome: 'applied' }],
    ['a user without an id', json(200, { ...USER, id: '' }), { code: 'bad_response', outcome: 'applied' }],
    ['a user whose metadata is a string', json(200, { ...USER, metadata: 'x' }), { code: 'bad_response', outcome: 'applied' }],
    ['a list', json(200, [USER]), { code: 'bad_response', outcome: 'applied' }],
    ['null', json(200, null), { code: 'bad_response', outcome: 'applied' }],
    ['more than 8 MiB', text(200, 'application/json', ' '.repeat(9 << 20)), { code: 'bad_response', outcome: 'applied' }],
    ['a redirect', (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(), { code: 'bad_response', outcome: 'unknown', status: 307 }],
    ['an HTML 502', text(502, 'text/html', '<h1>Bad gateway</h1>'), { code: 'server_error', outcome: 'unknown', problem: undefined }],
    ['a problem that is not JSON', text(400, 'application/problem+json', '{'), { code: 'bad_request', problem: undefined }],
    ['a problem that is a list', json(400, [1]), { code: 'bad_request', problem: undefined }],
  ];
  for (const [name, answer, expected] of cases) {
    test(name, async () => {
      const { error, requests } = await call([answer]);
      is(error, expected);
      assert.equal(requests.length, 1);
    });
  }

  test('a byte order mark is no part of the JSON', async () => {
    const { user } = await call([text(200, 'application/json', `\ufeff${JSON.stringify(USER)}`)]);
    assert.deepEqual(user, USER);
  });

  test('a port where nobody listens', async () => {
    const server = await serve(ok);
    await server.close();
    const { baseUrl } = server;
    const error = await updateUser('u', PATCH, { baseUrl, maxRetries: 0 }).catch((error) => error);
    is(error, { code: 'network', outcome: 'unknown' });
    assert.match(error.message, /ECONNREFUSED/);
  });
});

describe('time', () => {
  test('the time limit covers a stalled body', async () => {
    const { error } = await call([stalled], { timeoutMs: 1500 });
    is(error, { code: 'timeout', outcome: 'unknown', retryable: true, status: 200 });
  });

  test('the time limit covers a silent server', async () => {
    const { error } = await call([silent], { timeoutMs: 150 });
    is(error, { code: 'timeout', outcome: 'unknown', status: undefined });
  });

  test('the whole call has a limit of its own', async () => {
    const { error, attempts } = await call([silent], { timeoutMs: 100, totalTimeoutMs: 250, maxRetries: 50 });
    is(error, { code: 'timeout', outcome: 'unknown' });
    assert.ok(attempts.length < 50);
  });

  test('a fetch that ignores its signal is not waited for', async () => {
    const fetch = () => new Promise(() => {});
    const error = await updateUser('u', PATCH, { fetch, timeoutMs: 100, maxRetries: 0 }).catch((error) => error);
    is(error, { code: 'timeout' });
  });
});

describe('retries', () => {
  test('a 429 and its Retry-After', async () => {
    const limited = problem(429, {}, { 'retry-after': '1' });
    const { user, attempts, requests } = await call([limited, ok], { maxRetries: 2 });
    assert.deepEqual(user, USER);
    assert.deepEqual(attempts.map(({ status, retryInMs }) => [status, retryInMs]), [[429, 1000], [200, undefined]]);
    assert.equal(requests[0].body, requests[1].body);
    is(attempts[0].error, { code: 'rate_limited', retryAfterMs: 1000, attempts: 1 });
    assert.ok(isPalmError(attempts[0].error));
  });

  for (const [name, answer] of [['408', problem(408)], ['500', problem(500)], ['503', problem(503)], ['a reset', reset], ['a broken body', truncated]]) {
    test(`${name}, then a user`, async () => {
      const { user, requests } = await call([answer, ok], { maxRetries: 1 });
      assert.deepEqual(user, USER);
      assert.equal(requests.length, 2);
    });
  }

  for (const status of [400, 401, 403, 404, 409]) {
    test(`a ${status} is final`, async () => {
      const { error, requests } = await call([problem(status), ok], { maxRetries: 5 });
      assert.equal(error.status, status);
      assert.equal(requests.length, 1);
    });
  }

  test('a Retry-After over the limit fails at once and says so', async () => {
    const { error, requests } = await call([problem(429, {}, { 'retry-after': '86400' })], { maxRetries: 2 });
    is(error, { code: 'rate_limited', outcome: 'rejected', retryAfterMs: 86_400_000, attempts: 1 });
    assert.equal(requests.length, 1);
  });

  test('a Retry-After that is garbage is no Retry-After', async () => {
    const { attempts } = await call([problem(503, {}, { 'retry-after': 'soon' }), ok], { maxRetries: 1 });
    assert.equal(attempts[0].error.retryAfterMs, undefined);
    assert.ok(attempts[0].retryInMs <= 500);
  });

  test('over the attempts the most that the server can have done counts', async () => {
    const { error } = await call([reset, problem(429, {}, { 'retry-after': '86400' })], { maxRetries: 2 });
    is(error, { code: 'rate_limited', outcome: 'unknown', attempts: 2 });
  });

  test('a listener that throws does not disturb the call', async () => {
    const onAttempt = () => {
      throw new Error('from the listener');
    };
    const { user } = await call([ok], { onAttempt });
    assert.deepEqual(user, USER);
  });
});

describe('reading', () => {
  const read = async (script, options = {}) => {
    const server = await serve(...script);
    try {
      const user = await getUser('palm_usr_1', { apiKey: KEY, baseUrl: server.baseUrl, maxRetries: 0, ...options });
      return { user, requests: server.requests };
    } catch (error) {
      assert.ok(isPalmError(error), inspect(error));
      return { error, requests: server.requests };
    } finally {
      await server.close();
    }
  };

  test('the request', async () => {
    const { user, requests } = await read([ok]);
    assert.deepEqual(user, USER);
    const [{ method, url, headers, body }] = requests;
    assert.deepEqual([method, url, headers.authorization, headers['content-type'], body], ['GET', '/v1/user/palm_usr_1', `Bearer ${KEY}`, undefined, '']);
  });

  for (const [name, answer, code] of [
    ['500', problem(500), 'server_error'],
    ['a reset', reset, 'network'],
    ['silence', silent, 'timeout'],
    ['a page', text(200, 'text/html', '<p>'), 'bad_response'],
    ['a redirect', (response) => response.writeHead(302, { location: 'https://x.example/' }).end(), 'bad_response'],
    ['404', problem(404), 'not_found'],
  ]) {
    test(`a read that fails by ${name} has changed nothing`, async () => {
      // A busy machine is late, too: only a server that says nothing may time out.
      const { error } = await read([answer], answer === silent ? { timeoutMs: 100 } : {});
      is(error, { code, outcome: 'rejected' });
      assert.doesNotMatch(error.message, /stored/);
    });
  }

  test('it retries as a change does', async () => {
    const { user, requests } = await read([problem(503), reset, ok], { maxRetries: 2 });
    assert.deepEqual([user, requests.length], [USER, 3]);
  });

  test('nothing is sent without what is needed', async () => {
    is((await getUser('', { apiKey: KEY }).catch((error) => error)), { code: 'invalid_user_id', outcome: 'not_sent' });
    is((await getUser('u').catch((error) => error)), { code: 'invalid_api_key', outcome: 'not_sent' });
    is((await getUser('u', { apiKey: KEY, current: USER }).catch((error) => error)), { code: 'invalid_options' });
    is((await getUser('u', { apiKey: KEY, signal: AbortSignal.abort() }).catch((error) => error)), { code: 'aborted', outcome: 'not_sent' });
  });
});

describe('what a gateway says', () => {
  const refusal = (code, status, more = {}) =>
    problem(status, { type: `urn:palm-user:${code}`, title: 'T', detail: 'The sentence of the gateway.', code, outcome: 'rejected', ...more });
  const asked = (answer, options) => call([answer], { apiKey: undefined, ...options });
  const ISSUE = { code: 'field_not_allowed', path: ['metadata', 'a/b'], pointer: '/wrong', message: 'Not here.' };

  for (const [code, status, retryable] of [
    ['signed_out', 401, false], ['not_allowed', 403, false], ['origin_not_allowed', 403, false], ['field_not_allowed', 422, false], ['invalid_patch', 400, false],
    ['invalid_user_id', 400, false], ['bad_request', 400, false], ['too_large', 413, false], ['rate_limited', 429, true], ['timeout', 408, true],
    ['unsupported_media_type', 415, false], ['method_not_allowed', 405, false], ['route_not_found', 404, false], ['not_found', 404, false], ['conflict', 409, false],
    ['server_error', 500, true], ['palm_unreachable', 502, true], ['palm_refused_key', 502, false], ['palm_timeout', 504, true], ['bad_response', 502, false], ['gateway_failed', 500, true],
  ]) {
    test(code, async () => {
      const { error } = await asked(refusal(code, status));
      is(error, { code, status, retryable, outcome: 'rejected', message: 'The sentence of the gateway.', issues: ['field_not_allowed', 'invalid_patch'].includes(code) ? [] : undefined });
    });
  }

  test('its issues, each looked at', async () => {
    const issues = [ISSUE, null, 'x', { code: 'x' }, { ...ISSUE, path: 'metadata' }, { ...ISSUE, path: [1] }, { ...ISSUE, code: '<b>' }, { ...ISSUE, path: [], params: { limit: 3, more: {} } }];
    const { error } = await asked(refusal('invalid_patch', 400, { issues }));
    const { pointer: _, ...rest } = ISSUE;
    assert.deepEqual(error.issues, [
      { ...rest, severity: 'error', pointer: '/metadata/a~1b' },
      { ...rest, severity: 'error', path: [], pointer: '', params: { limit: 3 } },
    ]);
    is((await asked(refusal('invalid_patch', 400, { issues: 'x' }))).error, { issues: [] });
  });

  test('its outcome; unknown where it gives none', async () => {
    is((await asked(refusal('palm_unreachable', 502, { outcome: 'unknown' }))).error, { outcome: 'unknown' });
    is((await asked(refusal('bad_response', 502, { outcome: 'applied' }))).error, { outcome: 'applied' });
    is((await asked(refusal('signed_out', 401, { outcome: 'not_sent' }))).error, { outcome: 'unknown' });
  });

  test('a sentence of its own where the gateway gives none', async () => {
    const { error } = await asked(refusal('signed_out', 401, { detail: undefined }));
    assert.match(error.message, /^Status 401: nobody is signed in/);
    assert.equal((await asked(refusal('not_allowed', 403, { detail: 'x'.repeat(5000) }))).error.message.length, 1001);
  });

  test('a code that is not known goes by its status', async () => {
    is((await asked(refusal('teapot', 403))).error, { code: 'forbidden', outcome: 'rejected', message: 'Status 403: the server does not allow this.' });
    is((await asked(problem(403, { code: 'signed_out' }))).error, { code: 'forbidden' });
  });

  test('a 401 without a key is nobody signed in, and no bad key', async () => {
    const { error } = await asked(problem(401));
    is(error, { code: 'signed_out', outcome: 'rejected' });
    assert.doesNotMatch(error.message, /key/);
  });

  test('with a key it is Palm that answers, and its words stay in the problem', async () => {
    const { error } = await call([refusal('signed_out', 400, { issues: [ISSUE] })]);
    is(error, { code: 'bad_request', issues: undefined, message: 'Status 400: the server refused the request.' });
    assert.equal(error.problem.detail, 'The sentence of the gateway.');
    assert.equal('problem' in error.toJSON(), false);
    for (const text of [inspect(error), inspect(error, { showHidden: true, getters: true, depth: 9 }), JSON.stringify(error), String(error)]) assert.doesNotMatch(text, /sentence/);
  });
});

describe('request IDs', () => {
  test('on results and errors', async () => {
    const { user } = await call([json(200, USER, { 'x-request-id': 'req_7' })]);
    assert.equal(requestIdOf(user), 'req_7');
    assert.deepEqual(user, USER, 'the user is as the server sent it');
    const { error, attempts } = await call([problem(400, {}, { 'request-id': 'req_8' })]);
    assert.deepEqual([requestIdOf(error), error.requestId, attempts[0].requestId], ['req_8', 'req_8', 'req_8']);
    for (const other of [undefined, null, {}, 'x', { ...user }]) assert.equal(requestIdOf(other), undefined);
  });

  test('the one that was sent, where no answer came', async () => {
    const { error } = await call([reset], { headers: { 'X-Request-ID': 'mine' } });
    assert.equal(error.requestId, 'mine');
  });

  for (const id of ['a'.repeat(1001), `req-${KEY}`, 'ada@example.com', '<b>', 'two words']) {
    test(`none that a log should not hold: ${id.slice(0, 20)}`, async () => {
      const { user } = await call([json(200, USER, { 'x-request-id': id })]);
      assert.equal(requestIdOf(user), undefined);
      const { error } = await call([problem(400, {}, { 'x-request-id': id })]);
      is(error, { code: 'bad_request', requestId: undefined });
    });
  }
});

describe('what others leave lying about', () => {
  test('members of Object.prototype are no options, no answers and no errors', async () => {
    const evil = {
      baseUrl: 'https://evil.example', apiKey: 'sk_test_evil', headers: { 'x-evil': '1' }, fetch: () => assert.fail('another fetch'), fault: 'network', status: 500,
      retryAfter: '60', previous: 'applied', totalTimeoutMs: 1, gatewayCode: 'signed_out', requestId: 'evil', problem: { detail: 'evil' }, issues: [], value: 'sk_test_evil', interrupt: 'timeout',
    };
    // Made before: what others leave lying about changes what the platform makes.
    const answers = [Response.json(USER), Response.json({}, { status: 404 })];
    const sent = [];
    const options = { apiKey: () => KEY, maxRetries: 0, fetch: async (url, init) => (sent.push([url, { ...init.headers }, Object.getPrototypeOf(init)]), answers.shift()) };
    Object.assign(Object.prototype, evil);
    let user, error;
    try {
      user = await updateUser('u', PATCH, options);
      error = await updateUser('u', PATCH, options).catch((thrown) => thrown);
    } finally {
      for (const name of Object.keys(evil)) delete Object.prototype[name];
    }
    assert.equal(user.id, USER.id);
    assert.equal(requestIdOf(user), undefined);
    const [[url, headers, prototype]] = sent;
    assert.deepEqual([sent.length, url, headers.authorization, headers['x-evil'], prototype], [2, 'https://api.getpalm.com/v1/user/u', `Bearer ${KEY}`, undefined, null]);
    is(error, { code: 'not_found', outcome: 'rejected', status: 404, attempts: 1, requestId: undefined, problem: undefined, issues: undefined });
  });

  test('a listener that rejects does not disturb the call, nor the process', async () => {
    const unhandled = [];
    const note = (reason) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const { user } = await call([problem(500), ok], { maxRetries: 1, onAttempt: async () => { throw new Error('from the listener'); } });
      assert.deepEqual(user, USER);
      const thenable = { then: (_, reject) => reject(new Error('from the listener')) };
      assert.deepEqual((await call([ok], { onAttempt: () => thenable })).user, USER);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('a path for baseUrl', () => {
  const fetched = async (baseUrl, href, options) => {
    const urls = [];
    const fetch = async (url) => (urls.push(url), Response.json(USER));
    if (href !== undefined) globalThis.location = new URL(href);
    try {
      const error = await updateUser('me', PATCH, { baseUrl, fetch, ...options }).then(() => undefined, (error) => error);
      return error === undefined ? urls[0] : `${error.code}: ${error.message}`;
    } finally {
      delete globalThis.location;
    }
  };
  const PHONE = 'http://192.168.1.20:3000/app/edit?x=1';

  for (const [name, baseUrl, href, expected] of [
    ['on a page', '/api/palm', 'https://app.example.com/profile', 'https://app.example.com/api/palm/v1/user/me'],
    ['on a page in the LAN', '/api/palm/', PHONE, 'http://192.168.1.20:3000/api/palm/v1/user/me'],
    ['the root', '/', PHONE, 'http://192.168.1.20:3000/v1/user/me'],
    ['the page’s own origin in full', 'http://192.168.1.20:3000/api', PHONE, 'http://192.168.1.20:3000/api/v1/user/me'],
    ['another port of the LAN', 'http://192.168.1.20:4000/api', PHONE, /^invalid_options: .*https/],
    ['another host, by two slashes', '//evil.example/api', PHONE, /^invalid_options: /],
    ['another host, by a backslash', '/\\evil.example/api', PHONE, /^invalid_options: /],
    ['another host, by a tab', '/\t/evil.example/api', PHONE, /^invalid_options: /],
    ['where there is no page', '/api/palm', undefined, /^invalid_options: .*on a page, a path/],
    ['a page without an origin', '/api/palm', 'file:///tmp/x.html', /^invalid_options: /],
    ['a path of another kind', 'api/palm', PHONE, /^invalid_options: /],
  ]) {
    test(name, async () => {
      const url = await fetched(baseUrl, href);
      if (expected instanceof RegExp) assert.match(url, expected);
      else assert.equal(url, expected);
    });
  }

  test('a key does not go to a page’s own origin by http', async () => {
    assert.match(await fetched('/api', PHONE, { apiKey: KEY }), /^invalid_options: .*https/);
  });
});

describe('aborting', () => {
  const { aborted, code } = { aborted: AbortSignal.abort(), code: 'aborted' };

  test('before', async () => {
    const { error, requests } = await call([ok], { signal: aborted });
    is(error, { code, outcome: 'not_sent', attempts: 0 });
    assert.equal(requests.length, 0);
  });

  test('while the key is fetched', async () => {
    const apiKey = () => new Promise(() => {});
    const { error, requests } = await call([ok], { signal: AbortSignal.timeout(50), apiKey });
    is(error, { code, outcome: 'not_sent' });
    assert.equal(requests.length, 0);
  });

  for (const [name, answer] of [['while waiting', silent], ['while reading', stalled]]) {
    test(name, async () => {
      const controller = new AbortController();
      const abort = () => void setTimeout(() => controller.abort(), 20);
      const answered = (...given) => (answer(...given), answer === silent && abort());
      // What is read of an answer is read once its head is there.
      const reading = async (...given) => {
        const response = await fetch(...given);
        abort();
        return response;
      };
      const { error } = await call([answered], { signal: controller.signal, fetch: reading });
      is(error, { code, outcome: 'unknown', attempts: 1, retryable: false });
    });
  }

  test('while backing off', async () => {
    const limited = problem(429, {}, { 'retry-after': '30' });
    const controller = new AbortController();
    const onAttempt = () => void setTimeout(() => controller.abort());
    const { error } = await call([limited], { signal: controller.signal, onAttempt, maxRetries: 2 });
    is(error, { code, outcome: 'rejected', attempts: 1 });
  });

  test('no listener and no timer outlives its call', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args) => { listeners++; addEventListener.apply(signal, args); };
    signal.removeEventListener = (...args) => { listeners--; removeEventListener.apply(signal, args); };
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await call([problem(500), ok], { signal, maxRetries: 1 });
    await call([problem(400)], { signal });
    await call([silent], { signal, timeoutMs: 50 });
    assert.equal(listeners, 0);
    // The connections' own timers are node's; ours would come on top of them.
    assert.ok(timers() <= before + 3, `${timers()} timers, ${before} before`);
  });
});

describe('before anything is sent', () => {
  const never = () => assert.fail('something was sent');
  const refused = async (expected, id, patch, options) => {
    const error = await updateUser(id, patch, { fetch: never, apiKey: KEY, ...options }).catch((error) => error);
    assert.ok(isPalmError(error), inspect(error));
    is(error, { code: expected, outcome: 'not_sent', attempts: 0, retryable: false });
    return error;
  };

  test('a patch that is none', async () => {
    const error = await refused('invalid_patch', 'u', { displayName: 'x' });
    assert.deepEqual(error.issues.map(({ pointer }) => pointer), ['/displayName']);
  });

  test('a 51st key of the current user', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'x']));
    await refused('invalid_patch', 'u', { metadata: { one: 'more' } }, { current: { ...USER, metadata } });
  });

  test('a limit that was set', () =>
    refused('invalid_patch', 'u', { display_name: 'long' }, { limits: { maxDisplayNameLength: 3 } }));

  for (const id of ['', '.', '..', undefined, null, 5, {}, '\ud800']) {
    test(`the user ID ${inspect(id)}`, () => refused('invalid_user_id', id, PATCH));
  }

  for (const apiKey of ['', 'sk_test_', 'pk_live_x', ' sk_test_x', 5, null, {}, () => 'nope', () => 5, async () => undefined, () => { throw new Error(KEY); }, async () => { throw new Error(KEY); }]) {
    test(`the key ${inspect(apiKey)}`, () => refused('invalid_api_key', 'u', PATCH, { apiKey }));
  }

  for (const apiKey of [() => undefined, async () => undefined]) {
    test(`a key function that gives undefined: ${inspect(apiKey)}`, async () => {
      const error = await refused('invalid_api_key', 'u', PATCH, { apiKey });
      assert.match(error.message, /returned undefined.*environment variable/);
    });
  }

  test('no key for Palm itself: most likely a missing variable', async () => {
    const error = await updateUser('u', PATCH, { apiKey: undefined }).catch((error) => error);
    is(error, { code: 'invalid_api_key', outcome: 'not_sent', attempts: 0 });
    assert.match(error.message, /base URL/);
  });

  for (const options of [
    { timeout: 5 }, { timeoutMs: 0 }, { timeoutMs: -1 }, { timeoutMs: 1.5 }, { timeoutMs: Infinity }, { timeoutMs: 2 ** 31 }, { timeoutMs: '5' },
    { totalTimeoutMs: 0 }, { maxRetries: -1 }, { maxRetries: 1e9 }, { maxRetryAfterMs: -1 }, { headers: 'x' }, { headers: { a: 1 } }, { headers: new Map() },
    { headers: { 'x-a': '1', 'X-A': '2' } }, { headers: { authorization: 'Bearer x' } }, { signal: {} }, { signal: 'x' }, { fetch: {} }, { fetch: 5 },
    { onAttempt: 5 }, { baseUrl: 'http://example.com' }, { baseUrl: 5 }, { baseUrl: '/v1' }, { current: 'x' }, { limits: { maxKey: 5 } }, { dangerouslyAllowBrowser: 'yes' },
  ]) {
    test(`the options ${inspect(options)}`, () => refused('invalid_options', 'u', PATCH, options));
  }

  for (const options of [null, 5, 'x', [], new Map()]) {
    test(`options that are ${inspect(options)}`, async () => {
      const error = await updateUser('u', PATCH, options).catch((error) => error);
      is(error, { code: 'invalid_options', outcome: 'not_sent' });
    });
  }

  test('a misspelt option is named', async () => {
    const error = await refused('invalid_options', 'u', PATCH, { timeout: 5 });
    assert.match(error.message, /timeoutMs/);
  });

  test('a key in a browser', async () => {
    const { versions } = process;
    Object.defineProperty(process, 'versions', { value: {}, configurable: true });
    globalThis.document = {};
    try {
      await refused('unsafe_environment', 'u', PATCH);
      const fetch = async () => Response.json(USER);
      assert.deepEqual(await updateUser('u', PATCH, { fetch }), USER);
      assert.deepEqual(await updateUser('u', PATCH, { apiKey: KEY, fetch, dangerouslyAllowBrowser: true }), USER);
    } finally {
      Object.defineProperty(process, 'versions', { value: versions, configurable: true });
      delete globalThis.document;
    }
  });
});

describe('fetch', () => {
  test('a service binding is called as a method', async () => {
    const binding = {
      answer: USER,
      async fetch() {
        return Response.json(this.answer);
      },
    };
    assert.deepEqual(await updateUser('u', PATCH, { fetch: binding }), USER);
  });

  test('without a key no authorization is sent, and a header of one\'s own may be', async () => {
    const { requests } = await call([ok], { apiKey: undefined, headers: { authorization: 'Bearer session' } });
    assert.equal(requests[0].headers.authorization, 'Bearer session');
  });

  test('the key may be a function, asked once a call', async () => {
    let asked = 0;
    const { requests } = await call([problem(500), ok], { maxRetries: 1, apiKey: async () => (asked++, KEY) });
    assert.equal(asked, 1);
    assert.equal(requests[1].headers.authorization, `Bearer ${KEY}`);
  });

  for (const [name, fetch] of [['throws', () => { throw new Error('x'); }], ['gives nothing', () => undefined], ['gives null', async () => null], ['gives garbage', async () => ({ status: 'x' })], ['has getters that throw', async () => ({ get status() { throw new Error('x'); } })]]) {
    test(`a fetch that ${name}`, async () => {
      const error = await updateUser('u', PATCH, { fetch, maxRetries: 0 }).catch((error) => error);
      assert.ok(isPalmError(error), inspect(error));
      assert.equal(error.outcome, 'unknown');
    });
  }

  test('the patch is read before the call waits', async () => {
    const patch = { metadata: { a: 'before' } };
    const apiKey = async () => {
      patch.metadata.a = 'after';
      return KEY;
    };
    const { requests } = await call([ok], { apiKey }, patch);
    assert.equal(requests[0].body, '{"metadata":{"a":"before"}}');
  });
});

test('neither the key nor a value of the patch is in an error', async () => {
  const echo = problem(400, { detail: `bad ${KEY}: Premium-Value of Ada Secret`, title: `Ada Secret`, type: `x:${KEY}` }, { 'x-request-id': `id-${KEY}` });
  const throwing = async (url, init) => {
    throw Object.assign(new Error(`could not send ${JSON.stringify(init)}`), { cause: init, init });
  };
  const errors = [
    (await call([echo])).error,
    (await call([reset])).error,
    (await call([text(200, 'text/html', `${KEY} Ada Secret`)])).error,
    (await call([stalled], { timeoutMs: 50 })).error,
    (await call([ok], { fetch: throwing })).error,
    (await call([ok], { apiKey: `${KEY}!` })).error,
    (await call([ok], { baseUrl: `https://user:${KEY}@example.com` })).error,
    (await call([ok], { headers: { authorization: KEY } })).error,
    (await call([ok], {}, { ...PATCH, metadata: { customer_tier: 'Premium-Value', bad: Symbol('Ada Secret') } })).error,
    (await call([ok], {}, { ...PATCH, displayName: 'Ada Secret' })).error,
  ];
  for (const error of errors) {
    const shown = [error.message, error.stack, String(error), JSON.stringify(error), inspect(error, { depth: 20, showHidden: true }), inspect(structuredClone(error)), String(error.cause)];
    for (const text of shown) {
      for (const secret of [KEY, '5ecretKey', 'Premium-Value', 'Ada Secret']) {
        assert.ok(!text.includes(secret), `${secret} in ${text}`);
      }
    }
  }
});

test('a PalmError is one across copies of the package', () => {
  const copy = createRequire(import.meta.url)('palm-user');
  const error = new copy.PalmError({ code: 'timeout', message: 'm', outcome: 'unknown' });
  assert.ok(isPalmError(error) && isPalmError(error, 'timeout') && !isPalmError(error, 'network'));
  assert.equal(error.name, 'PalmError');
  assert.equal(String(error), 'PalmError: m');
  assert.deepEqual(JSON.parse(JSON.stringify(error)), { name: 'PalmError', code: 'timeout', message: 'm', outcome: 'unknown', retryable: false, attempts: 0 });
  for (const other of [null, undefined, 'x', new Error('x'), {}, { code: 'timeout' }]) assert.ok(!isPalmError(other));
});
