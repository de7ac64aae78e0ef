// Problem details (RFC 9457): the server's own account of a failure.

import type { PalmErrorDetails, Problem } from '../error.js';
import { pointer } from '../pointer.js';
import type { Issue } from '../report.js';

/** The members of a problem document, without a prototype. */
export type ProblemDocument = Readonly<Record<string, unknown>>;

/** A longer text is cut to this many characters. */
const LONGEST = 1_000;
/** The most issues that an error lists, as many as a report. */
const MOST_ISSUES = 100;

/** The members of a document; undefined if it is not an object. */
export function membersOf(document: unknown): ProblemDocument | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  return Object.assign(Object.create(null) as Record<string, unknown>, document);
}

/** The members that the RFC names. */
export function problemOf(document: ProblemDocument | undefined): Problem | undefined {
  if (document === undefined) return undefined;
  const { type, title, status, detail } = document;
  const members = Object.entries({ type: textOf(type), title: textOf(title), status: statusOf(status), detail: textOf(detail) });
  const present = members.filter(([, value]) => value !== undefined);
  return present.length === 0 ? undefined : Object.fromEntries(present);
}

/** A gateway's own message and issues, for the error. */
export function saidByGateway({ detail, issues }: ProblemDocument): Pick<Partial<PalmErrorDetails>, 'message' | 'issues'> {
  const said: ReturnType<typeof saidByGateway> = {};
  const message = textOf(detail);
  if (message) said.message = message;
  const found = Array.isArray(issues) ? issues.slice(0, MOST_ISSUES).flatMap(issueOf) : [];
  if (found.length > 0) said.issues = found;
  return said;
}

function issueOf(given: unknown): Issue[] {
  const { code, path, message, params } = membersOf(given) ?? {};
  const isIssue = typeof code === 'string' && /^\w{1,64}$/.test(code) && typeof message === 'string' && isPath(path);
  if (!isIssue) return [];
  const issue = { code, severity: 'error', path, pointer: pointer(path), message: message.slice(0, LONGEST) };
  const filled = Object.entries(membersOf(params) ?? {}).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return [(filled.length === 0 ? issue : { ...issue, params: Object.fromEntries(filled) }) as Issue];
}

function isPath(path: unknown): path is string[] {
  return Array.isArray(path) && path.every((key) => typeof key === 'string');
}

function textOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function statusOf(status: unknown): number | undefined {
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}
