// How the tabs of one origin hear of each other.

import type { Entry } from './record.js';
import type { StoreUser } from './types.js';

export type Message =
  | { readonly say: 'hello' | 'here' | 'clear' }
  | { readonly say: 'entries'; readonly from: string; readonly epoch: string; readonly entries: readonly Entry[] }
  /** `from`: the `updated_at` before. `isWhole`: nothing but the metadata and the name has changed since. */
  | { readonly say: 'record'; readonly text: string; readonly user?: Partial<StoreUser> & { updated_at: string }; readonly from: string; readonly isWhole: boolean };

export interface Channel {
  post(message: Message): void;
  close(): void;
}

interface Events {
  told(message: Message): void;
  /** Something may have changed in storage. */
  look(): void;
  /** The page goes, perhaps for good; and is back. */
  gone(): void;
  back(): void;
}

/** By BroadcastChannel; by the events of localStorage where there is none. */
export function openChannel(name: string, { told, look, gone, back }: Events): Channel {
  const page = globalThis;
  // Without a page there are no tabs, and a channel would keep a process alive.
  const hasChannel = page.document !== undefined && typeof BroadcastChannel === 'function';
  let channel: BroadcastChannel | undefined;
  const open = (): void => {
    if (!hasChannel || channel !== undefined) return;
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<Message>) => told(data);
  };
  const shut = (): void => {
    channel?.close();
    channel = undefined;
  };
  const stored = ({ key }: StorageEvent): void => {
    if (!hasChannel && (key === null || key === name || key?.startsWith(`${name}/`))) look();
  };
  const seen = (): void => {
    if (page.document?.visibilityState === 'visible') look();
  };
  // A page that is kept for the way back must not be woken by messages.
  const hidden = (): void => {
    gone();
    shut();
  };
  const shown = (): void => {
    open();
    back();
  };
  const listeners = [['storage', stored], ['pagehide', hidden], ['pageshow', shown]] as const;
  open();
  for (const [type, listener] of listeners) page.addEventListener?.(type, listener as EventListener);
  page.document?.addEventListener('visibilitychange', seen);
  return {
    post: (message) => channel?.postMessage(message),
    close: () => {
      shut();
      for (const [type, listener] of listeners) page.removeEventListener?.(type, listener as EventListener);
      page.document?.removeEventListener('visibilitychange', seen);
    },
  };
}
