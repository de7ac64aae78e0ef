// palm-user-sandbox/node: the sandbox as a server of Node.js.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createMemoryStorage, createSandbox, type SandboxUser } from './index.js';
import { exchange } from './node/exchange.js';
import { openJournal } from './node/journal.js';

export interface ServeOptions {
  /** Where to listen; 0, the default, takes a free port. */
  port?: number;
  /** 127.0.0.1 unless given, which no other machine reaches. */
  host?: string;
  /** The users that every account begins with. */
  users?: readonly SandboxUser[];
  /** A file that keeps the users; without it they end with the server. */
  data?: string;
}

export interface SandboxServer {
  /** `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Breaks off what is under way and ends the server. What was answered is stored. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a sandbox over HTTP.
 *
 * @throws what the system says, with its code: `EADDRINUSE` for a taken port.
 * @throws {TypeError} if `users` holds what is no user, or the file is not a sandbox's or is in use.
 * @example
 * ```js
 * const server = await serve({ port: 8787, data: 'users.jsonl' });
 * console.log(server.url);
 * ```
 */
export async function serve({ port = 0, host = '127.0.0.1', users = [], data }: ServeOptions = {}): Promise<SandboxServer> {
  const journal = data === undefined ? undefined : openJournal(data);
  try {
    const sandbox = createSandbox({ users, storage: createMemoryStorage(journal) });
    const server = createServer((request, response) => void exchange(sandbox, request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve());
    });
    const close = async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      journal?.close();
    };
    const { port: taken } = server.address() as AddressInfo;
    return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`, close };
  } catch (error) {
    journal?.close();
    throw error;
  }
}
