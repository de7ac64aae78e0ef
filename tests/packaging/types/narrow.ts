// What a code says of an error and of an issue.

import { isPalmError, messageOf, type Issue, type Messages, type ValueKind } from 'palm-user';

declare const error: unknown;

if (isPalmError(error, 'invalid_patch')) {
  const first: Issue | undefined = error.issues[0];
  void first;
}
if (isPalmError(error, 'field_not_allowed')) error.issues.map(({ path }) => path);
if (isPalmError(error, 'rate_limited')) {
  const wait: number = error.retryAfterMs;
  void wait;
}
if (isPalmError(error, 'network')) {
  // @ts-expect-error a lost connection has no issues
  error.issues.length;
}
if (isPalmError(error)) {
  switch (error.code) {
    case 'invalid_patch':
      error.issues.length;
      break;
    case 'rate_limited':
      error.retryAfterMs.toFixed();
      break;
    default:
      // @ts-expect-error nothing is known of the others
      error.retryAfterMs.toFixed();
  }
}
// @ts-expect-error a code that there is not
isPalmError(error, 'rate_limit');

export function explain(issue: Issue): string {
  switch (issue.code) {
    case 'too_many_keys':
      return `${issue.params?.actual.toFixed()} of ${issue.params?.limit.toFixed()}`;
    case 'not_an_object': {
      const actual: ValueKind | undefined = issue.params?.actual;
      return String(actual);
    }
    case 'unknown_key':
      return issue.params !== undefined && 'suggestion' in issue.params ? issue.params.suggestion : '';
    case 'cyclic':
      // @ts-expect-error this message has no limit
      return String(issue.params?.limit);
    default:
      return issue.message;
  }
}

const german: Messages = {
  too_many_keys: 'Höchstens {limit} Einträge.',
  too_long: ({ actual, limit }) => `${actual.toFixed()} von ${limit.toFixed()} Zeichen`,
  'invalid_email.no_at': 'Es fehlt das @.',
  invalid_email: 'Keine E-Mail-Adresse.',
  rate_limited: ({ retryAfterMs = 0 }) => `Noch ${(retryAfterMs / 1000).toFixed()} s.`,
  // @ts-expect-error a code that there is not
  too_manny_keys: '',
};
if (isPalmError(error)) messageOf(error, german).trim();
declare const issue: Issue;
export const text: string = messageOf(issue, german);
