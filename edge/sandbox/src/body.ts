// Reading a request's JSON, no further than it may be long.

import { refusal, type Result } from './problem';

const MAX_BYTES = 1024 * 1024;

export async function readJson(request: Request): Promise<Result<unknown>> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    return { refusal: refusal(415, 'Send content-type: application/json.') };
  }
  const bytes = await readBytes(request.body);
  if (bytes === undefined) {
    return { refusal: refusal(413, `The body is larger than ${MAX_BYTES} bytes.`) };
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)) };
  } catch {
    return { refusal: refusal(400, 'The body is not JSON in UTF-8.') };
  }
}

/** The same, where the body must be an object. */
export async function readObject(request: Request): Promise<Result<Record<string, unknown>>> {
  const body = await readJson(request);
  if ('refusal' in body) return body;
  const { value } = body;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { value: value as Record<string, unknown> } : { refusal: refusal(400, 'The body is not a JSON object.') };
}

/** Reads on to the end: a connection with unread bytes in it is reset for its next request. */
export async function drain(request: Request): Promise<void> {
  if (!request.bodyUsed) await readBytes(request.body);
}

/** The body, or undefined once it has turned out too large. */
async function readBytes(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
