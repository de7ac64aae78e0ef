// What a page may change, by the rules, by `writable`, and by `check`.

import { PalmError } from '../error.js';
import { validatePatch } from '../rules.js';
import type { User, UserPatch } from '../types.js';
import { misuse } from './hooks.js';
import type { CheckContext, CheckIssue } from './options.js';
import { Refusal, type RefusedIssue } from './refusal.js';
import type { Settings } from './settings.js';
import type { Visit } from './visit.js';

/** The most issues that a refusal lists, as many as a report. */
const MOST_ISSUES = 100;

/** The patch as it is sent. @throws `Refusal` */
export function checkPatch(given: unknown, visit: Visit, { limits, metadata, writable }: Settings): UserPatch {
  const { report, patch } = metadata?.['~read'](given, limits, 'page') ?? { report: validatePatch(given, limits), patch: given as UserPatch };
  // A key such as __proto__ in a stranger's request is no accident.
  const refused = [...report.errors, ...report.warnings.filter(({ code }) => code === 'unsafe_key')];
  const [first] = refused;
  // Parsed JSON is always readable, so these codes mean that the rules could not run.
  if (first?.code === 'unsupported_engine' || first?.code === 'not_ready' || first?.code === 'unreadable') {
    const code = first.code === 'unreadable' ? 'internal' : first.code;
    throw new PalmError({ code, message: first.message, outcome: 'not_sent' });
  }
  if (first !== undefined) throw new Refusal(refused.every(isForeign) ? 'field_not_allowed' : 'invalid_patch', { issues: refused });
  const paths = pathsOf(patch);
  const isWritable = ([field = '', key]: readonly string[]): boolean => (key === undefined ? writable.fields.has(field) : writable.metadata.has(key));
  const foreign = paths.filter((path) => !isWritable(path)).slice(0, MOST_ISSUES);
  if (foreign.length > 0) throw notWritable(foreign);
  visit.known.fields = paths.map((path) => path.join('.'));
  return patch;
}

/** Whether an issue is about a key that a page may not write, even an unknown one. */
function isForeign({ code }: { readonly code: string }): boolean {
  return code === 'field_not_allowed' || code === 'unknown_key';
}

/** The paths that a patch changes: one for each metadata key, and one for each other field. */
function pathsOf({ metadata, ...fields }: UserPatch): string[][] {
  return [...Object.keys(metadata ?? {}).map((key) => ['metadata', key]), ...Object.keys(fields).map((field) => [field])];
}

function notWritable(paths: readonly string[][]): Refusal {
  const issues = paths.map((path): RefusedIssue => ({ code: 'field_not_allowed', path, message: 'This field may not be changed here.' }));
  return new Refusal('field_not_allowed', { issues });
}

/** Runs `check`. @throws `Refusal` or `HookFailure` */
export async function checkByHook(patch: UserPatch, context: CheckContext & { current: () => Promise<User> }, visit: Visit, { check }: Settings): Promise<void> {
  if (check === undefined) return;
  // It gets a copy, so it cannot change what is sent.
  const found: unknown = await visit.run('check', () => check(structuredClone(patch), context));
  if (found === undefined) return;
  if (!Array.isArray(found) || !found.every(isIssue)) throw misuse('check', 'check must return a list of issues with path and message, or undefined.');
  if (found.length === 0) return;
  const issues = found.slice(0, MOST_ISSUES).map(({ path, message }) => ({ code: 'custom', path: path.map(String), message }));
  throw new Refusal('invalid_patch', { issues });
}

function isIssue(found: CheckIssue | undefined): boolean {
  return Array.isArray(found?.path) && typeof found?.message === 'string';
}
