// The two screens, what is happening to them, and the buttons that make it happen.

import type { UserPatch } from 'palm-user';
import { useCallback, useEffect, useState, type ReactNode } from 'react';

import { useObservable } from '../observable';
import { useSettled } from '../settled';
import type { Player } from './player';
import { SCENARIOS } from './scenarios';
import { Screen } from './screen';
import { PREVIEW } from './server';
import type { Session } from './session';
import { judgePalm, judgeUsual, type Evidence, type Verdict } from './verdict';

const USUAL = { side: 'usual', title: 'The usual way', how: 'setState + fetch' } as const;
const PALM = { side: 'palm', title: 'With palm-user', how: 'createUserStore' } as const;
const OPENING: Verdict = { tone: 'busy', title: 'Opening…', detail: 'Making a user for each screen.' };
const NOTHING: Evidence = { isFresh: false, chosen: new Map() };

/** The same picture before there is a session, so that nothing moves when there is one. */
export function Preview(): ReactNode {
  const still = { user: PREVIEW, evidence: NOTHING, isPending: () => false, verdict: OPENING, pressed: '', edit: () => undefined };
  return (
    <>
      <Caption text="One click, sent by both screens, over a network that fails." />
      <div className="screens" inert>
        <Screen {...USUAL} {...still} />
        <Screen {...PALM} {...still} />
      </div>
      <Scenarios />
    </>
  );
}

export function Stage({ session, player }: { session: Session; player: Player }): ReactNode {
  const { store, usual, network, evidence } = session;
  const snapshot = useObservable({ subscribe: store.subscribe, get: store.getSnapshot });
  const usualState = useObservable(usual.state);
  const settings = useObservable(network.settings);
  const [usualEvidence, palmEvidence] = [useObservable(evidence.usual), useObservable(evidence.palm)];
  const refused = useObservable(session.refused);
  const playing = useObservable(player.playing);
  const pressed = useObservable(player.pressed);
  const notice = useObservable(session.notice);
  const now = useNow(snapshot.retryAt !== undefined);
  const usualVerdict = judgeUsual(usualState, usualEvidence);
  const palmVerdict = judgePalm(snapshot, palmEvidence, now, refused);
  const said = `${playing?.caption ?? ''} The usual way: ${usualVerdict.title} With palm-user: ${palmVerdict.title} ${palmVerdict.detail}`;
  // A countdown is not read out second by second.
  const spoken = useSettled(said.replace(/in \d+ s\.$/, 'soon.'));
  /** By hand: what was playing is over. */
  const edit = useCallback(
    (patch: UserPatch): void => {
      player.stop();
      session.edit(patch);
    },
    [player, session],
  );
  const signIn = (): void => {
    network.change({ isSignedOut: false });
    store.resume();
  };
  return (
    <>
      <Caption
        text={playing?.caption ?? 'Your turn: edit either screen. The other gets the same click.'}
        progress={playing}
        action={
          playing !== undefined && (
            <button type="button" onClick={() => (playing.isOver ? void player.play(playing.scenario.id) : player.stop())}>
              {playing.isOver ? 'Replay' : 'Stop'}
            </button>
          )
        }
      />
      <div className="screens">
        <Screen
          {...USUAL}
          user={usualState.user}
          evidence={usualEvidence}
          isPending={() => usualState.saving > 0}
          verdict={usualVerdict}
          pressed={pressed}
          edit={edit}
        />
        <Screen
          {...PALM}
          user={snapshot.user}
          evidence={palmEvidence}
          isPending={() => snapshot.pending.length > 0}
          verdict={palmVerdict}
          pressed={pressed}
          edit={edit}
          actions={
            snapshot.paused &&
            (settings.isSignedOut ? (
              <button type="button" onClick={signIn}>
                Sign in
              </button>
            ) : (
              <button type="button" onClick={store.resume}>
                Send now
              </button>
            ))
          }
        />
      </div>
      <Scenarios player={player} current={playing?.scenario.id} />
      <p className="notice" role="alert">
        {notice}
      </p>
      <p className="hidden" role="status">
        {spoken}
      </p>
    </>
  );
}

interface CaptionProps {
  readonly text: string;
  readonly progress?: { readonly isOver: boolean; readonly scenario: { readonly id: string } } | undefined;
  readonly action?: ReactNode;
}

function Caption({ text, progress, action }: CaptionProps): ReactNode {
  const state = progress === undefined ? 'idle' : progress.isOver ? 'over' : 'playing';
  return (
    <div className="caption" data-state={state} data-testid="caption">
      <p>{text}</p>
      <span>{action}</span>
    </div>
  );
}

function Scenarios({ player, current }: { player?: Player; current?: string | undefined }): ReactNode {
  return (
    <div className="scenarios" role="group" aria-labelledby="scenarios-title" inert={player === undefined}>
      <h3 id="scenarios-title">Break it yourself</h3>
      {SCENARIOS.map(({ id, name }) => (
        <button key={id} type="button" data-scenario={id} aria-pressed={id === current} onClick={() => void player?.play(id)}>
          {name}
        </button>
      ))}
    </div>
  );
}

/** The time of day, four times a second while it is counted down. */
function useNow(isCounting: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (!isCounting) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [isCounting]);
  return now;
}
