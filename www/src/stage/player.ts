// Plays a scenario on both screens; a second one ends the first.

import { observable, type Observable } from '../observable';
import { SCENARIOS, type Director, type Scenario } from './scenarios';
import type { Session } from './session';
import { chosenBy } from './verdict';

export interface Playing {
  readonly scenario: Scenario;
  readonly caption: string;
  readonly isOver: boolean;
}

export interface Player {
  readonly playing: Observable<Playing | undefined>;
  /** The field and value of the last click, while it is fresh: `language=de`. */
  readonly pressed: Observable<string>;
  readonly play: (id: string) => Promise<void>;
  /** Leaves the screens to the person. */
  readonly stop: () => void;
}

const PRESSED_MS = 700;
/** Longer than any wait of a scenario. */
const SETTLE_MS = 12_000;

class Stopped extends Error {}

export function createPlayer(session: Session): Player {
  const playing = observable<Playing | undefined>(undefined);
  const pressed = observable('');
  let current = new AbortController();

  function director(scenario: Scenario, signal: AbortSignal): Director {
    const { network, store } = session;
    const isLive = (): void => {
      if (signal.aborted) throw new Stopped();
    };
    const pause = async (ms: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      isLive();
    };
    return {
      say: (caption) => playing.set({ scenario, caption, isOver: false }),
      pause,
      click: (patch) => {
        for (const [name, value] of chosenBy(patch)) pressed.set(`${name}=${String(value)}`);
        setTimeout(() => pressed.set(''), PRESSED_MS);
        session.edit(patch);
      },
      refresh: () => void session.refresh(),
      writeElsewhere: (patch) => void session.writeElsewhere(patch),
      offline: (isOffline) => network.change({ isOffline }),
      signedOut: (isSignedOut) => {
        network.change({ isSignedOut });
        if (!isSignedOut) store.resume();
      },
      sent: async () => {
        const isWaiting = (): boolean => store.getSnapshot().pending.some(({ status }) => status === 'queued');
        for (let left = SETTLE_MS; left > 0 && isWaiting(); left -= 25) await pause(25);
      },
      settled: async () => {
        for (let left = SETTLE_MS; left > 0 && !session.isIdle(); left -= 50) await pause(50);
      },
    };
  }

  const stop = (): void => {
    current.abort();
    session.network.plan();
    const now = playing.get();
    playing.set(undefined);
    if (now === undefined || now.isOver) return;
    session.network.change({ isOffline: false, isSignedOut: false });
    session.store.resume();
  };

  return {
    playing,
    pressed,
    stop,
    play: async (id) => {
      const scenario = SCENARIOS.find((one) => one.id === id);
      if (scenario === undefined) return;
      current.abort();
      const { signal } = (current = new AbortController());
      const release = session.recorder.clock.hold();
      try {
        playing.set({ scenario, caption: 'Starting from the same user…', isOver: false });
        await session.reset();
        if (signal.aborted) return;
        session.network.plan(scenario.plan);
        await scenario.play(director(scenario, signal));
        session.network.plan();
        playing.set({ scenario, caption: playing.get()?.caption ?? '', isOver: true });
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
      } finally {
        release();
      }
    },
  };
}
