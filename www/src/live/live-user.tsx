// The user as it is shown, as it is confirmed, and what lies between.

import type { ReactNode } from 'react';

import { useObservable } from '../observable';
import { ConfirmedCard } from './confirmed-card';
import { NetworkControls } from './network-controls';
import type { Session } from './session';
import { Timeline } from './timeline';
import { UserCard } from './user-card';

export function LiveUser({ session }: { session: Session }): ReactNode {
  const { store, history, network } = session;
  // Ten lines of React are all the store needs.
  const snapshot = useObservable({ subscribe: store.subscribe, get: store.getSnapshot });
  const notice = useObservable(session.notice);
  return (
    <div className="live">
      <NetworkControls network={network} snapshot={snapshot} store={store} />
      {notice !== '' && <p role="alert">{notice}</p>}
      {snapshot.issues.map(({ code, message }) => (
        <p role="alert" key={code}>
          An edit waits: {message} Remove a key, or give the edit up.
        </p>
      ))}
      <div className="cards">
        <UserCard snapshot={snapshot} edit={session.edit} tryEdit={session.tryEdit} />
        <ConfirmedCard snapshot={snapshot} />
      </div>
      <Timeline history={history} session={session} />
    </div>
  );
}
