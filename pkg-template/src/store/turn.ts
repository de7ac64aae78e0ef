// Whose turn it is among the tabs of one origin. Only the tab whose turn it is sends,
// reads, and writes what is shared.

import type { QueueStorage } from './types.js';

export interface Turn {
  /** Asks for the turn; `granted` is called when it is there. */
  ask(granted: () => void): void;
  /** Whether it was lost: somebody else took it for given up. */
  isLost(): boolean;
  /** Gives it back, or asks no longer. */
  end(): void;
}

/** How long a lease holds without being renewed. */
const LEASE_MS = 5_000;
/** How long it takes until two tabs that wrote a lease at once both see the last one. */
const SETTLE_MS = 50;

/** By Web Locks; by a lease in the storage where there are none; at once where there are no tabs. */
export function createTurn(name: string, tab: string, storage: QueueStorage): Turn {
  const locks = globalThis.navigator?.locks;
  if (locks !== undefined) return byLock(locks, name);
  return globalThis.document === undefined ? alone() : byLease(storage, `${name}/lease`, tab);
}

function byLock(locks: LockManager, name: string): Turn {
  let release: (() => void) | undefined;
  return {
    ask: (granted) => {
      const controller = new AbortController();
      release = () => controller.abort();
      const mine = release;
      const held = (): Promise<void> | undefined => {
        if (release !== mine) return undefined;
        const done = new Promise<void>((resolve) => (release = resolve));
        granted();
        return done;
      };
      locks.request(name, { signal: controller.signal }, held).catch(() => undefined);
    },
    isLost: () => false,
    end: () => {
      const end = release;
      release = undefined;
      end?.();
    },
  };
}

function alone(): Turn {
  let count = 0;
  return {
    ask: (granted) => {
      const mine = (count += 1);
      queueMicrotask(() => {
        if (mine === count) granted();
      });
    },
    isLost: () => false,
    end: () => void (count += 1),
  };
}

function byLease(storage: QueueStorage, key: string, tab: string): Turn {
  let count = 0;
  let until = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const read = async (): Promise<{ tab?: string; until: number }> => {
    try {
      return (JSON.parse((await storage.getItem(key)) ?? 'null') as { tab: string; until: number } | null) ?? { until: 0 };
    } catch {
      return { until: 0 };
    }
  };
  const write = async (): Promise<void> => {
    until = Date.now() + LEASE_MS;
    await storage.setItem(key, JSON.stringify({ tab, until }));
  };
  const later = (run: () => Promise<void>, ms: number): void => {
    const mine = count;
    timer = setTimeout(() => {
      if (mine === count) void run().catch(() => undefined);
    }, ms);
  };
  const renew = async (): Promise<void> => {
    if ((await read()).tab === tab) await write();
    later(renew, LEASE_MS / 3);
  };
  return {
    ask: (granted) => {
      count += 1;
      const mine = count;
      const attempt = async (): Promise<void> => {
        const held = await read();
        if (mine !== count) return;
        const isFree = held.tab === tab || held.until <= Date.now() || held.until > Date.now() + LEASE_MS;
        if (!isFree) return later(attempt, SETTLE_MS * (4 + Math.random()));
        // Without storage there is nothing to share either.
        await write().catch(() => undefined);
        later(async () => {
          const { tab: last = tab } = await read();
          if (mine !== count) return;
          if (last !== tab) return later(attempt, SETTLE_MS);
          later(renew, LEASE_MS / 3);
          granted();
        }, SETTLE_MS);
      };
      void attempt();
    },
    isLost: () => Date.now() >= until,
    end: () => {
      count += 1;
      clearTimeout(timer);
      if (until === 0) return;
      until = 0;
      void read().then((held) => (held.tab === tab && count > 0 ? storage.removeItem(key) : undefined)).catch(() => undefined);
    },
  };
}
