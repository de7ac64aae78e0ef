// What a gateway is made of.

import type { PalmError } from '../error.js';
import type { MetadataRules } from '../metadata.js';
import type { FetchLike, Issue, Limits, Metadata, UserPatch, WritableMetadata } from '../types.js';

/** Whether a caller may do something to a user: yes; no; nobody is signed in. */
export type Authorization = true | false | 'unauthenticated';

/** What a request asks for. */
export type Action = 'read' | 'update';

/** Cloudflare's rate-limit binding, or anything like it. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }> | { success: boolean };
}

/** What `check` is told besides the patch. */
export interface CheckContext {
  readonly request: Request;
  /** The ID by which Palm is asked. */
  readonly userId: string;
  /** The whole user as it is now. Palm is asked on the first call. */
  readonly current: () => Promise<unknown>;
}

/** A reason of `check` to refuse a patch. The page is told both members. */
export type CheckIssue = Pick<Issue, 'path' | 'message'>;

/** What `onRequest` is told. It holds no value of a patch and no key. */
export interface GatewayEvent {
  /** Of `x-request-id` or `traceparent`, or a new one. It is on the answer, and Palm is given it. */
  readonly requestId: string;
  /** `refused`: the request did not get as far as an action. */
  readonly action: Action | 'preflight' | 'refused';
  /** The ID by which Palm is asked. Set once the caller may ask. */
  readonly userId?: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** The code of the answer's problem details. */
  readonly code?: string;
  /** What Palm can have done. */
  readonly outcome?: PalmError['outcome'];
  readonly durationMs: number;
  /** HTTP status of Palm's answer. */
  readonly upstreamStatus?: number;
  /** Palm's own request ID, if it gave another. */
  readonly upstreamRequestId?: string;
  /** Names of what was to change: `metadata.notes`. */
  readonly fields?: readonly string[];
  /** The option whose function failed. */
  readonly hook?: string;
  /** What that function threw, or why the gateway or Palm failed. For the server's log alone. */
  readonly error?: unknown;
}

/** Options of {@link createGateway}. Times are in milliseconds. */
export interface GatewayOptions<M = Metadata, W extends keyof M = keyof WritableMetadata & keyof M> {
  /** `sk_test_…` or `sk_live_…`, or a function that gives it. It goes to Palm and nowhere else. While it is undefined, requests fail. */
  apiKey: string | undefined | (() => string | undefined | Promise<string | undefined>);
  /**
   * The Palm ID of whoever is signed in; undefined for nobody. That user is served
   * as `/v1/user/me` and under this ID. This or `authorize` is needed.
   */
  identify?: (request: Request) => string | null | undefined | Promise<string | null | undefined>;
  /**
   * Who may act on whom, for those who act on others. Only `true` lets the request
   * through: `'unauthenticated'` is answered by 401, anything else by 403. With
   * `identify`, it is asked about other users than the caller's own.
   */
  authorize?: (request: Request, userId: string, action: Action) => Authorization | Promise<Authorization>;
  /**
   * What a page may change. Nothing unless it is named. Name only what belongs to the person,
   * never rights, roles or tiers. With the option `metadata`, its marks name the keys.
   */
  writable?: { metadata?: readonly (keyof M & string)[]; display_name?: boolean };
  /**
   * What `defineMetadata` gave. A page may change the keys that it marks as writable, by
   * their schemas, and Palm is sent what the schemas give.
   */
  metadata?: MetadataRules<M, W, any>;
  /**
   * What of a user is answered beside `id`, `object`, the dates, `status`,
   * `display_name` and the writable metadata keys.
   */
  visible?: {
    metadata?: 'all' | readonly (keyof M & string)[];
    /** Full field IDs. */
    vault?: 'all' | readonly string[];
    verification?: boolean;
    fingerprints?: boolean;
  };
  /** Rules of one's own, asked once all others hold. It gives what is wrong, or nothing. */
  check?: (
    patch: UserPatch<Pick<M, W>>,
    context: CheckContext,
  ) => readonly CheckIssue[] | undefined | void | Promise<readonly CheckIssue[] | undefined | void>;
  /** The gateway's own origin as browsers see it, where a proxy stands in front. Several are several. */
  publicOrigin?: string | readonly string[];
  /** Further origins whose pages may call, such as `https://app.example.com`, or a function that knows them. */
  allowedOrigins?: readonly string[] | ((origin: string) => boolean);
  /** For pages of other origins: whether they may send cookies, and further headers that they may send. */
  cors?: { credentials?: boolean; allowedHeaders?: readonly string[] };
  /** Bytes of the body; more is cut off as it streams. 65,536. */
  maxBodyBytes?: number;
  /** For the whole body to arrive. 10,000. */
  bodyTimeoutMs?: number;
  /** Asked once a request: by user ID, or by `refused:` and the client's address for a caller who is refused. */
  rateLimiter?: RateLimiter;
  /** The client's address, for the rate limiter: `(request) => request.headers.get('cf-connecting-ip')` behind Cloudflare. No header is believed unless this names it. */
  clientAddress?: (request: Request) => string | null | undefined;
  /** Told once a request, when it is answered. A promise that it gives goes to `waitUntil`. Without it, failures are written to the console. */
  onRequest?: (event: GatewayEvent) => void | Promise<void>;
  /** For all functions of these options together, within one request. 10,000. */
  hookTimeoutMs?: number;
  /** What stands before `/v1/user/{id}` in the path, such as `/api/palm`. */
  basePath?: string;
  /** As of `updateUser`. */
  baseUrl?: string;
  /** As of `updateUser`; a service binding does. */
  fetch?: FetchLike | { fetch: FetchLike };
  /** As of `updateUser`. */
  timeoutMs?: number;
  limits?: Limits;
}

/** A fetch handler. `waitUntil` is the platform's, for what goes on after the answer. */
export type Gateway = (request: Request, context?: { waitUntil?(promise: Promise<unknown>): void }) => Promise<Response>;
