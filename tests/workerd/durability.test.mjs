// The sandbox is killed amid writes, again and again: what it acknowledged is
// there afterwards, and nothing is half there.
// `PALM_USER_KILLS=100 node --test durability.test.mjs` is the long run.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const KILLS = Number(process.env.PALM_USER_KILLS ?? 6);
const USERS = 4;
const program = fileURLToPath(new URL('../../edge/sandbox.mjs', import.meta.url));
const state = await mkdtemp(path.join(os.tmpdir(), 'palm-user-'));
after(() => rm(state, { recursive: true, force: true }));

// A server closes a connection that is idle: each call has its own.
const headers = { connection: 'close', authorization: 'Bearer sk_test_durable', 'content-type': 'application/json' };
const call = async (url, method, body) => {
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return { location: response.headers.get('location'), body: JSON.parse(text) };
};

/** The sandbox with its workerd, in a process group of their own, to be killed at once. */
async function start() {
  const child = spawn(process.execPath, [program, '--port', '0', '--persist', state], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found) resolve(found[0]);
    });
    child.on('exit', () => reject(new Error(`the sandbox did not start: ${output}`)));
  });
  const kill = () =>
    new Promise((resolve) => {
      child.on('close', resolve);
      killTree(child.pid);
    });
  return { url, kill };
}

/** Ends a process and all it started, at once. */
function killTree(id) {
  if (process.platform === 'win32') spawnSync('taskkill', ['/T', '/F', '/PID', String(id)]);
  else process.kill(-id, 'SIGKILL');
}

test(`${KILLS} times SIGKILL amid writes`, { timeout: 900_000 }, async (t) => {
  let server = await start();
  // Of each user: what was sent last, and what was acknowledged last.
  const users = [];
  for (let index = 0; index < USERS; index++) {
    const email = `user${index}.0@example.com`;
    const { location } = await call(`${server.url}/v1/user`, 'POST', { metadata: { a: '0', b: '0' }, vault: { 'identity.email': email } });
    users.push({ path: location, sent: 0, stored: 0, email, sentEmail: email });
  }
  let acknowledged = 0;
  for (let round = 0; round < KILLS; round++) {
    let isKilled = false;
    const write = async (user, index) => {
      while (!isKilled) {
        const number = user.sent + 1;
        try {
          if (number % 5 === 0) {
            user.sentEmail = `user${index}.${number}@example.com`;
            await call(`${server.url}${user.path}/vault`, 'PATCH', { 'identity.email': user.sentEmail });
            user.email = user.sentEmail;
          }
          user.sent = number;
          await call(server.url + user.path, 'PATCH', { metadata: { a: `${number}`, b: `${number}`, [`only_${number % 3}`]: number % 2 ? 'x' : null } });
          user.stored = number;
          acknowledged++;
        } catch (error) {
          if (!isKilled) throw error;
        }
      }
    };
    const before = acknowledged;
    const writers = users.map(write);
    // A slow machine gets as far as a fast one before it is killed.
    while (acknowledged <= before + USERS) await Promise.race([wait(5), ...writers]);
    await wait(40 + (round * 37) % 160);
    // On a slow machine, too, there is something to lose.
    while (acknowledged <= (round + 1) * USERS) await wait(5);
    isKilled = true;
    await server.kill();
    await Promise.all(writers);
    server = await start();
    for (const user of users) {
      const { body } = await call(server.url + user.path, 'GET');
      const number = Number(body.metadata.a);
      assert.equal(body.metadata.a, body.metadata.b, `round ${round}: half a write`);
      assert.ok(number >= user.stored && number <= user.sent, `round ${round}: ${number}, acknowledged ${user.stored}, sent ${user.sent}`);
      const finds = await Promise.all([user.email, user.sentEmail].map(async (email) => (await call(`${server.url}/v1/user/search`, 'POST', { email })).body));
      const found = finds.some((result) => JSON.stringify(result).includes(body.id));
      assert.ok(found, `round ${round}: the search has lost a user`);
      user.stored = number;
    }
  }
  await server.kill();
  t.diagnostic(`${acknowledged} writes acknowledged`);
  assert.ok(acknowledged > KILLS * USERS);
});
