// The other tabs of the same user. The store shares its queue by itself; the tab that sends
// must know the network that was chosen in another, and the others what it has sent.

import type { Network, Plan, Settings } from './network';
import type { Recorder } from './recorder';

type Begin = Recorder['begin'];

type Message =
  | { readonly type: 'network'; readonly settings: Settings; readonly plan?: Plan | undefined }
  | { readonly type: 'begin'; readonly id: string; readonly args: Parameters<Begin> }
  | { readonly type: 'end'; readonly id: string; readonly args: Parameters<ReturnType<Begin>> }
  | { readonly type: 'written' };

export interface Tabs {
  /** Records here, and in the other tabs. */
  readonly recorder: Pick<Recorder, 'begin'>;
  /** The left screen of this tab has written. */
  readonly tellWritten: () => void;
  readonly onWritten: (run: () => void) => void;
}

export function openTabs(name: string, recorder: Recorder, network: Network): Tabs {
  const channel = new BroadcastChannel(`palm-user:page:${name}`);
  const post = (message: Message): void => channel.postMessage(message);
  const open = new Map<string, ReturnType<Begin>>();
  let written = (): void => undefined;
  let isAdopting = false;
  let ids = 0;
  const tab = crypto.randomUUID();

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    switch (data.type) {
      case 'network':
        isAdopting = true;
        network.adopt(data.settings, data.plan);
        isAdopting = false;
        return;
      case 'begin':
        return void open.set(data.id, recorder.begin(...data.args));
      case 'end':
        open.get(data.id)?.(...data.args);
        return void open.delete(data.id);
      case 'written':
        return written();
    }
  };
  const tell = (): void => {
    if (!isAdopting) post({ type: 'network', settings: network.settings.get(), plan: network.planned() });
  };
  network.settings.subscribe(tell);
  network.onPlan = tell;

  return {
    tellWritten: () => post({ type: 'written' }),
    onWritten: (run) => void (written = run),
    recorder: {
      begin: (...args) => {
        const end = recorder.begin(...args);
        const id = `${tab}-${(ids += 1)}`;
        post({ type: 'begin', id, args });
        return (...ending) => {
          end(...ending);
          post({ type: 'end', id, args: ending });
        };
      },
    },
  };
}
