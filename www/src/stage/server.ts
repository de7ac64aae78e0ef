// Where the users of this page live: the sandbox that serves the page, or one in its memory.

import type { User } from 'palm-user';

import { keep, recall, storage } from '../storage';
import type { Fetch } from './network';

export interface Server {
  readonly kind: 'server' | 'memory';
  readonly baseUrl: string;
  readonly fetch: Fetch;
}

export interface Account {
  /** A test key made up here: the sandbox makes an account of each. */
  readonly apiKey: string;
  /** Each screen has a user of its own, so that neither repairs the other. */
  readonly usual: string;
  readonly palm: string;
}

const NAME = 'palm-user:page';

/** What belongs to the person. A tier or a role would be the server's to change. */
export const SAMPLE = {
  display_name: 'Ada Lovelace',
  metadata: { language: 'en', newsletter: 'no', notes: 'Prefers e-mail' },
};

/** The user as the screens show it before the server has been asked. */
export const PREVIEW: User = {
  id: '',
  object: 'user',
  created_at: '1970-01-01T00:00:00.000Z',
  updated_at: '1970-01-01T00:00:00.000Z',
  status: 'active',
  verification: null,
  vault: {},
  ...SAMPLE,
} as unknown as User;

/** A server says that it is one; a static host has the file that says otherwise. */
export async function findServer(): Promise<Server> {
  const said: unknown = await fetch(new URL('sandbox.json', document.baseURI), { cache: 'no-store' })
    .then((answer) => answer.json())
    .catch(() => undefined);
  if ((said as { kind?: unknown } | undefined)?.kind === 'server') {
    return { kind: 'server', baseUrl: location.origin, fetch: (input, init) => fetch(input, init) };
  }
  const { openMemory } = await import('./memory');
  return openMemory();
}

/** The users that all tabs of this browser share; made at the first visit, or from a link. */
export async function openAccount(server: Server, initial?: unknown): Promise<{ account: Account; usual: User; palm: User; isNew: boolean }> {
  // Users in memory are the tab's alone.
  const kept = storage(server.kind === 'server' ? 'all' : 'tab');
  const known = initial === undefined ? readAccount(recall(kept, NAME)) : undefined;
  if (known !== undefined) {
    const [usual, palm] = await Promise.all([readUser(server, known, 'usual'), readUser(server, known, 'palm')]);
    if (usual !== undefined && palm !== undefined) return { account: known, usual, palm, isNew: false };
  }
  const apiKey = known?.apiKey ?? `sk_test_page_${crypto.randomUUID().replaceAll('-', '')}`;
  const [usual, palm] = await Promise.all([create(server, apiKey, initial ?? SAMPLE), create(server, apiKey, initial ?? SAMPLE)]);
  const account = { apiKey, usual: usual.userId, palm: palm.userId };
  // A link's user is that tab's, and does not take the place of one's own.
  if (initial === undefined) keep(kept, NAME, JSON.stringify(account));
  return { account, usual: usual.user, palm: palm.user, isNew: true };
}

async function create(server: Server, apiKey: string, body: unknown): Promise<{ userId: string; user: User }> {
  const answer = await server.fetch(`${server.baseUrl}/v1/user`, {
    method: 'POST',
    headers: { ...authorization(apiKey), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const userId = answer.headers.get('location')?.split('/').at(-1);
  if (!answer.ok || userId === undefined) throw new Error(`The sandbox answered ${answer.status}.`);
  return { userId, user: (await answer.json()) as User };
}

/** The user as it is stored; undefined when the sandbox has forgotten it. No fault strikes this read. */
export async function readUser(server: Server, account: Account, side: 'usual' | 'palm'): Promise<User | undefined> {
  const answer = await server.fetch(urlOf(server, account, side), { headers: authorization(account.apiKey), cache: 'no-store' });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}.`);
  return (await answer.json()) as User;
}

/** A write from elsewhere, past both screens. */
export async function writeUser(server: Server, account: Account, side: 'usual' | 'palm', patch: unknown): Promise<void> {
  await server.fetch(urlOf(server, account, side), {
    method: 'PATCH',
    headers: { ...authorization(account.apiKey), 'content-type': 'application/json' },
    body: JSON.stringify(patch),
  });
}

export function urlOf({ baseUrl }: Server, account: Account, side: 'usual' | 'palm'): string {
  return `${baseUrl}/v1/user/${account[side]}`;
}

export function authorization(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}

function readAccount(text: string | undefined): Account | undefined {
  try {
    const { apiKey, usual, palm } = JSON.parse(text ?? '{}') as Partial<Account>;
    return apiKey !== undefined && usual !== undefined && palm !== undefined ? { apiKey, usual, palm } : undefined;
  } catch {
    return undefined;
  }
}
