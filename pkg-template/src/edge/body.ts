// Reading the body, within its limits of size and time.

import { Chunks } from './chunks.js';
import { lossyPart } from './json-text.js';
import { Refusal } from './refusal.js';

/** The limits of a body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/** The JSON of a request's body. @throws `Refusal` */
export async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  const text = await readText(request, limits);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson();
  }
  const issue = lossyPart(text);
  if (issue !== undefined) throw new Refusal('invalid_patch', { issues: [issue] });
  return value;
}

/**
 * Reads the rest of the body after a refusal, up to its limit. A connection with
 * unread bytes is reset, often before its client has seen the answer.
 */
export async function drain({ body }: Request, { maxBodyBytes, bodyTimeoutMs }: BodyLimits): Promise<void> {
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
    // It broke off or took too long. Either way, it is over.
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

const MAX_DRAIN_MS = 1_000;

async function readText({ headers, body }: Request, { maxBodyBytes, bodyTimeoutMs }: BodyLimits): Promise<string> {
  // A declared length over the limit is refused at once. A smaller one may be a lie.
  if (Number(headers.get('content-length')) > maxBodyBytes) throw new Refusal('too_large');
  if (body === null) return '';
  return within(bodyTimeoutMs, readChunks(body, maxBodyBytes));
}

async function readChunks(body: ReadableStream<Uint8Array>, limit: number): Promise<string> {
  const reader = body.getReader();
  const text = new Chunks();
  try {
    for (let length = 0; ; ) {
      const { done, value } = await reader.read().catch(brokeOff);
      if (done) return text.end();
      length += value.byteLength;
      if (length > limit) throw new Refusal('too_large');
      text.add(value);
    }
  } catch (error) {
    // For `drain`.
    reader.releaseLock();
    throw error instanceof Refusal ? error : notJson();
  }
}

function brokeOff(): never {
  throw new Refusal('bad_request', { detail: 'The body broke off.' });
}

function notJson(): Refusal {
  const message = 'The body is not JSON in UTF-8.';
  return new Refusal('invalid_patch', { detail: message, issues: [{ code: 'not_json', path: [], message }] });
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal('timeout')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
