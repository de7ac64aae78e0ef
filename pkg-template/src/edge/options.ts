// The options of a gateway, and what its hooks are given.

import type { PalmError } from '../error.js';
import type { MetadataRules } from '../metadata.js';
import type { Issue } from '../report.js';
import type { FetchLike, Limits, Metadata, UserPatch, WritableMetadata } from '../types.js';

/** Whether the caller may act on a user: yes, no, or nobody is signed in. */
export type Authorization = true | false | 'unauthenticated';

/** What a request asks for. */
export type Action = 'read' | 'update';

/** Cloudflare's rate-limit binding, or anything with the same method. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }> | { success: boolean };
}

/** What `check` is given besides the patch. */
export interface CheckContext {
  readonly request: Request;
  /** The user's ID at Palm. */
  readonly userId: string;
  /** Reads the whole user, once, from Palm. */
  readonly current: () => Promise<unknown>;
}

/** Why `check` refuses a patch. The page sees both members. */
export type CheckIssue = Pick<Issue, 'path' | 'message'>;

/** What `onRequest` is given. It holds no value of a patch and no key. */
export interface GatewayEvent {
  /** From `x-request-id` or `traceparent`, or a new one. The answer and the request to Palm have it too. */
  readonly requestId: string;
  /** `refused`: the request was refused before its action was known. */
  readonly action: Action | 'preflight' | 'refused';
  /** The user's ID at Palm. Set once the caller was allowed to act on this user. */
  readonly userId?: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** The code of the answer's problem details. */
  readonly code?: string;
  /** What Palm may have done. */
  readonly outcome?: PalmError['outcome'];
  readonly durationMs: number;
  /** HTTP status of Palm's answer. */
  readonly upstreamStatus?: number;
  /** Palm's own request ID, if it is different. */
  readonly upstreamRequestId?: string;
  /** The names of the fields that the patch changes, such as `metadata.notes`. */
  readonly fields?: readonly string[];
  /** The option whose function failed. */
  readonly hook?: string;
  /** What that function threw, or why the gateway or Palm failed. Only for the server's log. */
  readonly error?: unknown;
}

/** Options of {@link createGateway}. Times are in milliseconds. */
export interface GatewayOptions<M = Metadata, W extends keyof M = keyof WritableMetadata & keyof M> {
  /** `sk_test_…` or `sk_live_…`, or a function that returns it. It is sent only to Palm. While it is undefined, requests fail. */
  apiKey: string | undefined | (() => string | undefined | Promise<string | undefined>);
  /**
   * Returns the Palm ID of whoever is signed in, or undefined if nobody is. That user is
   * served as `/v1/user/me` and under this ID. Either this or `authorize` is required.
   */
  identify?: (request: Request) => string | null | undefined | Promise<string | null | undefined>;
  /**
   * Decides who may act on which user, for callers who act on others. Only `true` allows
   * the request: `'unauthenticated'` is answered with 401, anything else with 403.
   * Together with `identify`, it is asked only about users other than the caller.
   */
  authorize?: (request: Request, userId: string, action: Action) => Authorization | Promise<Authorization>;
  /**
   * What a page may change: metadata keys, and other fields such as `display_name`. Nothing by
   * default. Name only what belongs to the person, never rights, roles or tiers. With the option
   * `metadata`, its marks name the keys.
   */
  writable?: { metadata?: readonly (keyof M & string)[] } & { [Field in Exclude<keyof UserPatch, 'metadata'>]?: boolean };
  /**
   * The result of `defineMetadata`. A page may change the keys that it marks as writable,
   * within their schemas, and the schemas' output is sent to Palm.
   */
  metadata?: MetadataRules<M, W, any>;
  /**
   * The parts of a user that an answer includes besides `id`, `object`, the dates,
   * `status`, `display_name` and the writable metadata keys.
   */
  visible?: {
    metadata?: 'all' | readonly (keyof M & string)[];
    /** Full field IDs. */
    vault?: 'all' | readonly string[];
    verification?: boolean;
    fingerprints?: boolean;
  };
  /** Your own rules, run after all others have passed. It returns what is wrong, or nothing. */
  check?: (
    patch: UserPatch<Pick<M, W>>,
    context: CheckContext,
  ) => readonly CheckIssue[] | undefined | void | Promise<readonly CheckIssue[] | undefined | void>;
  /** The gateway's own origin, or origins, as browsers see it behind a proxy. */
  publicOrigin?: string | readonly string[];
  /** Other origins whose pages may call, such as `https://app.example.com`, or a function that decides. */
  allowedOrigins?: readonly string[] | ((origin: string) => boolean);
  /** For pages of other origins: whether they may send cookies, and which other headers they may send. */
  cors?: { credentials?: boolean; allowedHeaders?: readonly string[] };
  /** The most bytes of a body; 65,536. A longer body is refused while it streams. */
  maxBodyBytes?: number;
  /** The time for the whole body to arrive; 10,000. */
  bodyTimeoutMs?: number;
  /** Asked once per request. The key is the user ID or, for a refused caller, `refused:` and the client's address. */
  rateLimiter?: RateLimiter;
  /** Returns the client's address for the rate limiter; behind Cloudflare, `(request) => request.headers.get('cf-connecting-ip')`. No header is trusted by default. */
  clientAddress?: (request: Request) => string | null | undefined;
  /** Called once per request, when it is answered. If it returns a promise, that goes to `waitUntil`. Without it, failures are written to the console. */
  onRequest?: (event: GatewayEvent) => void | Promise<void>;
  /** The time for all functions of these options together, per request; 10,000. */
  hookTimeoutMs?: number;
  /** The part of the path before `/v1/user/{id}`, such as `/api/palm`. */
  basePath?: string;
  /** As in `updateUser`. */
  baseUrl?: string;
  /** As in `updateUser`; a service binding works too. */
  fetch?: FetchLike | { fetch: FetchLike };
  /** As in `updateUser`. */
  timeoutMs?: number;
  limits?: Limits;
}

/** A fetch handler. `waitUntil` is the platform's, for work that goes on after the answer. */
export type Gateway = (request: Request, context?: { waitUntil?(promise: Promise<unknown>): void }) => Promise<Response>;
