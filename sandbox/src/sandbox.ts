// The sandbox: Palm's endpoint as one function in the shape of fetch.

import { answer } from './answer.js';
import { route } from './handler.js';
import { createMemoryStorage } from './memory.js';
import { Seeds, type SandboxUser } from './seeds.js';
import type { SandboxStorage } from './storage.js';

export interface SandboxOptions {
  /** The users that every account begins with; an API key is an account. None unless given. */
  users?: readonly SandboxUser[];
  /** Where users are kept; in memory, unless given. */
  storage?: SandboxStorage;
}

export interface Sandbox {
  /**
   * Answers as Palm does. Pass it as the option `fetch` of `updateUser`, give it the
   * requests of a mock server or a service worker, or call it like `fetch`.
   * Only the path of the URL counts.
   */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
}

/**
 * A sandbox of the Palm identity API, in this process. It takes test keys
 * (`sk_test_…`), and each key has users of its own.
 *
 * @throws {TypeError} if `users` holds what is no user; the message names the place, not the value.
 * @example
 * ```js
 * const sandbox = createSandbox({ users: [{ userId: 'palm_usr_1a2b3c4d5e6f7g8h', display_name: 'Ada' }] });
 * const user = await updateUser('palm_usr_1a2b3c4d5e6f7g8h', { display_name: 'Ada Lovelace' }, { apiKey: 'sk_test_0', fetch: sandbox.fetch });
 * user.display_name; // 'Ada Lovelace'
 * ```
 */
export function createSandbox({ users = [], storage = createMemoryStorage() }: SandboxOptions = {}): Sandbox {
  const seeds = new Seeds(users);
  const fetch: Sandbox['fetch'] = async (input, init) => {
    const request = toRequest(input, init);
    const signal = init?.signal ?? request.signal;
    const call = async (): Promise<Response> => answer(request, await route(request, { storage, seeds, signal }));
    return unlessAborted(signal, call);
  };
  return { fetch };
}

/** A relative URL is one of the page, or of no host at all. */
function toRequest(input: RequestInfo | URL, init: RequestInit | undefined): Request {
  if (typeof input === 'object' && 'headers' in input) return init === undefined ? input : new Request(input, init);
  const base = (globalThis as { location?: { href: string } }).location?.href ?? 'https://sandbox.invalid';
  return new Request(new URL(input, base), init);
}

/** As `fetch` does: once aborted, the call fails, whatever the server makes of it. */
async function unlessAborted(signal: AbortSignal, call: () => Promise<Response>): Promise<Response> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([call(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
