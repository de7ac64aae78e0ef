// Messages in other languages: a table in the place of the English one.

import { isPalmError, type PalmError } from './error.js';
import type { ErrorCode, IssueCode, MessageParams } from './generated.js';
import type { Issue } from './report.js';

/** A text with `{name}` for each parameter, or a function of the parameters. */
export type Message<P> = string | ((params: P) => string);

/** Codes whose messages have no parameters of ours. */
type OtherCode = Exclude<IssueCode, { [N in keyof MessageParams]: N extends `${infer C}.${string}` ? C : N }[keyof MessageParams]>;

/** Codes that have a message for each reason. */
type ReasonedCode = { [N in keyof MessageParams]: N extends `${infer C}.${string}` ? C : never }[keyof MessageParams];

/** The parameters of the message of an error. */
export interface ErrorParams {
  /** Requests that were sent. */
  readonly attempts: number;
  /** HTTP status of the last answer, if there was one. */
  readonly status?: number;
  /** Milliseconds that the server asked to wait; 0 if it named no time. */
  readonly retryAfterMs?: number;
}

/**
 * Messages by code, or by code and reason: `too_long` serves for all of them that
 * `too_long.key` is not given for. The codes are those of issues and of errors.
 */
export type Messages = {
  readonly [N in keyof MessageParams]?: Message<MessageParams[N]>;
} & {
  readonly [C in OtherCode | Exclude<ReasonedCode, keyof MessageParams>]?: Message<Readonly<Record<string, string | number>>>;
} & {
  readonly [C in Exclude<ErrorCode, IssueCode>]?: Message<ErrorParams>;
};

/**
 * The message of an issue, or of an error, in another language: that of the table, or its
 * own where the table has none. The messages of your schemas are not in it: they are yours.
 *
 * @example
 * ```js
 * const [issue] = validatePatch({ metadata: { language: 'de' } }, { limits: { maxKeys: 0 } }).errors;
 * messageOf(issue, { too_many_keys: 'Höchstens {limit} Einträge.' }); // 'Höchstens 0 Einträge.'
 * ```
 */
export function messageOf(given: Issue | PalmError, messages: Messages): string {
  const table = messages as Readonly<Record<string, Message<object> | undefined>>;
  const params: Readonly<Record<string, string | number>> = isPalmError(given) ? paramsOf(given) : { ...(given as Issue).params };
  // A code can come from a server: it must not find what every object inherits.
  const found = [`${given.code}.${params['reason']}`, given.code].find((name) => Object.hasOwn(table, name));
  const message = found === undefined ? undefined : table[found];
  if (typeof message === 'function') return message(params);
  if (typeof message !== 'string') return given.message;
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : whole));
}

function paramsOf({ attempts, status, retryAfterMs }: PalmError): Record<string, number> {
  return { attempts, ...(status !== undefined && { status }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
