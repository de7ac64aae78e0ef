// The network to be had: slow, failing, or none.

import type { Snapshot, UserStore } from 'palm-user';
import type { ReactNode } from 'react';

import { useObservable, type Observable } from '../observable';
import { FAULTS, type Network } from './faults';

interface Props {
  readonly network: Observable<Network>;
  readonly snapshot: Snapshot;
  readonly store: UserStore;
}

export function NetworkControls({ network, snapshot, store }: Props): ReactNode {
  const current = useObservable(network);
  const set = (change: Partial<Network>): void => network.set({ ...network.get(), ...change });
  return (
    <fieldset className="network">
      <legend>The network</legend>
      <label className="latency">
        <span>
          Answers after {(current.latencyMs / 1000).toFixed(1)} s
        </span>
        <input
          type="range"
          min={0}
          max={5_000}
          step={100}
          value={current.latencyMs}
          onChange={(event) => set({ latencyMs: event.target.valueAsNumber })}
        />
      </label>
      <label>
        <span>The next request will</span>
        <select value={current.fault} onChange={(event) => set({ fault: event.target.value })}>
          {FAULTS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          checked={current.isOffline}
          onChange={(event) => {
            set({ isOffline: event.target.checked });
            if (!event.target.checked) store.resume();
          }}
        />
        <span>Offline</span>
      </label>
      <div className="actions">
        {snapshot.paused ? (
          <button type="button" className="primary" onClick={store.resume}>
            Send again
          </button>
        ) : (
          <button type="button" onClick={store.pause}>
            Pause sending
          </button>
        )}
        {/* Without its opener's storage: a tab of its own, with a queue of its own. */}
        <a className="button" href="/" target="_blank" rel="noopener">
          Second tab ↗
        </a>
      </div>
    </fieldset>
  );
}
