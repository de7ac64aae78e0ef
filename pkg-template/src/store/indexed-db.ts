// IndexedDB as a storage of texts.

import type { QueueStorage } from './types.js';

/**
 * A storage for {@link persist} in IndexedDB, for queues that are too large for
 * `localStorage`. It writes a moment after an edit: what is made while the page is being
 * closed may be lost.
 *
 * @param name - Of the database.
 *
 * @example
 * ```js
 * persist({ key: 'profile', storage: indexedDBStorage() });
 * ```
 */
export function indexedDBStorage(name = 'palm-user'): QueueStorage {
  let opened: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore('texts');
    return settled(request).then((database) => {
      // Whoever wants to delete or to upgrade it must not wait for this page.
      database.onversionchange = () => {
        database.close();
        opened = undefined;
      };
      database.onclose = () => (opened = undefined);
      return database;
    });
  };
  const run = async <T>(mode: IDBTransactionMode, act: (texts: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    opened ??= open();
    opened.catch(() => (opened = undefined));
    const transaction = (await opened).transaction('texts', mode);
    const result = await settled(act(transaction.objectStore('texts')));
    if (mode === 'readwrite') {
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
    }
    return result;
  };
  return {
    getItem: async (key) => ((await run('readonly', (texts) => texts.get(key) as IDBRequest<string | undefined>)) ?? null),
    setItem: async (key, value) => void (await run('readwrite', (texts) => texts.put(value, key))),
    removeItem: async (key) => void (await run('readwrite', (texts) => texts.delete(key))),
    keys: async () => (await run('readonly', (texts) => texts.getAllKeys())).map(String),
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
