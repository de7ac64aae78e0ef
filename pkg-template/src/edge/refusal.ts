// Every refusal of the gateway, as problem details (RFC 9457). They repeat no value of
// the request and nothing that Palm said.

import type { Outcome } from '../generated.js';
import type { Issue } from '../report.js';
import { pointer } from '../pointer.js';

/** Each code with its status, title and detail. docs/gateway.md lists them. */
export const REFUSALS = {
  route_not_found: [404, 'Nothing is served here', 'The gateway serves /v1/user/{id}, and /v1/user/me where it knows who is signed in.'],
  method_not_allowed: [405, 'The method is not allowed', 'Use GET, HEAD or PATCH.'],
  invalid_user_id: [400, 'The user ID is not valid', 'A user ID has 1 to 256 letters, digits and the characters - . _ ~, not percent-encoded.'],
  bad_request: [400, 'The request is not valid', 'The request is not valid.'],
  origin_not_allowed: [403, 'The origin is not allowed', 'Pages of this origin may not call the gateway.'],
  unsupported_media_type: [415, 'The body must be application/json', 'Send application/json, not compressed.'],
  signed_out: [401, 'Nobody is signed in', 'Nobody is signed in, or the session has expired. Sign in again.'],
  not_allowed: [403, 'Not allowed', 'You may not do this with this user.'],
  rate_limited: [429, 'Too many requests', 'There were too many requests; try again later.'],
  too_large: [413, 'The body is too large', 'The body is too large.'],
  timeout: [408, 'The body took too long', 'The body took too long to arrive.'],
  invalid_patch: [400, 'The patch is not valid', 'The patch is not valid; see issues.'],
  field_not_allowed: [422, 'A field may not be changed here', 'A field may not be changed here; see issues.'],
  aborted: [499, 'The client went away', 'The client went away before the answer.'],
  gateway_failed: [500, 'The gateway failed', 'The gateway failed. Its log has the reason under this request ID.'],
  not_found: [404, 'There is no such user', 'Palm has no such user.'],
  conflict: [409, 'The user has changed', 'Palm refused the change, because the user has changed in the meantime.'],
  server_error: [502, 'Palm failed', 'Palm failed.'],
  palm_unreachable: [502, 'Palm could not be reached', 'The connection to Palm failed or broke.'],
  palm_refused_key: [502, 'Palm refused the gateway', 'Palm did not accept the key of the gateway. Signing in again does not help.'],
  bad_response: [502, "Palm's answer could not be used", "Palm's answer could not be used."],
  palm_timeout: [504, 'Palm did not answer in time', 'Palm did not answer in time.'],
} as const satisfies Record<string, readonly [status: number, title: string, detail: string]>;

/** The codes of a gateway's refusals; stable. */
export type RefusalCode = keyof typeof REFUSALS;

/** An issue before it has a pointer. */
export type RefusedIssue = Pick<Issue, 'path' | 'message'> & { readonly code: string; readonly params?: Issue['params'] };

/** The details of a refusal. */
export interface RefusalDetails {
  readonly status?: number;
  readonly detail?: string;
  readonly issues?: readonly RefusedIssue[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What Palm may have done; `rejected` by default. */
  readonly outcome?: Outcome;
  /** Only for the event. */
  readonly error?: unknown;
}

/** Thrown inside the gateway, and turned into the answer. */
export class Refusal {
  readonly status: number;

  constructor(
    readonly code: RefusalCode,
    readonly details: RefusalDetails = {},
  ) {
    this.status = details.status ?? REFUSALS[code][0];
  }
}

/** The answer for a refusal. */
export function respond({ code, status, details }: Refusal, requestId: string, headers: Readonly<Record<string, string>>): Response {
  const [, title, detail] = REFUSALS[code];
  const document = {
    type: `urn:palm-user:${code}`,
    title,
    status,
    detail: details.detail ?? detail,
    code,
    outcome: details.outcome ?? 'rejected',
    request_id: requestId,
    issues: details.issues?.map(({ code, path, message, params }) => ({ code, path, pointer: pointer(path), message, params })),
  };
  return new Response(JSON.stringify(document), {
    status,
    headers: { ...headers, ...details.headers, 'content-type': 'application/problem+json' },
  });
}
