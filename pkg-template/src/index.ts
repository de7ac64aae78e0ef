/**
 * Change a user of the Palm identity API: validate a patch, show its result
 * before the server has answered, fingerprint e-mails and phones, make the call.
 *
 * @packageDocumentation
 */

export { getUser, updateUser } from './update-user/call.js';
export { requestIdOf } from './update-user/request-id.js';
export { PalmError, isPalmError } from './error.js';
export type { PalmErrorDetails, Problem } from './error.js';
export type { ErrorCode, FingerprintKind, IssueCode, Outcome, Severity } from './generated.js';
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
export { patchSchema } from './schema.js';
export type { PatchSchema, PatchSchemaResult } from './schema.js';
export { createUserStore } from './store/store.js';
export { indexedDBStorage } from './store/indexed-db.js';
export { persist } from './store/persist.js';
export type {
  Conflict,
  EditHandle,
  FieldPath,
  FieldState,
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
} from './store/types.js';
export type {
  Attempt,
  FetchLike,
  GetUserOptions,
  Issue,
  Json,
  Limits,
  Report,
  UpdateUserOptions,
  User,
  UserPatch,
  Verification,
} from './types.js';
