// The sandbox in the page's memory, for a page without a server. A reload finds its users again.

import { createMemoryStorage, createSandbox } from 'palm-user-sandbox';

import { keep, storage } from '../storage';
import type { Server } from './server';

const PREFIX = 'palm-user:memory:';

export function openMemory(): Server {
  const kept = storage('tab');
  const entries = Object.entries(kept ?? {})
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, value]): [string, string] => [key.slice(PREFIX.length), String(value)]);
  const sandbox = createSandbox({
    storage: createMemoryStorage({
      entries,
      // What a full storage does not take is lost at the next reload, and not before.
      onWrite: (key, value) => void keep(kept, PREFIX + key, value),
    }),
  });
  return { kind: 'memory', baseUrl: location.origin, fetch: sandbox.fetch };
}
