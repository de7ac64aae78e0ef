// Messages in other languages: a table in the place of the English one.

import type { IssueCode, MessageParams } from './generated.js';
import type { Issue } from './report.js';

/** A text with `{name}` for each parameter, or a function of the parameters. */
export type Message<P> = string | ((params: P) => string);

/** Codes whose messages have no parameters of ours. */
type OtherCode = Exclude<IssueCode, { [N in keyof MessageParams]: N extends `${infer C}.${string}` ? C : N }[keyof MessageParams]>;

/** Codes that have a message for each reason. */
type ReasonedCode = { [N in keyof MessageParams]: N extends `${infer C}.${string}` ? C : never }[keyof MessageParams];

/**
 * Messages by code, or by code and reason: `too_long` serves for all of them that
 * `too_long.key` is not given for.
 */
export type Messages = {
  readonly [N in keyof MessageParams]?: Message<MessageParams[N]>;
} & {
  readonly [C in OtherCode | Exclude<ReasonedCode, keyof MessageParams>]?: Message<Readonly<Record<string, string | number>>>;
};

/**
 * The message of an issue in another language: that of the table, or the issue's own
 * where the table has none. The messages of your schemas are not in it: they are yours.
 *
 * @example
 * ```js
 * const [issue] = validatePatch({ metadata: { language: 'de' } }, { limits: { maxKeys: 0 } }).errors;
 * messageOf(issue, { too_many_keys: 'Höchstens {limit} Einträge.' }); // 'Höchstens 0 Einträge.'
 * ```
 */
export function messageOf(issue: Issue, messages: Messages): string {
  const table = messages as Readonly<Record<string, Message<object> | undefined>>;
  const params: Readonly<Record<string, string | number>> = { ...issue.params };
  // A code can come from a server: it must not find what every object inherits.
  const found = [`${issue.code}.${params['reason']}`, issue.code].find((name) => Object.hasOwn(table, name));
  const message = found === undefined ? undefined : table[found];
  if (typeof message === 'function') return message(params);
  return message?.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : whole)) ?? issue.message;
}
