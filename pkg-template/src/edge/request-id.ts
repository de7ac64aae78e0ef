/**
 * The request's ID: the caller's `x-request-id`, or the trace ID of its
 * `traceparent` (W3C Trace Context), or a new one.
 */
export function requestIdOf({ headers }: Request): string {
  const given = headers.get('x-request-id');
  // It goes into answers, requests and logs, so its form is checked.
  if (given !== null && /^[\w.:-]{1,128}$/.test(given)) return given;
  const trace = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-|$)/.exec(headers.get('traceparent') ?? '')?.[1];
  return trace !== undefined && /[^0]/.test(trace) ? trace : crypto.randomUUID();
}
