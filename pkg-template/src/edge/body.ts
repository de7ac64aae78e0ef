// The body: no further than it may be long, and no longer than it may take.

import { duplicateKey } from './duplicate-key.js';
import type { Settings } from './options.js';
import { Refusal } from './refusal.js';

/** The JSON of a request, read once. @throws `Refusal` */
export async function readJson(request: Request, checked: Settings): Promise<unknown> {
  const { maxBodyBytes } = checked;
  const declared = request.headers.get('content-length');
  // What says that it is too long need not be read; what says nothing is counted as it streams.
  if (declared !== null && Number(declared) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const read = declared === null ? readChunks(request, maxBodyBytes) : readWhole(request, maxBodyBytes);
  const text = await within(checked.bodyTimeoutMs, read);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'validation_error', NO_JSON);
  }
  const pointer = duplicateKey(text);
  if (pointer === undefined) return value;
  // Of two values for a key, parsers disagree which one counts.
  throw new Refusal(400, 'validation_error', 'The body has a key twice; see issues.', [
    { code: 'duplicate_key', pointer, message: 'The key is there twice.' },
  ]);
}

/**
 * Reads on after a refusal, as far as a body may be long: a connection with
 * unread bytes in it is reset, often before its client has seen the answer.
 */
export async function drain({ body }: Request, { maxBodyBytes, bodyTimeoutMs }: Settings): Promise<void> {
  if (body === null || body.locked) return;
  const reader = body.getReader();
  const readOn = async (): Promise<void> => {
    for (let length = 0; length <= maxBodyBytes; ) {
      const { done, value } = await reader.read();
      if (done) return;
      length += value.byteLength;
    }
  };
  try {
    await within(Math.min(bodyTimeoutMs, MAX_DRAIN_MS), readOn());
  } catch {
    // It broke off or was late, which ends it as well.
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

const MAX_DRAIN_MS = 1_000;

async function readChunks({ body }: Request, limit: number): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(brokeOff);
      if (done) return decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
      length += value.byteLength;
      if (length > limit) throw tooLarge(limit);
      chunks.push(value);
    }
  } finally {
    reader.releaseLock();
  }
}

/** A length that is declared is kept by HTTP itself, and a whole body is read faster. */
async function readWhole(request: Request, limit: number): Promise<string> {
  const bytes = await request.arrayBuffer().catch(brokeOff);
  if (bytes.byteLength > limit) throw tooLarge(limit);
  return decode(bytes);
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, 'payload_too_large', `The body may have ${limit} bytes.`);
}

function brokeOff(): never {
  throw new Refusal(400, 'validation_error', 'The body broke off.');
}

const NO_JSON = 'The body is not JSON in UTF-8.';
const UTF_8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: ArrayBuffer): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new Refusal(400, 'validation_error', NO_JSON);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const refusal = new Refusal(408, 'request_timeout', `The body took longer than ${ms} ms.`);
    timer = setTimeout(() => reject(refusal), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
