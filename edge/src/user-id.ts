// The two names of a user: a UUID in answers, a handle in paths.

/** The handle of a UUID: a path may hold either, and both lead to one Durable Object. */
export function handleOf(uuid: string): string {
  return `palm_usr_${uuid.replaceAll('-', '').slice(0, 16)}`;
}

/** The handle that a path's segment names, or undefined where it names no user. */
export function readHandle(segment: string): string | undefined {
  let id: string;
  try {
    id = decodeURIComponent(segment).toLowerCase();
  } catch {
    return undefined;
  }
  if (/^palm_usr_[0-9a-f]{16}$/.test(id)) return id;
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? handleOf(id) : undefined;
}
