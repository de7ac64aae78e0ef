#!/usr/bin/env node
// npx palm-user-sandbox: the sandbox on this machine.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import type { SandboxUser } from './index.js';
import { serve, type SandboxServer } from './node.js';

const HELP = `palm-user-sandbox: the Palm identity API on this machine, for development.

  --port NUMBER   where to listen; 8787, and 0 for any free port
  --host ADDRESS  127.0.0.1, which no other machine reaches
  --data FILE     keep the users in this file; otherwise they end with the sandbox
  --users FILE    a JSON array of the users that every test key begins with
  --version
  --help

Any key that begins with sk_test_ is an account of its own.`;

/** The user of Palm's reference. */
const USERS: readonly SandboxUser[] = [
  {
    userId: 'palm_usr_1a2b3c4d5e6f7g8h',
    id: '123e4567-e89b-12d3-a456-426614174000',
    display_name: 'John Doe',
    metadata: { external_id: 'user_123_in_my_system', customer_tier: 'basic', signup_source: 'mobile_app', language: 'en' },
    vault: { 'identity.first_name': 'John', 'identity.last_name': 'Doe', 'identity.email': 'john.doe@example.com' },
  },
];

main().catch((error: unknown) => {
  // One line; a stack would say nothing to whoever typed the command.
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8787' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string' },
      users: { type: 'string' },
      version: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return console.log(HELP);
  if (values.version === true) return console.log(version());
  const users = values.users === undefined ? USERS : readUsers(values.users);
  const options = { port: readPort(values.port), host: values.host, users, ...(values.data === undefined ? {} : { data: values.data }) };
  const server = await serve(options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${options.port} is taken; choose another with --port, or any free one with --port 0`);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void server.close());
  announce(server, users[0]?.userId);
}

function announce({ url }: SandboxServer, userId: string | undefined): void {
  console.log(`palm-user-sandbox listening on ${url}`);
  const headers = "-H 'authorization: Bearer sk_test_0' -H 'content-type: application/json'";
  console.log(
    userId === undefined
      ? `curl -X POST ${url}/v1/user ${headers} -d '{"display_name": "Ada"}'`
      : `curl -X PATCH ${url}/v1/user/${userId} ${headers} -d '{"metadata": {"language": "de"}}'`,
  );
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error('--port is a whole number up to 65535');
  return port;
}

function readUsers(file: string): readonly SandboxUser[] {
  let users: unknown;
  try {
    users = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(error instanceof SyntaxError ? `${file} is not JSON` : (error as Error).message);
  }
  if (!Array.isArray(users)) throw new Error(`${file} is not a JSON array of users`);
  return users;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
