// Reads the JSON of a request, up to a maximum size.

import { refusal, type Result } from './problem.js';

const MAX_BYTES = 1024 * 1024;

export async function readJson(request: Request): Promise<Result<unknown>> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    return { refusal: refusal(415, 'Send content-type: application/json.') };
  }
  const bytes = await readBytes(request);
  if (bytes === undefined) {
    return { refusal: refusal(413, `The body is larger than ${MAX_BYTES} bytes.`) };
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)) };
  } catch {
    return { refusal: refusal(400, 'The body is not JSON in UTF-8.') };
  }
}

/** As {@link readJson}, but the body must be an object. */
export async function readObject(request: Request): Promise<Result<Record<string, unknown>>> {
  const body = await readJson(request);
  if ('refusal' in body) return body;
  const { value } = body;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { value: value as Record<string, unknown> } : { refusal: refusal(400, 'The body is not a JSON object.') };
}

/** Reads to the end. A connection with unread bytes would be reset at its next request. */
export async function drain(request: Request): Promise<void> {
  if (!request.bodyUsed) await readBytes(request);
}

/** The body, or undefined as soon as it is too large. */
async function readBytes(request: Request): Promise<Uint8Array | undefined> {
  // Firefox has no streams of requests.
  if (request.body === undefined) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.length > MAX_BYTES ? undefined : bytes;
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    length += next.value.byteLength;
    if (length > MAX_BYTES) return undefined;
    chunks.push(next.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
