// Problem details (RFC 9457): how every refusal is answered.

import type { Issue } from 'palm-user';

/** A refusal: plain data, which a storage may pass between processes. */
export interface Refusal {
  readonly status: number;
  readonly detail: string;
  /** What is wrong with a patch: where and why, without the value. */
  readonly issues?: readonly { readonly code: string; readonly pointer: string }[];
}

/** A value, or a refusal. */
export type Result<T> = { readonly value: T } | { readonly refusal: Refusal };

const KINDS: Readonly<Record<number, readonly [type: string, title: string]>> = {
  400: ['validation_error', 'The request is not valid'],
  401: ['unauthorized', 'Authentication is needed'],
  403: ['forbidden', 'Not allowed'],
  404: ['not_found', 'There is no such resource'],
  405: ['method_not_allowed', 'The method is not allowed'],
  409: ['conflict', 'The resource is in another state'],
  413: ['payload_too_large', 'The body is too large'],
  415: ['unsupported_media_type', 'The body must be application/json'],
  429: ['rate_limited', 'Too many requests'],
};

export function refusal(status: number, detail: string, issues?: readonly Issue[]): Refusal {
  const places = issues?.map(({ code, pointer }) => ({ code, pointer }));
  return places === undefined ? { status, detail } : { status, detail, issues: places };
}

export function problem({ status, detail, issues }: Refusal, headers: HeadersInit = {}): Response {
  const [type, title] = KINDS[status] ?? ['server_error', 'The server failed'];
  const document = {
    type: `https://api.getpalm.com/problems/${type}`,
    title,
    status,
    detail,
    ...(issues === undefined ? {} : { issues }),
  };
  const response = new Response(JSON.stringify(document), { status, headers });
  response.headers.set('content-type', 'application/problem+json');
  return response;
}
