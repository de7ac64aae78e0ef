// What the sandbox, or this page, can be asked to do to the next request.

import type { UpdateUserOptions } from 'palm-user';

export const FAULTS = [
  { value: '', label: 'succeed' },
  { value: 'status=400', label: 'be rejected: 400' },
  { value: 'status=429; retry-after=2', label: 'be told to wait: 429' },
  { value: 'status=500', label: 'fail: 500' },
  { value: 'drop=before', label: 'lose its connection, not stored' },
  { value: 'drop=after', label: 'lose its connection, though stored' },
  { value: 'body=html', label: 'be answered by a sign-in page' },
  { value: 'status=404', label: 'be answered: no such user' },
] as const;

export interface Network {
  readonly latencyMs: number;
  /** The fault of the next request; it strikes once. */
  readonly fault: string;
  readonly isOffline: boolean;
}

export const CALM: Network = { latencyMs: 800, fault: '', isOffline: false };

/** The options of one call under a network. */
export function optionsOf({ latencyMs, fault, isOffline }: Network): UpdateUserOptions {
  const headers: Record<string, string> = { 'sandbox-latency-ms': String(latencyMs) };
  if (fault !== '') headers['sandbox-fault'] = fault;
  const options: UpdateUserOptions = { headers, timeoutMs: latencyMs + 10_000 };
  if (isOffline) options.fetch = () => Promise.reject(new TypeError('This page plays being offline.'));
  return options;
}
