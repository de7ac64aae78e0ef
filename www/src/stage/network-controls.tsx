// A network of one's own, for edits by hand. It survives a reload.

import type { ReactNode } from 'react';

import { useObservable } from '../observable';
import { FAULTS } from './network';
import type { Session } from './session';

export function NetworkControls({ session: { network, store, server } }: { session: Session }): ReactNode {
  const settings = useObservable(network.settings);
  const { paused } = useObservable({ subscribe: store.subscribe, get: store.getSnapshot });
  const { change } = network;
  return (
    <fieldset className="network">
      <legend>Your own network</legend>
      <label>
        <span>Answers after {(settings.latencyMs / 1000).toFixed(1)} s</span>
        <input
          type="range"
          min={0}
          max={5_000}
          step={100}
          value={settings.latencyMs}
          onChange={(event) => change({ latencyMs: event.target.valueAsNumber })}
        />
      </label>
      <label>
        <span>The next request will</span>
        <select value={settings.fault} onChange={(event) => change({ fault: event.target.value })}>
          {FAULTS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="switch">
        <input type="checkbox" role="switch" checked={settings.isOffline} onChange={(event) => change({ isOffline: event.target.checked })} />
        <span>Offline</span>
      </label>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          checked={settings.isSignedOut}
          onChange={(event) => {
            change({ isSignedOut: event.target.checked });
            if (!event.target.checked) store.resume();
          }}
        />
        <span>Session expired</span>
      </label>
      <div className="actions">
        <button type="button" onClick={paused ? store.resume : store.pause}>
          {paused ? 'Resume sending' : 'Pause sending'}
        </button>
        {server.kind === 'server' && (
          // A tab of its own, with the same user.
          <a className="button" href={location.pathname} target="_blank" rel="noopener">
            Second tab
          </a>
        )}
      </div>
      <p className="quiet" data-testid="server">
        {server.kind === 'server'
          ? `This page talks to the sandbox at ${server.baseUrl}: real requests, real storage.`
          : 'This page has no server: the sandbox runs in its memory, and your users end with the tab.'}
      </p>
    </fieldset>
  );
}
