// The storage that needs nothing: everything in memory.

import type { User } from 'palm-user';

import { PAGE, type Directory, type Row, type SandboxStorage } from './storage.js';
import { fieldOf, UserRecord } from './user-record.js';

export interface MemoryStorageOptions {
  /** What an earlier storage reported to `onWrite`, the last value of each key. */
  entries?: Iterable<readonly [key: string, value: string]>;
  /** Called before each write. What it throws refuses the write. */
  onWrite?: (key: string, value: string) => void;
}

/**
 * A storage in memory. `entries` and `onWrite` let it survive a restart:
 *
 * @example
 * ```js
 * const storage = createMemoryStorage({
 *   entries: Object.entries(localStorage).filter(([key]) => key.startsWith('user/')),
 *   onWrite: (key, value) => localStorage.setItem(key, value),
 * });
 * const sandbox = createSandbox({ storage });
 * ```
 */
export function createMemoryStorage({ entries = [], onWrite }: MemoryStorageOptions = {}): SandboxStorage {
  const texts = new Map<string, string>();
  const index = new Index();
  const write = (key: string, value: string): void => {
    onWrite?.(key, value);
    texts.set(key, value);
  };
  for (const [key, value] of entries) {
    texts.set(key, value);
    const [kind, account, handle] = key.split('/');
    if (kind === 'user' && account !== undefined && handle !== undefined) index.read(account, handle, JSON.parse(value));
  }
  const row = (place: string): Row => ({
    load: () => texts.get(`user/${place}`),
    save: (document) => write(`user/${place}`, document),
    takeFault: (id, times) => {
      const key = `fault/${place}/${id}`;
      const remaining = Number(texts.get(key) ?? times);
      if (remaining > 0) write(key, String(remaining - 1));
      return remaining > 0;
    },
  });
  return {
    newUuid: () => crypto.randomUUID(),
    mayHave: (account, handle) => texts.has(`user/${account}/${handle}`),
    user: (account, handle) => new UserRecord(row(`${account}/${handle}`), index.of(account), handle),
    directory: (account) => index.of(account),
  };
}

/** Who has a fingerprint, of all accounts. Made anew from the users, so it is stored nowhere. */
class Index {
  readonly #handles = new Map<string, Set<string>>();

  read(account: string, handle: string, user: User): void {
    for (const kind of ['email', 'phone'] as const) {
      const fingerprint = user[fieldOf(kind)];
      if (fingerprint != null) void this.of(account).add(kind, fingerprint, handle);
    }
  }

  of(account: string): Directory {
    const name = (kind: string, fingerprint: string): string => `${account}/${kind}/${fingerprint}`;
    return {
      add: (kind, fingerprint, handle) => {
        const key = name(kind, fingerprint);
        const handles = this.#handles.get(key) ?? new Set();
        this.#handles.set(key, handles.add(handle));
      },
      remove: (kind, fingerprint, handle) => {
        const key = name(kind, fingerprint);
        const handles = this.#handles.get(key);
        handles?.delete(handle);
        if (handles?.size === 0) this.#handles.delete(key);
      },
      find: (kind, fingerprint, after) => {
        const handles = [...(this.#handles.get(name(kind, fingerprint)) ?? [])];
        return handles.filter((handle) => handle > after).sort().slice(0, PAGE);
      },
    };
  }
}
