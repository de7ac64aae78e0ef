// A link that opens the page in the state it is in: the user's writable fields and the network.
// It is in the fragment, which no server is sent.

import type { User } from 'palm-user';

import { CALM, type Settings } from '../stage/network';
import type { Start } from '../stage/session';

const MAX_LENGTH = 20_000;

interface State {
  readonly v: 1;
  readonly user: Pick<User, 'metadata' | 'display_name'>;
  readonly network: Settings;
  readonly play?: string;
}

/** Undefined where the state is too long for a link. */
export function linkOf(user: User, network: Settings, play?: string): string | undefined {
  const { metadata, display_name: name } = user;
  const state: State = { v: 1, user: { metadata, ...(name != null && { display_name: name }) } as State['user'], network, ...(play && { play }) };
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const text = btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  if (text.length > MAX_LENGTH) return undefined;
  const url = new URL(location.href);
  url.hash = `state=${text}`;
  return url.href;
}

/** What a link asks for; nothing where it cannot be read. What it says is checked by the sandbox and the rules. */
export function readLink(hash: string): (Start & { play?: string }) | undefined {
  const text = /^#state=([\w-]+)$/.exec(hash)?.[1];
  if (text === undefined || text.length > MAX_LENGTH) return undefined;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.codePointAt(0) ?? 0);
    const state = JSON.parse(new TextDecoder().decode(bytes)) as Partial<State>;
    if (state.v !== 1 || typeof state.user !== 'object') return undefined;
    const { latencyMs, fault, isOffline, isSignedOut } = { ...CALM, ...state.network };
    const settings: Settings = {
      latencyMs: Math.min(Math.max(Number(latencyMs) || 0, 0), 5_000),
      fault: typeof fault === 'string' && /^[\w=; -]*$/.test(fault) ? fault : '',
      isOffline: isOffline === true,
      isSignedOut: isSignedOut === true,
    };
    return { user: state.user, settings, ...(typeof state.play === 'string' && { play: state.play }) };
  } catch {
    return undefined;
  }
}
