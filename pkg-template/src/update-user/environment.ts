// Where the code runs. No standard says how to find out.

type Global = Partial<{
  navigator: { userAgent?: string; product?: string };
  process: { versions?: { node?: unknown } };
  Deno: { version?: { deno?: unknown } };
  EdgeRuntime: unknown;
  document: unknown;
  WorkerGlobalScope: unknown;
}>;

/** Whether this runs on a user's device, where a key can be read. */
export function isBrowser(): boolean {
  const { navigator, process, Deno, EdgeRuntime, document, WorkerGlobalScope } = globalThis as Global;
  // First, the servers that look like browsers.
  if (navigator?.userAgent === 'Cloudflare-Workers') return false;
  if (typeof process?.versions?.node === 'string' || typeof Deno?.version?.deno === 'string') return false;
  if (typeof EdgeRuntime === 'string') return false;
  return (
    document !== undefined ||
    (typeof WorkerGlobalScope === 'function' && globalThis instanceof WorkerGlobalScope) ||
    navigator?.product === 'ReactNative'
  );
}

/** Milliseconds on a monotonic clock. */
export function clock(): number {
  return globalThis.performance?.now() ?? Date.now();
}
