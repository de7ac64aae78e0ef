// What was just clicked, to take along: as code, as a command, as a link.

import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

import { useObservable } from '../observable';
import type { Player } from '../stage/player';
import type { Session } from '../stage/session';
import { linkOf } from './link';
import { codeOf, curlOf } from './snippets';

const TABS = ['Code', 'cURL', 'Link'] as const;
type Tab = (typeof TABS)[number];

export function Code({ session, player }: { session: Session; player: Player }): ReactNode {
  const [tab, setTab] = useState<Tab>('Code');
  const [copied, setCopied] = useState('');
  const edits = useObservable(session.made);
  const settings = useObservable(session.network.settings);
  const playing = useObservable(player.playing);
  const { user } = useObservable({ subscribe: session.store.subscribe, get: session.store.getSnapshot });
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const text =
    tab === 'Code'
      ? codeOf(edits.slice(-6))
      : tab === 'cURL'
        ? curlOf(session.server, session.account, edits)
        : (linkOf(user, settings, playing?.scenario.id) ?? 'This user is too large for a link.');

  const copy = async (): Promise<void> => {
    const isCopied = await navigator.clipboard.writeText(text).then(() => true, () => false);
    setCopied(isCopied ? 'Copied.' : 'The browser did not allow it: select the text instead.');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = (TABS.indexOf(tab) + step + TABS.length) % TABS.length;
    setTab(TABS[next] ?? 'Code');
    list.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div className="code">
      <h3 id={`${id}-title`}>What you just clicked</h3>
      <div className="bar">
        <div role="tablist" aria-labelledby={`${id}-title`} onKeyDown={onKeyDown} ref={list}>
          {TABS.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-${name}`}
              aria-selected={name === tab}
              aria-controls={`${id}-panel`}
              tabIndex={name === tab ? 0 : -1}
              onClick={() => {
                setTab(name);
                setCopied('');
              }}
            >
              {name}
            </button>
          ))}
        </div>
        <span role="status">{copied}</span>
        <button type="button" onClick={() => void copy()}>
          Copy<span className="hidden"> the {tab === 'Code' ? 'code' : tab === 'cURL' ? 'command' : 'link'}</span>
        </button>
      </div>
      <pre role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`} tabIndex={0} data-testid="snippet">
        {text}
      </pre>
    </div>
  );
}
