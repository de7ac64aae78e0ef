// The options of a store, checked when it is made.

import { OBJECT, kindOf } from '#glue';

import { applyPatch } from '../rules.js';
import { checkUser, failure } from './failure.js';
import type { StoreUser, UserStoreOptions } from './types.js';

const KNOWN = ['userId', 'user', 'send', 'read', 'state', 'limits', 'metadata', 'onFailure', 'retry', 'staleAfterMs', 'timeoutMs', 'onError', 'persist'];
const RETRY = ['minDelayMs', 'maxDelayMs'];

/** @throws `PalmError` `invalid_options`; `invalid_value` where the user is none. */
export function checkOptions<U extends StoreUser>(options: UserStoreOptions<U>): void {
  checkNames(options, KNOWN, 'options');
  const { userId, user, send, read, limits, metadata, onFailure, retry, staleAfterMs, timeoutMs, onError, persist } = options;
  if (typeof userId !== 'string' || userId === '') throw invalid('userId is missing: the ID in the path, such as palm_usr_….');
  if (typeof send !== 'function') throw invalid('send is missing: a function that sends a patch.');
  for (const [name, value] of Object.entries({ read, onFailure, onError })) {
    if (value !== undefined && typeof value !== 'function') throw invalid(`${name} must be a function.`);
  }
  if (persist !== undefined && typeof persist?.share !== 'function') throw invalid('persist must be what the function persist gives: persist({ key }).');
  if (retry !== undefined && retry !== false) checkNames(retry, RETRY, 'retry');
  const { minDelayMs, maxDelayMs } = retry || {};
  for (const [name, value] of Object.entries({ minDelayMs, maxDelayMs, timeoutMs, staleAfterMs })) {
    if (value === undefined) continue;
    const isTime = Number.isFinite(value) && value >= (name === 'staleAfterMs' ? 0 : 1);
    if (!isTime) throw invalid(`${name} must be a number of milliseconds.`);
  }
  if (user === undefined) throw invalid('user is missing: the user as the server last gave it.');
  checkUser(user, undefined, 'invalid_value');
  // The rules check the limits, the metadata, and what else a user must be. Without
  // them the module need not be there yet: nothing waits for it before the first edit.
  const isPlain = kindOf(user) === OBJECT && kindOf(user.metadata) === OBJECT;
  if (limits || metadata || !isPlain) applyPatch(user, {}, { ...(limits && { limits }), ...(metadata && { metadata }) });
}

function checkNames(object: object, known: readonly string[], what: string): void {
  if (typeof object !== 'object' || object === null) throw invalid(`${what} must be an object.`);
  for (const name of Object.keys(object)) {
    if (known.includes(name)) continue;
    const [likely] = known.filter((other) => likeness(name, other) > 0.5).sort((a, b) => likeness(name, b) - likeness(name, a));
    throw invalid(`${name.slice(0, 40)} is not one of the ${what}; ${likely === undefined ? `there are ${known.join(', ')}` : `did you mean ${likely}?`}`);
  }
}

/** How much of their pairs of letters two names share (Sørensen and Dice): from 0 to 1. */
function likeness(a: string, b: string): number {
  const [one, other] = [pairs(a), pairs(b)];
  return (2 * one.filter((pair) => other.includes(pair)).length) / (one.length + other.length);
}

function pairs(name: string): string[] {
  return Array.from({ length: Math.min(name.length, 40) }, (_, at) => name.slice(at, at + 2).toLowerCase());
}

function invalid(message: string): Error {
  return failure('invalid_options', message);
}
