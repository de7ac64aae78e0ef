// After each way of ending, nothing that a command started is left.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { canList, start } from './command.mjs';

const hasTerminal = spawnSync('script', ['--version']).status === 0;
const skip = canList ? false : 'the processes of this system cannot be told apart';
const inTerminal = skip || (hasTerminal ? false : 'this machine has no program `script`');

const byName = (command, pattern) => command.processes().filter(({ name }) => pattern.test(name));
const kill = (signal, processes) => processes.forEach(({ id }) => process.kill(id, signal));

/** The demo while it serves. */
async function serving(options) {
  const command = start(['demo', '--built', '--port', '0'], options);
  await command.says(/Open http/);
  for (const name of [/^node|MainThread/, /^workerd/]) assert.equal(byName(command, name).length, 1, `${name}\n${command.output()}`);
  return command;
}

const endings = [
  ['SIGTERM to the command', {}, ({ child }) => child.kill('SIGTERM')],
  ['SIGINT to the command', {}, ({ child }) => child.kill('SIGINT')],
  ['SIGHUP to the command', {}, ({ child }) => child.kill('SIGHUP')],
  ['SIGKILL to the command', {}, ({ child }) => child.kill('SIGKILL')],
  ['SIGKILL to node', {}, (command) => kill('SIGKILL', byName(command, /^node|MainThread/))],
  ['Ctrl-C in a terminal', { terminal: true }, ({ child }) => child.stdin.write('\x03')],
  ['a closed terminal', { terminal: true }, ({ child }) => child.kill('SIGKILL')],
];

describe('the demo', { concurrency: 2 }, () => {
  for (const [name, options, end] of endings) {
    test(name, { skip: options.terminal ? inTerminal : skip, timeout: 120_000 }, async () => {
      const command = await serving(options);
      end(command);
      await command.ended;
      const left = await command.leftOver();
      kill('SIGKILL', left);
      assert.deepEqual(left, []);
    });
  }
});

describe('the tests', () => {
  for (const [name, end] of [
    ['SIGTERM to the command amid a suite', ({ child }) => child.kill('SIGTERM')],
    ['SIGKILL to the command amid a suite', ({ child }) => child.kill('SIGKILL')],
    ['SIGKILL to every node amid a suite', (command) => kill('SIGKILL', byName(command, /^node|MainThread/))],
  ]) {
    test(name, { skip, timeout: 120_000 }, async () => {
      const command = start(['test', 'workerd']);
      // The first that is started leads a group of its own: the durability test's.
      while (byName(command, /^workerd/).length === 0) {
        assert.ok(!command.isOver(), command.output());
        await wait(20);
      }
      end(command);
      await command.ended;
      const left = await command.leftOver();
      kill('SIGKILL', left);
      assert.deepEqual(left, []);
    });
  }
});

test('a sandbox that ended by itself is an error', { skip, timeout: 120_000 }, async () => {
  const command = await serving({});
  kill('SIGKILL', byName(command, /^node|MainThread/));
  assert.equal(await command.ended, 1);
  assert.match(command.output(), /^error: the sandbox ended by itself/m);
});
