// npx palm-user-sandbox, and the server behind it.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';

import * as palm from 'palm-user';
import { serve } from 'palm-user-sandbox/node';

import { clientOf } from './client.mjs';
import { dropped } from './dropped.mjs';
import { faults } from './faults.mjs';
import { users } from './users.mjs';

const execute = promisify(execFile);
const cli = path.join(import.meta.dirname, 'node_modules/palm-user-sandbox/dist/cli.js');
const folder = await mkdtemp(path.join(os.tmpdir(), 'palm-user-'));
after(() => rm(folder, { recursive: true }));

const open = async (options) => {
  const { url, close } = await serve(options);
  return clientOf({ url, dispose: close });
};

describe('over HTTP', () => {
  users(open, palm);
  faults(open, palm);
  dropped(open);
});

/** The command, once it has printed its two lines. */
async function start(...args) {
  const child = spawn(process.execPath, [cli, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    if (output.split('\n').length > 2) break;
  }
  const ended = once(child, 'exit');
  const end = async (signal) => {
    child.kill(signal);
    return ended;
  };
  return { url: /http:\S+/.exec(output)?.[0], output, child, end };
}

const fails = (...args) => execute(process.execPath, [cli, ...args]).then(() => assert.fail('it ran'), ({ code, stdout, stderr }) => ({ code, stdout, stderr }));

describe('the command', () => {
  test('prints its address and a curl line that works', async () => {
    const { output, end } = await start();
    const curl = output.split('\n')[1];
    // Where the shell and curl are.
    if (process.platform !== 'win32') {
      const { stdout } = await execute('sh', ['-c', curl.replace('curl', 'curl -s')]);
      assert.equal(JSON.parse(stdout).metadata.language, 'de');
    }
    assert.match(output, /^palm-user-sandbox listening on http:\/\/127\.0\.0\.1:\d+\ncurl -X PATCH http/);
    assert.deepEqual(await end('SIGTERM'), process.platform === 'win32' ? [null, 'SIGTERM'] : [0, null]);
  });

  test("the guide's curl line makes a user", { skip: process.platform === 'win32' && 'Windows may have no curl' }, async () => {
    const text = await readFile(path.join(process.env.PALM_USER_ROOT, 'docs/guide/sandbox.md'), 'utf8');
    const [, curl] = /```sh\n(curl [^]*?)```/.exec(text);
    const { url, end } = await start();
    const { stdout } = await execute('sh', ['-c', curl.replace('curl', 'curl -s').replace('http://127.0.0.1:8787', url)]);
    const user = JSON.parse(stdout);
    assert.deepEqual(user.metadata, { language: 'en' });
    assert.match(user.email_fingerprint, /^[0-9a-f]{64}$/);
    await end('SIGTERM');
  });

  test('ends amid a stalled answer and an open connection', { skip: process.platform === 'win32' && 'Windows has no SIGTERM' }, async () => {
    const { url, end } = await start();
    const agent = new http.Agent({ keepAlive: true });
    const headers = { authorization: 'Bearer sk_test_0', 'sandbox-fault': 'body=stall' };
    const request = http.get(`${url}/v1/user/palm_usr_1a2b3c4d5e6f7g8h`, { agent, headers });
    const [response] = await once(request, 'response');
    response.on('error', () => undefined).resume();
    assert.deepEqual(await end('SIGTERM'), [0, null]);
    agent.destroy();
  });

  test('a mistake is one line', async () => {
    const { url, end } = await start();
    const file = path.join(folder, 'other.json');
    await writeFile(file, '{}\n');
    const notUsers = path.join(folder, 'users.json');
    await writeFile(notUsers, '[{"displayName": "Ada"}]');
    for (const [args, message] of [
      [['--port', new URL(url).port], /^error: port \d+ is taken; .*--port/],
      [['--port', 'x'], /^error: --port/],
      [['--prot', '1'], /^error: Unknown option '--prot'/],
      [['--data', file], /^error: .*other\.json is not a file of palm-user-sandbox/],
      [['--users', file], /^error: .* is not a JSON array/],
      [['--users', notUsers], /^error: users\[0\]: unknown field/],
      [['--users', path.join(folder, 'none.json')], /^error: ENOENT/],
      [['--data', path.join(folder, 'none', 'x')], /^error: ENOENT/],
    ]) {
      const { code, stdout, stderr } = await fails(...args);
      assert.match(stderr, message);
      assert.deepEqual([code, stdout, stderr.trim().includes('\n')], [1, '', false], stderr);
    }
    assert.equal(await readFile(file, 'utf8'), '{}\n');
    await end('SIGTERM');
  });

  test('says what it takes, and its version', async () => {
    assert.match((await execute(process.execPath, [cli, '--help'])).stdout, /--data FILE/);
    const { version } = JSON.parse(await readFile(path.join(import.meta.dirname, 'node_modules/palm-user-sandbox/package.json'), 'utf8'));
    assert.equal((await execute(process.execPath, [cli, '--version'])).stdout.trim(), version);
  });
});

describe('the file', () => {
  test('is for one process at a time', async () => {
    const data = path.join(folder, 'shared.jsonl');
    const { end, child } = await start('--data', data);
    assert.match((await fails('--port', '0', '--data', data)).stderr, new RegExp(`in use by process ${child.pid}`));
    await end('SIGTERM');
    await (await start('--data', data)).end('SIGTERM');
  });

  test('keeps what was answered, through SIGKILL amid writes', async () => {
    const data = path.join(folder, 'killed.jsonl');
    let stored = 0;
    for (let round = 0; round < 4; round += 1) {
      const server = await start('--data', data);
      const box = clientOf({ url: server.url });
      const id = 'palm_usr_1a2b3c4d5e6f7g8h';
      assert.ok(Number((await box.get(id)).body.metadata.count ?? 0) >= stored, `round ${round}`);
      let isKilled = false;
      const writing = (async () => {
        for (let count = stored + 1; ; count += 1) {
          await box.patch(id, { metadata: { count: String(count) } });
          stored = count;
        }
      })().catch((error) => {
        if (!isKilled) throw error;
      });
      while (stored < 20 * (round + 1)) await new Promise((resolve) => setTimeout(resolve, 5));
      isKilled = true;
      await server.end('SIGKILL');
      await writing;
    }
    const last = await start('--data', data);
    assert.ok(Number((await clientOf({ url: last.url }).get('palm_usr_1a2b3c4d5e6f7g8h')).body.metadata.count) >= stored);
    await last.end('SIGTERM');
  });

  test('a torn last line is dropped; a damaged one is told, and nothing is written', async () => {
    const data = path.join(folder, 'torn.jsonl');
    const first = await open({ data });
    const { id } = await first.create({ display_name: 'Ada' });
    await first.dispose();
    await appendFile(data, '["user/x","{\\"i');
    const second = await open({ data });
    assert.equal((await second.patch(id, { display_name: 'Ada Lovelace' })).status, 200);
    await second.dispose();
    const third = await open({ data });
    assert.equal((await third.get(id)).body.display_name, 'Ada Lovelace');
    await third.dispose();
    await appendFile(data, 'garbage\n');
    const before = await readFile(data, 'utf8');
    await assert.rejects(open({ data }), { name: 'TypeError', message: /is damaged in line \d+$/ });
    assert.equal(await readFile(data, 'utf8'), before);
  });

  test('does not grow for ever', async () => {
    const data = path.join(folder, 'long.jsonl');
    const first = await open({ data });
    const { id } = await first.create({ display_name: 'Ada' });
    await first.dispose();
    const line = (await readFile(data, 'utf8')).split('\n')[1];
    await appendFile(data, `${line}\n`.repeat(12_000));
    const second = await open({ data });
    assert.equal((await second.get(id)).status, 200);
    await second.dispose();
    assert.equal((await readFile(data, 'utf8')).split('\n').length, 3);
    assert.deepEqual((await readdir(folder)).filter((name) => name.startsWith('long')), ['long.jsonl']);
  });
});

test('what is no request of HTTP’s is refused, and the server goes on', async () => {
  const { url, dispose, create, get } = await open({});
  const status = (options) => new Promise((resolve, reject) => http.request(url, options, (response) => resolve(response.resume().statusCode)).on('error', reject).end());
  assert.equal(await status({ method: 'TRACE', path: '/v1/user/x' }), 400);
  assert.equal(await status({ path: '//' }), 400);
  assert.equal(await status({ path: '/v1/user/%ff' }), 401);
  const { id } = await create();
  assert.equal((await get(id)).status, 200);
  await dispose();
});
