// The sandbox of the same origin, and this browser's user in it.

import { updateUser, type SendPatch, type UpdateUserOptions, type User } from 'palm-user';

import { keep, recall, storage } from '../storage';

export interface Account {
  readonly userId: string;
  /** A test key made up here: the sandbox makes an account of each. */
  readonly apiKey: string;
}

const NAME = 'palm-user:account';

const SAMPLE = {
  display_name: 'John Doe',
  metadata: {
    // What belongs to the person. A tier or a role would be the server's to change.
    language: 'en',
    marketing_consent: 'no',
    signup_source: 'mobile_app',
  },
  vault: {
    'identity.first_name': 'John',
    'identity.last_name': 'Doe',
    'identity.email': 'john.doe@example.com',
    'identity.phone': '+1 555 010 0199',
  },
};

/** The user that all tabs of this browser share; made at the first visit. */
export async function openAccount(): Promise<{ account: Account; user: User }> {
  const known = readAccount(recall(storage('all'), NAME));
  const user = known && (await readUser(known));
  if (known !== undefined && user !== undefined) return { account: known, user };
  const apiKey = `sk_test_page_${crypto.randomUUID().replaceAll('-', '')}`;
  const response = await fetch('/v1/user', {
    method: 'POST',
    headers: { ...authorization(apiKey), 'content-type': 'application/json' },
    body: JSON.stringify(SAMPLE),
  });
  const userId = response.headers.get('location')?.split('/').at(-1);
  if (!response.ok || userId === undefined) throw new Error(`The sandbox answered ${response.status}.`);
  const account = { userId, apiKey };
  keep(storage('all'), NAME, JSON.stringify(account));
  return { account, user: (await response.json()) as User };
}

/** The user as it is stored now; undefined when the sandbox has forgotten it. */
export async function readUser({ userId, apiKey }: Account): Promise<User | undefined> {
  const response = await fetch(`/v1/user/${userId}`, { headers: authorization(apiKey), cache: 'no-store' });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`The sandbox answered ${response.status}.`);
  return (await response.json()) as User;
}

/** One request for each patch, so that every failure can be watched. */
export function sender({ userId, apiKey }: Account, options: () => UpdateUserOptions): SendPatch {
  return (_, patch, { signal }) =>
    updateUser(userId, patch, {
      apiKey,
      baseUrl: location.origin,
      // A key of the sandbox is no secret; one of Palm's belongs on a server.
      dangerouslyAllowBrowser: true,
      maxRetries: 0,
      ...options(),
      signal,
    });
}

function authorization(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}

function readAccount(text: string | undefined): Account | undefined {
  try {
    const { userId, apiKey } = JSON.parse(text ?? '{}') as Partial<Account>;
    return userId !== undefined && apiKey !== undefined ? { userId, apiKey } : undefined;
  } catch {
    return undefined;
  }
}
