// The two names of a user: a UUID in answers, a handle in paths.

/** What a segment of a path names. */
export interface Name {
  readonly handle: string;
  /** Set where the segment is a UUID: the user must have the whole of it. */
  readonly uuid?: string;
}

const PREFIX = 'palm_usr_';

/** The handle of a UUID: its first 16 digits. A path may hold either. */
export function handleOf(uuid: string): string {
  return PREFIX + uuid.replaceAll('-', '').slice(0, 16);
}

/** What a segment of a path names; undefined where that is no user. */
export function readName(segment: string): Name | undefined {
  let id: string;
  try {
    id = decodeURIComponent(segment).toLowerCase();
  } catch {
    return undefined;
  }
  if (/^palm_usr_[0-9a-f]{16}$/.test(id)) return { handle: id };
  return isUuid(id) ? { handle: handleOf(id), uuid: id } : undefined;
}

/** In lower case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
