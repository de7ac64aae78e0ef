// Metadata of one's own: a schema for each key, and who may write it.

import { invalidPatch } from '#report';

import { PalmError, type PalmErrorDetails } from './error.js';
import { hold, run } from './instance.js';
import { pointer } from './pointer.js';
import type { InputOf, OutputOf, StandardResult, StandardSchema } from './standard-schema.js';
import type { Issue, IssueOf, Report } from './report.js';
import type { AnyMetadata, Json, JsonOf, UserPatch } from './types.js';
import { withoutValue } from './without-value.js';

/** A synchronous Standard Schema for each key. */
export type MetadataSchemas = Readonly<Record<string, StandardSchema>>;

/** Takes the schemas whose output is JSON, or undefined where the key may be absent. */
export type JsonSchemas<S extends MetadataSchemas> = {
  readonly [K in keyof S]: [OutputOf<S[K]>] extends [JsonOf<Exclude<OutputOf<S[K]>, undefined>> | undefined] ? S[K] : StandardSchema<unknown, Json | undefined>;
};

/**
 * Metadata as {@link defineMetadata} declares it. `M` is what the keys hold, `W` the
 * keys that a page may write, `I` what their schemas take.
 */
export interface MetadataRules<M = AnyMetadata, W = keyof M, I = M> {
  /** All keys. A key that is not among them cannot be written. */
  readonly keys: readonly string[];
  /** The keys that are the person's own: a page may write them. */
  readonly writable: readonly (W & string)[];
  /** For the compiler only. */
  readonly '~types'?: { readonly metadata: M; readonly input: I; readonly writable: W };
  /** @internal Here, so that a page without rules has none of this. */
  readonly '~read': ReadByRules;
  /** @internal */
  readonly '~conform': Conform;
}

/** Who writes: the server every key, a page those that are marked. */
export type Writer = 'server' | 'page';

/** The report of a patch, and the patch as the schemas give it. Where the report has errors, what could be read of it. */
export type ReadByRules = (patch: unknown, options: unknown, writer: Writer) => { report: Report; patch: UserPatch };

/** The patch as the schemas give it. @throws `PalmError` `invalid_patch` */
export type Conform = (patch: unknown, options: unknown, writer: Writer) => UserPatch;

/**
 * Declares the metadata of a project: a Standard Schema (valibot, zod, arktype or one of
 * your own) for each key, and which keys a page may write. Types, validation, forms, store
 * and gateway obey it where they are given it as `metadata`.
 *
 * - A key without a schema cannot be written.
 * - Nothing is writable from a page unless `writable` names it.
 * - What a schema gives is what is written: it may trim or convert. undefined removes the key.
 * - null removes a key, if its schema takes undefined.
 * - A message in which a value appears has `…` in its place.
 *
 * @param schemas - Synchronous. One that gives a promise, or throws, is an `invalid_options`.
 * @param options - `writable`: The keys that are the person's own, such as notes or a language. Not rights, roles or tiers.
 * @throws `PalmError` `invalid_options`.
 *
 * @example
 * ```ts
 * import { defineMetadata } from 'palm-user';
 * import * as v from 'valibot';
 *
 * export const metadata = defineMetadata(
 *   {
 *     customer_tier: v.picklist(['basic', 'premium']),
 *     notes: v.optional(v.pipe(v.string(), v.maxLength(500))),
 *   },
 *   { writable: ['notes'] },
 * );
 * ```
 */
export function defineMetadata<const S extends MetadataSchemas, const W extends keyof S & string = never>(
  schemas: S & JsonSchemas<S>,
  options: { readonly writable?: readonly W[] } = {},
): MetadataRules<{ -readonly [K in keyof S]: OutputOf<S[K]> }, W, { -readonly [K in keyof S]: InputOf<S[K]> }> {
  if (typeof schemas !== 'object' || schemas === null || Array.isArray(schemas)) fail('defineMetadata takes an object with a schema for each key.');
  if (typeof options !== 'object' || options === null) fail('The options of defineMetadata must be an object.');
  const entries = Object.entries<StandardSchema>(schemas);
  const schemaOf = new Map(entries);
  for (const [key, schema] of entries) {
    if (typeof schema?.['~standard']?.validate !== 'function') fail(`${nameOf(key)} has no Standard Schema.`);
  }
  for (const name of Object.keys(options)) {
    if (name !== 'writable') fail('The options of defineMetadata have one member: writable.');
  }
  const { writable = [] } = options;
  const strange = Array.isArray(writable) ? writable.find((key) => !schemaOf.has(key)) : writable;
  if (strange !== undefined) fail('writable must be a list of keys that have a schema.');
  const keys = Object.freeze([...schemaOf.keys()]);
  const own = Object.freeze([...new Set(writable)]);
  const readBy: ReadByRules = (patch, given, writer) => read(patch, given, writer === 'page' ? own : keys, schemaOf, writer);
  const conform: Conform = (patch, given, writer) => {
    const { report, patch: conformed } = readBy(patch, given, writer);
    if (!report.valid) throw new PalmError(invalidPatch(report.errors) as PalmErrorDetails);
    return conformed;
  };
  return Object.freeze({ keys, writable: own, '~read': readBy, '~conform': conform });
}

