// The React hooks, with metadata of one's own.

import { createUserStore, defineMetadata, updateUser, type StandardSchema, type User } from 'palm-user';
import { useField, useUser } from 'palm-user/react';
import type { ReactNode } from 'react';

declare function schema<T>(): StandardSchema<T, T>;
const metadata = defineMetadata({ customer_tier: schema<'basic' | 'premium'>(), consent: schema<boolean | undefined>() }, { writable: ['consent'] });
declare const user: User<{ customer_tier: 'basic' | 'premium'; consent: boolean | undefined }>;
const store = createUserStore({ userId: 'me', user, metadata, send: (id, patch, { signal }) => updateUser(id, patch, { metadata, signal }) });
declare const open: ReturnType<typeof createOpen>;
function createOpen(any: User) {
  return createUserStore({ userId: 'me', user: any, send: (id, patch, { signal }) => updateUser(id, patch, { signal }) });
}

export function Settings(): ReactNode {
  const tier: 'basic' | 'premium' | undefined = useUser(store, (snapshot) => snapshot.user.metadata.customer_tier);
  const [consent, setConsent] = useField(store, 'metadata.consent');
  const value: boolean | undefined = consent.value;
  // @ts-expect-error the server's key
  useField(store, 'metadata.customer_tier');
  // @ts-expect-error a value of another type
  setConsent('yes');
  const [notes, , input] = useField(open, 'metadata.notes');
  const text: string | undefined = notes.value;
  const [flag] = useField<boolean>(open, 'metadata.flag');
  const isSet: boolean = flag.value;
  return <input {...input} title={`${tier} ${value} ${text} ${isSet}`} onClick={() => setConsent(true)} />;
}
