// What was just clicked, as code and as a command.

import type { UserPatch } from 'palm-user';

import { urlOf, type Account, type Server } from '../stage/server';

export function codeOf(edits: readonly UserPatch[]): string {
  const lines = edits.map((patch) => `store.edit(${literal(patch)});`);
  return `import { createUserStore, getUser, updateUser } from 'palm-user';

const gateway = { baseUrl: '/api/palm' }; // your server keeps the key
const store = createUserStore({
  userId: 'me',
  user: await getUser('me', gateway),
  send: (id, patch, { signal }) => updateUser(id, patch, { ...gateway, signal }),
  read: (id, { signal }) => getUser(id, { ...gateway, signal }),
});
store.subscribe(() => render(store.getSnapshot().user));

${lines.length === 0 ? "store.edit({ metadata: { language: 'de' } });" : lines.join('\n')}
`;
}

export function curlOf(server: Server, account: Account, edits: readonly UserPatch[]): string {
  const patch = edits.at(-1) ?? { metadata: { language: 'de' } };
  const isMemory = server.kind === 'memory';
  const url = isMemory ? 'http://127.0.0.1:8787/v1/user' : urlOf(server, account, 'palm');
  const call = [
    `curl -X ${isMemory ? 'POST' : 'PATCH'} ${quoted(url)}`,
    `-H ${quoted(`authorization: Bearer ${account.apiKey}`)}`,
    `-H 'content-type: application/json'`,
    `-d ${quoted(JSON.stringify(patch))}`,
  ].join(' \\\n  ');
  return isMemory ? `# This page has no server. Start one, then make a user there:\nnpx palm-user-sandbox\n\n${call}\n` : `${call}\n`;
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A patch as JavaScript: short, and safe wherever it is pasted. */
function literal(value: unknown): string {
  if (typeof value === 'string') return `'${escaped(value)}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const members = Object.entries(value).map(([key, member]) => `${keyOf(key)}: ${literal(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** A plain `__proto__` would set the prototype. */
function keyOf(key: string): string {
  if (key === '__proto__') return `['__proto__']`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${escaped(key)}'`;
}

function escaped(text: string): string {
  const shortened = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(shortened)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