type Schemas = ReadonlyMap<string, StandardSchema>;

function read(given: unknown, options: unknown, keys: readonly string[], schemas: Schemas, writer: Writer): ReturnType<ReadByRules> {
  const first = readByCore(given, options, keys, writer);
  const { metadata } = first.patch as { metadata?: Record<string, Json> };
  if (metadata === undefined) return first;
  const issues: Issue[] = [];
  const written: [string, Json][] = [];
  let isChanged = false;
  for (const [key, value] of Object.entries(metadata)) {
    const schema = schemas.get(key);
    const output = schema && ask(schema, key, value, issues);
    if (output === undefined) continue;
    isChanged ||= output.value !== value;
    written.push([key, output.value]);
  }
  // A report lists 100.
  const room = MOST_ISSUES - first.report.errors.length;
  if (issues.length > 0) {
    const errors = [...first.report.errors, ...issues.slice(0, room)];
    return { ...first, report: { ...first.report, valid: false, errors, ...(issues.length > room && { truncated: true as const }) } };
  }
  if (!isChanged || !first.report.valid) return first;
  // What a schema made of a value is held to the same rules as a value.
  return readByCore({ ...first.patch, metadata: Object.fromEntries(written) }, options, keys, writer);
}

const MOST_ISSUES = 100;

function readByCore(patch: unknown, options: unknown, keys: readonly string[], writer: Writer): ReturnType<ReadByRules> {
  const found = run((core) => core.readPatch(hold(patch), hold(options), hold(keys))) as ReturnType<ReadByRules>;
  if (writer === 'server' || found.report.valid) return found;
  // A page is not told which other keys there are.
  const errors = found.report.errors.map((issue) => (issue.code === 'unknown_key' && issue.params === undefined ? notWritable(issue.path) : issue));
  return { ...found, report: { ...found.report, errors } };
}

/** An issue for a key that a page may not write. */
function notWritable(path: readonly string[]): Issue {
  return issue('field_not_allowed', path, 'This field may not be changed here.');
}

/** What the schema makes of a value; undefined where it refuses it. */
function ask(schema: StandardSchema, key: string, value: Json, issues: Issue[]): { value: Json } | undefined {
  const isRemoved = value === null;
  const given = attempt(() => schema['~standard'].validate(isRemoved ? undefined : value)) ?? fail(`The schema of ${nameOf(key)} threw.`);
  const [result] = given;
  const read = attempt(() => resultOf(result, key, value)) ?? fail(`The schema of ${nameOf(key)} gave no result.`);
  const [{ output, found, isPromise }] = read;
  if (isPromise) fail(`The schema of ${nameOf(key)} is asynchronous.`);
  if (found === undefined) return { value: isRemoved ? null : (output ?? null) };
  if (isRemoved) issues.push(issue('required_key', ['metadata', key], 'This key cannot be removed.'));
  else issues.push(...found);
  return undefined;
}

interface ResultRead {
  output?: Json | undefined;
  found?: Issue[];
  isPromise?: boolean;
}

/** @throws whatever a result that is none throws. */
function resultOf(result: unknown, key: string, value: Json): ResultRead {
  if (isPromise(result)) {
    result.then(undefined, () => undefined);
    return { isPromise: true };
  }
  if (typeof result !== 'object') throw undefined;
  const { issues } = result as StandardResult<unknown>;
  if (!issues) return { output: (result as { value: Json | undefined }).value };
  const found: Issue[] = [];
  for (const { message, path } of issues) {
    if (typeof message !== 'string') throw undefined;
    // Not by `map`: the paths of arktype are a class of their own.
    const below = Array.from(path ?? [], (step) => String(typeof step === 'object' ? step.key : step));
    found.push(issue('invalid_metadata', ['metadata', key, ...below], withoutValue(message, value)));
    // One more than is listed says that there are more.
    if (found.length > MOST_ISSUES) break;
  }
  if (found.length === 0) throw undefined;
  return { found };
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as PromiseLike<unknown> | undefined)?.then === 'function';
}

/** What a function gives, in a list; undefined where it throws: that can hold a value. */
function attempt<T>(run: () => T): [T] | undefined {
  try {
    return [run()];
  } catch {
    return undefined;
  }
}

function issue<C extends 'field_not_allowed' | 'invalid_metadata' | 'required_key'>(code: C, path: readonly string[], message: string): IssueOf<C> {
  return { code, severity: 'error', path, pointer: pointer(path), message };
}

/** A key in a message of ours. */
function nameOf(key: string): string {
  return `metadata.${key.slice(0, 40)}`;
}

function fail(message: string): never {
  throw new PalmError({ code: 'invalid_options', message, outcome: 'not_sent' });
}
