// A server component: it reads the user as its page would, by the gateway, and so
// gives the page nothing that the gateway keeps back.

import { cookies } from 'next/headers';
import { getUser, isPalmError } from 'palm-user';

import { gateway, PERSON } from '../lib/palm.js';
import { ATTRIBUTES, COOKIE, signed } from '../lib/session.js';
import { Profile } from './profile.js';

export default async function Page() {
  try {
    const user = await getUser('me', {
      baseUrl: 'http://localhost/api/palm',
      headers: { cookie: (await cookies()).toString() },
      fetch: (url, init) => gateway(new Request(url, init)),
    });
    return <Profile user={user} />;
  } catch (error) {
    if (!isPalmError(error, 'signed_out')) throw error;
    return (
      <form action={signIn}>
        <button>Sign in</button>
      </form>
    );
  }
}

async function signIn() {
  'use server';
  // Your own check of a password, link or passkey comes here.
  (await cookies()).set(COOKIE, await signed(PERSON), ATTRIBUTES);
}
