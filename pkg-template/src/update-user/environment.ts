// Where the code runs, which no standard tells.

type Global = Partial<{
  navigator: { userAgent?: string; product?: string };
  process: { versions?: { node?: unknown } };
  Deno: { version?: { deno?: unknown } };
  EdgeRuntime: unknown;
  document: unknown;
  WorkerGlobalScope: unknown;
}>;

/** Whether code here runs on a device of a user, who can read a key. */
export function isBrowser(): boolean {
  const { navigator, process, Deno, EdgeRuntime, document, WorkerGlobalScope } = globalThis as Global;
  // Servers that look like browsers come first.
  if (navigator?.userAgent === 'Cloudflare-Workers') return false;
  if (typeof process?.versions?.node === 'string' || typeof Deno?.version?.deno === 'string') return false;
  if (typeof EdgeRuntime === 'string') return false;
  return (
    document !== undefined ||
    (typeof WorkerGlobalScope === 'function' && globalThis instanceof WorkerGlobalScope) ||
    navigator?.product === 'ReactNative'
  );
}

/** Milliseconds on a clock that is not set back. */
export function clock(): number {
  return globalThis.performance?.now() ?? Date.now();
}
