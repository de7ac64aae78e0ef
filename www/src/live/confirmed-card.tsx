// What the server last gave.

import type { Snapshot } from 'palm-user';
import type { ReactNode } from 'react';

import { shorten, textOf } from './describe';

export function ConfirmedCard({ snapshot: { confirmed, needsRefetch } }: { snapshot: Snapshot }): ReactNode {
  const { display_name: name, metadata, vault = {}, status, updated_at: updatedAt } = confirmed;
  const fingerprint = confirmed.email_fingerprint ?? '';
  return (
    <article className="card confirmed" aria-labelledby="confirmed-title">
      <h3 id="confirmed-title">
        Confirmed <span className="chip">{status}</span>
      </h3>
      <p className="name" data-testid="confirmed-name">
        {name ?? 'no name'}
      </p>
      <dl data-testid="confirmed">
        {Object.entries(metadata).map(([key, value]) => (
          <div key={key}>
            <dt>{shorten(key)}</dt>
            <dd>{shorten(textOf(value))}</dd>
          </div>
        ))}
      </dl>
      <h4>Not yours to edit</h4>
      <dl className="quiet">
        {Object.entries(vault).map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{textOf(value)}</dd>
          </div>
        ))}
        <div>
          <dt>email_fingerprint</dt>
          <dd title={fingerprint}>{fingerprint === '' ? '–' : `${fingerprint.slice(0, 12)}…`}</dd>
        </div>
        <div>
          <dt>updated_at</dt>
          <dd>
            <time dateTime={updatedAt}>{updatedAt.slice(11, 23)}</time>
            {needsRefetch && ' (being read again)'}
          </dd>
        </div>
      </dl>
    </article>
  );
}
