/**
 * Change a user of the Palm identity API: validate a patch, show its result
 * before the server has answered, fingerprint e-mails and phones, make the call.
 *
 * @packageDocumentation
 */

export { getUser, updateUser } from './update-user/call.js';
export { requestIdOf } from './update-user/request-id.js';
export { PalmError, isPalmError } from './error.js';
export type { PalmErrorDetails, PalmErrorOf, Problem } from './error.js';
export type { ErrorCode, FingerprintKind, IssueCode, MessageParams, Outcome, Severity, ValueKind } from './generated.js';
export { ready } from './ready.js';
export {
  applyPatch,
  composePatches,
  diffUsers,
  fingerprint,
  fingerprintMany,
  invertPatch,
  validatePatch,
} from './rules.js';
export type { FingerprintManyOptions, FingerprintOptions, FingerprintReport } from './fingerprint-many.js';
export type { Issue, IssueOf, ParamsOf, Report } from './report.js';
export { messageOf } from './messages.js';
export type { ErrorParams, Message, Messages } from './messages.js';
export { defineMetadata } from './metadata.js';
export type { JsonSchemas, MetadataRules, MetadataSchemas } from './metadata.js';
export { createPatchSchema, patchSchema } from './schema.js';
export type { PatchInput, PatchSchema, PatchSchemaOptions, PatchSchemaResult } from './schema.js';
export type { InputOf, OutputOf, StandardIssue, StandardResult, StandardSchema } from './standard-schema.js';
export { createUserStore } from './store/store.js';
export { indexedDBStorage } from './store/indexed-db.js';
export { warnBeforeLeaving } from './store/warn-before-leaving.js';
export { persist } from './store/persist.js';
export type {
  Conflict,
  EditHandle,
  FieldPath,
  FieldState,
  FieldValue,
  PendingEdit,
  Persistence,
  PersistOptions,
  PersistProblem,
  QueueStorage,
  ReadUser,
  SendPatch,
  Snapshot,
  StoreUser,
  UserStore,
  UserStoreOptions,
  WritableKey,
} from './store/types.js';
export type {
  AnyMetadata,
  Attempt,
  CurrentUser,
  FetchLike,
  GetUserOptions,
  Json,
  JsonOf,
  Limits,
  Metadata,
  MetadataPatch,
  PatchBody,
  Register,
  UpdateUserOptions,
  User,
  UserLike,
  UserMetadata,
  UserPatch,
  Verification,
  WritableMetadata,
} from './types.js';
