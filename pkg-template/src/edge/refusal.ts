// A refusal, as problem details (RFC 9457). It never echoes the request.

import type { PalmError } from '../error.js';
import type { Issue } from '../types.js';

/** Thrown within the gateway; it becomes the answer. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly detail: string,
    readonly issues?: readonly Pick<Issue, 'code' | 'pointer' | 'message'>[] | readonly GatewayIssue[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** What only a gateway finds wrong. */
export interface GatewayIssue {
  readonly code: 'key_not_allowed' | 'duplicate_key';
  /** A JSON Pointer (RFC 6901). */
  readonly pointer: string;
  readonly message: string;
}

type Headers = Readonly<Record<string, string>>;

const TITLES: Readonly<Record<string, string>> = {
  validation_error: 'The request is not valid',
  unauthorized: 'Authentication is needed',
  forbidden: 'Not allowed',
  not_found: 'There is no such resource',
  method_not_allowed: 'The method is not allowed',
  request_timeout: 'The request took too long',
  payload_too_large: 'The body is too large',
  unsupported_media_type: 'The body must be application/json',
  rate_limited: 'Too many requests',
  server_error: 'The server failed',
  bad_gateway: 'Palm could not be reached, or its answer could not be used',
  gateway_timeout: 'Palm did not answer in time',
};

export function respond({ status, type, detail, issues, headers }: Refusal, more: Headers): Response {
  const places = issues?.map(({ code, pointer, message }) => ({ code, pointer, message }));
  const document = {
    type: `https://api.getpalm.com/problems/${type}`,
    title: TITLES[type],
    status,
    detail,
    ...(places === undefined ? {} : { issues: places }),
  };
  return problemDetails(status, document, { ...more, ...headers });
}

/** The answer that a failed call becomes: Palm's own where there is one. */
export function passOn(error: PalmError, more: Headers): Response {
  const { status, problem, retryAfterMs, requestId } = error;
  const headers: Record<string, string> = { ...more };
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000));
  if (requestId !== undefined) headers['x-request-id'] = requestId;
  if (status !== undefined && status >= 400 && status <= 599) {
    if (problem !== undefined) return problemDetails(status, { ...problem, status }, headers);
    const detail = 'Palm refused the request, and gave no reason.';
    return respond(new Refusal(status, status < 500 ? 'validation_error' : 'server_error', detail), headers);
  }
  return respond(withoutAnswer(error), headers);
}

/** What a call comes to that Palm did not refuse. */
function withoutAnswer({ code, issues }: PalmError): Refusal {
  switch (code) {
    case 'invalid_patch':
      return invalidPatch(issues ?? []);
    case 'invalid_user_id':
      return new Refusal(400, 'validation_error', 'The user ID is not valid.');
    case 'timeout':
      return new Refusal(504, 'gateway_timeout', 'Whether the change was stored is unknown.');
    case 'network':
    case 'bad_response':
      return new Refusal(502, 'bad_gateway', 'Whether the change was stored is unknown.');
    default:
      // A key or an option that is wrong is nothing the caller can mend, or should know.
      return new Refusal(500, 'server_error', 'The gateway is not set up rightly.');
  }
}

export function invalidPatch(issues: readonly Issue[]): Refusal {
  return new Refusal(400, 'validation_error', 'The patch is not valid; see issues.', issues);
}

function problemDetails(status: number, document: object, headers: Headers): Response {
  return new Response(JSON.stringify(document), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  });
}
