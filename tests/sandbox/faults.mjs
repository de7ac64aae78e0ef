// Every fault of the sandbox, as updateUser sees it, whatever keeps its users.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { KEY } from './client.mjs';

/** The suite for a sandbox that `open` gives, and the functions of palm-user. */
export function faults(open, { isPalmError, updateUser }) {
  let box;
  before(async () => {
    box = await open();
  });
  after(() => box.dispose());

  let count = 0;
  /** Calls a new user with these headers; gives the error or the user, the attempts, and what is stored. */
  async function call(headers, options = {}) {
    const { id } = await box.create({ metadata: { a: 'before' } });
    const attempts = [];
    const result = await updateUser(id, { metadata: { a: 'after' } }, {
      apiKey: KEY,
      ...box.options,
      headers,
      maxRetries: 0,
      onAttempt: (attempt) => attempts.push(attempt),
      ...options,
    }).catch((error) => error);
    const stored = (await box.get(id)).body.metadata.a;
    return { result, attempts, stored };
  }

  const once = (fault) => ({ 'sandbox-fault': `${fault}; times=1; id=fault-${++count}` });

  function check(error, expected) {
    assert.ok(isPalmError(error), String(error));
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(error[name], value, name);
  }

  describe('a fault without retries', () => {
    const faults = [
      ['status=400', { code: 'bad_request', outcome: 'rejected' }, 'before'],
      ['status=401', { code: 'unauthorized', outcome: 'rejected' }, 'before'],
      ['status=403', { code: 'forbidden', outcome: 'rejected' }, 'before'],
      ['status=404', { code: 'not_found', outcome: 'rejected' }, 'before'],
      ['status=429; retry-after=120', { code: 'rate_limited', outcome: 'rejected', retryAfterMs: 120_000, retryable: true }, 'before'],
      ['status=500', { code: 'server_error', outcome: 'unknown', retryable: true }, 'before'],
      ['status=503; retry-after=Fri%2C%2031%20Dec%201999%2023%3A59%3A59%20GMT', { code: 'server_error', retryAfterMs: 0 }, 'before'],
      ['drop=before', { code: 'network', outcome: 'unknown', retryable: true }, 'before'],
      ['drop=after', { code: 'network', outcome: 'unknown', retryable: true }, 'after'],
      ['body=html', { code: 'bad_response', outcome: 'applied', status: 200 }, 'after'],
      ['body=wrong-shape', { code: 'bad_response', outcome: 'applied', status: 200 }, 'after'],
    ];
    for (const [fault, expected, stored] of faults) {
      test(fault, async () => {
        const seen = await call({ 'sandbox-fault': fault });
        check(seen.result, expected);
        assert.equal(seen.stored, stored);
      });
    }

    test('body=stall', async () => {
      const seen = await call({ 'sandbox-fault': 'body=stall' }, { timeoutMs: 1000 });
      check(seen.result, { code: 'timeout', outcome: 'unknown', status: 200 });
      assert.equal(seen.stored, 'after');
    });

    test('latency over the time limit', async () => {
      const seen = await call({ 'sandbox-latency-ms': '5000' }, { timeoutMs: 100 });
      check(seen.result, { code: 'timeout', outcome: 'unknown' });
    });
  });

  describe('a fault, and then the truth', () => {
    for (const fault of ['status=429; retry-after=1', 'status=500', 'drop=before', 'drop=after']) {
      test(fault, async () => {
        const { result, attempts, stored } = await call(once(fault), { maxRetries: 1 });
        assert.equal(result.metadata?.a, 'after', String(result));
        assert.equal(stored, 'after');
        assert.equal(attempts.length, 2);
        if (fault.includes('retry-after')) assert.equal(attempts[0].retryInMs, 1000);
      });
    }

    test('a stall', async () => {
      const { result, attempts } = await call(once('body=stall'), { maxRetries: 1, timeoutMs: 1000 });
      assert.equal(result.metadata?.a, 'after', String(result));
      assert.equal(attempts[0].error.code, 'timeout');
    });

    test('the next two calls, and no more', async () => {
      const headers = { 'sandbox-fault': `status=503; times=2; retry-after=0; id=two-${++count}` };
      const { attempts } = await call(headers, { maxRetries: 5 });
      assert.deepEqual(attempts.map(({ status }) => status), [503, 503, 200]);
    });

    test('an unknown outcome stays unknown', async () => {
      const { id } = await box.create();
      let sent = 0;
      const fault = () => (++sent === 1 ? 'drop=after' : 'status=404');
      const send = (url, init) => box.fetch(url, { ...init, headers: { ...init.headers, 'sandbox-fault': fault() } });
      const error = await updateUser(id, { display_name: 'x' }, { ...box.options, apiKey: KEY, fetch: send }).catch((error) => error);
      check(error, { code: 'not_found', outcome: 'unknown', attempts: 2 });
    });
  });

  test('without a fault: nobody there, a wrong key', async () => {
    const options = { ...box.options, apiKey: KEY };
    check(await updateUser('palm_usr_0000000000000000', {}, options).catch((error) => error), { code: 'not_found', outcome: 'rejected' });
    const live = { ...options, apiKey: 'sk_live_x' };
    check(await updateUser('palm_usr_0000000000000000', {}, live).catch((error) => error), { code: 'forbidden', outcome: 'rejected' });
  });

  describe('headers that ask for no fault there is', () => {
    for (const fault of ['x', 'status=200', 'status=429; times=0', 'status=429; times=x', 'drop=never', 'body=x', 'status=429; retry-after=%0a', 'status=429; id=a b', 'constructor', '']) {
      test(JSON.stringify(fault), async () => {
        const { result, stored } = await call({ 'sandbox-fault': fault });
        check(result, { code: 'bad_request', outcome: 'rejected' });
        assert.match(result.problem.detail, /status=400…599/);
        assert.equal(stored, 'before');
      });
    }
    for (const latency of ['x', '-1', '60001', '1e3']) {
      test(`a latency of ${latency}`, async () => {
        const { result } = await call({ 'sandbox-latency-ms': latency });
        check(result, { code: 'bad_request' });
      });
    }
  });
}
