// The fields of the vault, and what is kept of them.

import { fingerprint, isPalmError, type FingerprintKind } from 'palm-user';

import { refusal, type Result } from './problem.js';

interface FieldDefinition {
  /** Only unencrypted fields come back in a user's `vault`. */
  readonly encrypted: boolean;
  /** The field a search can find a user by. */
  readonly fingerprint?: Extract<FingerprintKind, 'email' | 'phone'>;
}

const FIELDS: Readonly<Record<string, FieldDefinition>> = {
  'identity.first_name': { encrypted: false },
  'identity.last_name': { encrypted: false },
  'address.country': { encrypted: false },
  'identity.email': { encrypted: true, fingerprint: 'email' },
  'identity.phone': { encrypted: true, fingerprint: 'phone' },
  'identity.date_of_birth': { encrypted: true },
  'identity.national_id': { encrypted: true },
};

const MAX_LENGTH = 1000;

/** What a write to the vault changes; null removes. */
export interface VaultChange {
  /** Of unencrypted fields, to be stored and shown. */
  readonly values: ReadonlyMap<string, string | null>;
  readonly fingerprints: ReadonlyMap<'email' | 'phone', string | null>;
}

/**
 * Reads a write to the vault. Only the fingerprint of an encrypted field leaves
 * this function: the sandbox has no vault to keep the value in.
 */
export function readVault(document: unknown): Result<VaultChange> {
  const values = new Map<string, string | null>();
  const fingerprints = new Map<'email' | 'phone', string | null>();
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return { refusal: refusal(400, 'vault must be an object of fields.') };
  }
  for (const [field, value] of Object.entries(document)) {
    const definition = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (definition === undefined) {
      const known = Object.keys(FIELDS).join(', ');
      return { refusal: refusal(400, `vault has an unknown field; known are ${known}.`) };
    }
    if (value !== null && (typeof value !== 'string' || value.length > MAX_LENGTH)) {
      const detail = `${field} must be null or a string of at most ${MAX_LENGTH} characters.`;
      return { refusal: refusal(400, detail) };
    }
    if (!definition.encrypted) values.set(field, value);
    if (definition.fingerprint !== undefined) {
      const made = fingerprintOf(field, value, definition.fingerprint);
      if ('refusal' in made) return made;
      fingerprints.set(definition.fingerprint, made.value);
    }
  }
  return { value: { values, fingerprints } };
}

/** The fingerprint, or a refusal that names the field and the fault, not the value. */
export function fingerprintOf(
  name: string,
  value: string | null,
  kind: FingerprintKind,
): Result<string | null> {
  try {
    return { value: value === null ? null : fingerprint(value, kind) };
  } catch (error) {
    if (!isPalmError(error, 'invalid_value')) throw error;
    return { refusal: refusal(400, `${name}: ${error.message}`) };
  }
}
