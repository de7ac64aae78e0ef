// The body: no further than it may be long, and no longer than it may take.

import { duplicateKey } from './duplicate-key.js';
import type { Settings } from './options.js';
import { Refusal } from './refusal.js';

/** The JSON of a request, read once. @throws {Refusal} */
export async function readJson(request: Request, { maxBodyBytes, bodyTimeoutMs }: Settings): Promise<unknown> {
  const tooLarge = new Refusal(413, 'payload_too_large', `The body may have ${maxBodyBytes} bytes.`);
  // What says that it is too long need not be read; what says nothing is counted.
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge;
  const text = await readText(request.body, maxBodyBytes, bodyTimeoutMs, tooLarge);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'validation_error', 'The body is not JSON in UTF-8.');
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.min(bodyTimeoutMs, MAX_DRAIN_MS));
  });
  try {
    for (let length = 0; length <= maxBodyBytes; ) {
      const chunk = await Promise.race([reader.read(), late]);
      if (chunk === undefined || chunk.done) break;
      length += chunk.value.byteLength;
    }
  } catch {
    // It broke off, which ends it as well.
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => undefined);
  }
}

const MAX_DRAIN_MS = 1_000;

async function readText(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  timeoutMs: number,
  tooLarge: Refusal,
): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const refusal = new Refusal(408, 'request_timeout', `The body took longer than ${timeoutMs} ms.`);
    timer = setTimeout(() => reject(refusal), timeoutMs);
  });
  let text = '';
  let length = 0;
  let isWhole = false;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) break;
      length += value.byteLength;
      if (length > limit) throw tooLarge;
      text += decoder.decode(value, { stream: true });
    }
    isWhole = true;
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, 'validation_error', isWhole || error instanceof TypeError ? 'The body is not JSON in UTF-8.' : 'The body broke off.');
  } finally {
    clearTimeout(timer);
    if (!isWhole) reader.releaseLock();
  }
}
