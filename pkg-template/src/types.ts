// Documents of the Palm API, and what the functions take and give.

import type { PalmError } from './error.js';
import type { MetadataRules } from './metadata.js';

/** A JSON value (RFC 8259). */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * `T` if JSON can carry it, and something else if not. Unlike {@link Json}, it takes
 * interfaces and optional members.
 */
export type JsonOf<T> = T extends Json
  ? T
  : T extends readonly (infer E)[]
    ? readonly JsonOf<E>[]
    : T extends (...args: never[]) => unknown
      ? never
      : T extends object
        ? { [K in keyof T]: JsonOf<Exclude<T[K], undefined>> | Extract<T[K], undefined> }
        : never;

/** Metadata whose keys nobody declared. */
export type AnyMetadata = Record<string, Json>;

/** A user whose metadata may be of any type: what is only read of one. */
export interface UserLike {
  readonly metadata: object;
}

/**
 * Empty. A project declares its metadata here, once, and every type follows.
 *
 * @example
 * ```ts
 * declare module 'palm-user' {
 *   interface Register {
 *     metadata: typeof metadata; // what `defineMetadata` gave
 *   }
 * }
 * ```
 */
export interface Register {}

/** The metadata that is registered. */
export type Metadata = Register extends { metadata: MetadataRules<infer M, any, any> } ? M : AnyMetadata;

/** The part of it that a page may write. */
export type WritableMetadata = Register extends { metadata: MetadataRules<infer M, infer W, any> } ? Pick<M, W & keyof M> : AnyMetadata;

/** Whether the keys are declared. */
type Declares<M> = string extends keyof M ? false : true;

/** Metadata as it is read: any key may be absent. */
export type UserMetadata<M> = Declares<M> extends true ? { readonly [K in keyof M]?: Exclude<M[K], undefined> } : Readonly<AnyMetadata>;

/** Metadata as it is written: null removes a key whose schema takes undefined. */
export type MetadataPatch<M> = Declares<M> extends true
  ? { [K in keyof M]?: Exclude<M[K], undefined> | (undefined extends M[K] ? null : never) }
  : AnyMetadata;

/** A known string, or one that the API adds later. */
type Open<T extends string> = T | (string & {});

/** The result of an identity check. */
export interface Verification {
  /** A UUID. */
  readonly id: string;
  readonly risk_level: Open<'low' | 'medium' | 'high' | 'critical'>;
  readonly workflow: { readonly name: string; readonly version: number };
  /** ISO 8601. */
  readonly executed_at: string;
}

/** A user, as Palm answers with it. */
export interface User<M = Metadata> {
  /** A UUID. */
  readonly id: string;
  readonly object: 'user';
  /** ISO 8601. */
  readonly created_at: string;
  /** ISO 8601; set by the server only. */
  readonly updated_at: string;
  /** Up to 50 custom pairs. */
  readonly metadata: UserMetadata<M>;
  readonly status: Open<'active' | 'suspended' | 'deleted'>;
  /** null: never verified. */
  readonly verification: Verification | null;
  readonly display_name?: string | null;
  /** Opaque: Palm does not document how it normalises before it hashes. */
  readonly email_fingerprint?: string | null;
  /** Opaque, as `email_fingerprint`. */
  readonly phone_fingerprint?: string | null;
  /** Cached values by full field ID, of fields that are not encrypted. */
  readonly vault?: Readonly<Record<string, Json>>;
}

/** What is needed of a user to count its keys. A gateway may have left out the rest. */
export type CurrentUser = UserLike & Partial<Omit<User<AnyMetadata>, 'metadata'>>;

/** The body of `PATCH /v1/user/{user_id}`: everything that can be written. */
// By way of another type: compared by `M`, a patch of some keys were none of all keys.
export type UserPatch<M = Metadata> = PatchBody<MetadataPatch<M>>;

/** A {@link UserPatch} by what its metadata may hold. */
export interface PatchBody<P> {
  /** Merged with what is stored, one level deep; null removes the key. */
  metadata?: P;
  /** Replaces the name. */
  display_name?: string;
}

/** How large a patch may be. Lengths count Unicode code points. */
export interface Limits {
  /** Metadata keys of the user after the patch; 50, as Palm documents. */
  maxKeys?: number;
  /** Length of a metadata key that is set; no limit unless set. */
  maxKeyLength?: number;
  /** Length of a metadata value that is a string; no limit unless set. */
  maxValueLength?: number;
  /** Length of `display_name`; no limit unless set. */
  maxDisplayNameLength?: number;
}

/** The part of `fetch` that is used. */
export type FetchLike = (input: string, init?: RequestInit) => Promise<Response>;

/** What `onAttempt` is told after each attempt. */
export interface Attempt {
  /** From 1. */
  readonly attempt: number;
  /** HTTP status, if there was an answer. */
  readonly status?: number;
  /** The answer's `x-request-id`. */
  readonly requestId?: string;
  /** Milliseconds, body included. */
  readonly durationMs: number;
  /** Milliseconds until the next attempt, if there is one. */
  readonly retryInMs?: number;
  /** What went wrong, if anything. */
  readonly error?: PalmError;
}

/** Options of {@link updateUser}. Times are in milliseconds. */
export interface UpdateUserOptions<M = Metadata> {
  /** `sk_test_…` or `sk_live_…`, or a function that gives it. Left out: your own gateway authenticates. */
  apiKey?: string | undefined | (() => string | undefined | Promise<string | undefined>);
  /** `https://api.getpalm.com` unless set. https, or http on a loopback host. */
  baseUrl?: string;
  /** The fetch to call, or an object with a `fetch` method such as a service binding. The global one unless set. */
  fetch?: FetchLike | { fetch: FetchLike };
  /** Ends the call wherever it is: waiting for the key, sending, reading, backing off. */
  signal?: AbortSignal;
  /** One attempt, body included; 30,000. */
  timeoutMs?: number;
  /** The whole call, waits included; no limit unless set. */
  totalTimeoutMs?: number;
  /** Attempts after the first, on 408, 429, 5xx and lost connections; 2. */
  maxRetries?: number;
  /** The longest `Retry-After` that is waited for; 60,000. Over it the call fails at once. */
  maxRetryAfterMs?: number;
  /** Further headers. `content-type` and `accept` are the call's own. */
  headers?: Record<string, string>;
  /** The user as it is, so that the 50 keys are counted on the merged result. */
  current?: CurrentUser;
  limits?: Limits;
  /** What `defineMetadata` gave: its schemas are asked before anything is sent, and what they give is sent. */
  metadata?: MetadataRules<M, any, any>;
  /** A key in a browser is readable by everybody and is refused without this. */
  dangerouslyAllowBrowser?: boolean;
  /** Told after each attempt; what it throws is ignored. */
  onAttempt?: (attempt: Attempt) => void;
}

/** Options of `getUser`: those of `updateUser` that do not belong to a patch. */
export type GetUserOptions = Omit<UpdateUserOptions, 'current' | 'limits' | 'metadata'>;
