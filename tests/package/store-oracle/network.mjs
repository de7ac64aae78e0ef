// The way to the server and back. Nothing moves by itself: a schedule says what
// becomes of each request and each read.

import { PalmError } from 'palm-user';

import { fieldsOf } from './fields.mjs';

const error = (code, outcome, more = {}) => new PalmError({ code, message: code, outcome, attempts: 1, ...more });
const refusal = (status) => error({ 404: 'not_found', 409: 'conflict' }[status] ?? 'bad_request', 'rejected', { status });

/** What is no user of ours, though it came with a 200. */
export const RUBBISH = [
  () => undefined,
  () => null,
  () => '<html>Sign in to the airport</html>',
  () => ({}),
  () => [],
  (user) => ({ ...user, metadata: null }),
  (user) => ({ ...user, metadata: [] }),
  (user) => ({ ...user, updated_at: 5 }),
  (user) => ({ ...user, id: undefined }),
  (user) => ({ ...user, id: 'ffffffff-e89b-12d3-a456-426614174000' }),
  (user) => ({ ...user, id: '' }),
];

/** By name: whether the server stores the patch, and what the store is told. */
export const ANSWERS = {
  stored: { stores: true },
  ...Object.fromEntries([400, 404, 409, 413, 422].map((status) => [status, { stores: false, fails: () => refusal(status) }])),
  lost: { stores: false, fails: () => error('network', 'unknown', { retryable: true }) },
  'lost-stored': { stores: true, fails: () => error('network', 'unknown', { retryable: true }) },
  'not-sent': { stores: false, fails: () => error('network', 'not_sent', { retryable: true, attempts: 0 }) },
  'wrong-url': { stores: false, fails: () => error('invalid_options', 'not_sent', { attempts: 0 }) },
  401: { stores: false, fails: () => error('unauthorized', 'rejected', { status: 401 }) },
  403: { stores: false, fails: () => error('forbidden', 'rejected', { status: 403 }) },
  429: { stores: false, fails: () => error('rate_limited', 'rejected', { status: 429, retryable: true, retryAfterMs: 7000 }) },
  500: { stores: false, fails: () => error('server_error', 'unknown', { status: 500, retryable: true }) },
  '500-stored': { stores: true, fails: () => error('server_error', 'unknown', { status: 500, retryable: true }) },
  applied: { stores: true, fails: () => error('bad_response', 'applied', { status: 200 }) },
  threw: { stores: false, fails: () => new TypeError('send is broken') },
  'threw-stored': { stores: true, fails: () => new TypeError('send is broken') },
  'threw-nothing': { stores: false, fails: () => undefined },
  ...Object.fromEntries(RUBBISH.flatMap((answer, index) => [
    [`rubbish-${index}`, { stores: false, answer }],
    [`rubbish-${index}-stored`, { stores: true, answer }],
  ])),
};

/** Refusals of the edit itself. */
export const REFUSALS = ['400', '404', '409', '413', '422'];
const NOTHING_DONE = new Set([...REFUSALS, '401', '403', '429', 'not-sent', 'wrong-url']);

export class Network {
  /** Under way, oldest first. */
  requests = [];
  /** How many there were. */
  sent = 0;
  /** Given up, by the store or by a page that went. They may still arrive. */
  late = [];
  reads = [];
  /** Whether `send` and `read` pay no heed to their signals. */
  deaf = false;
  /** The latest request that was refused, as fields. */
  refused = undefined;

  constructor(server, told) {
    this.server = server;
    this.told = told;
  }

  send = (userId, patch, { signal } = {}) => {
    const request = { fields: fieldsOf(patch), isStored: false };
    this.told.onSend(userId, request, patch);
    this.requests.push(request);
    this.sent += 1;
    return this.#promise(request, signal, () => {
      this.requests = this.requests.filter((other) => other !== request);
      this.late.push(request);
    });
  };

  read = (userId, { signal } = {}) => {
    const read = { began: this.server.latest.seq };
    this.told.onRead(userId, read);
    this.reads.push(read);
    return this.#promise(read, signal, () => {
      this.reads = this.reads.filter((other) => other !== read);
    });
  };

  /** What the oldest request comes to. Whether there was one. */
  answer(kind) {
    const request = this.requests.shift();
    if (request === undefined) return false;
    // Whoever has stored it cannot say that nothing was done.
    const done = request.isStored && NOTHING_DONE.has(kind) ? 'stored' : kind;
    const { stores, fails, answer } = ANSWERS[done];
    if (stores && this.server.refuses(request.fields)) {
      this.#refuse(request, 400);
    } else if (REFUSALS.includes(done)) {
      this.#refuse(request, Number(done));
    } else {
      if (stores && !request.isStored) this.#store(request, 'ours');
      if (fails !== undefined) request.reject(fails());
      else if (answer !== undefined) request.resolve(answer(this.server.user));
      else {
        if (!request.isGivenUp) this.told.onStored(request);
        request.resolve(request.answer);
      }
    }
    return true;
  }

  /** The server stores the oldest request now, and its answer comes later. */
  process() {
    const request = this.requests.find(({ isStored }) => !isStored);
    if (request === undefined || this.server.refuses(request.fields)) return false;
    this.#store(request, 'ours');
    return true;
  }

  /** A request that nobody waits for any more arrives all the same. */
  arrive() {
    const request = this.late.shift();
    if (request === undefined || request.isStored || this.server.refuses(request.fields)) return false;
    this.#store(request, 'late');
    request.resolve(request.answer);
    return true;
  }

  /** The oldest read: with the user as it was when the read began, or as it is now. */
  answerRead(kind) {
    const read = this.reads.shift();
    if (read === undefined) return false;
    if (kind === 'began' || kind === 'now') {
      const { user, seq } = kind === 'began' ? this.server.versions[read.began] : this.server.latest;
      this.told.onReadAnswered(read, seq);
      read.resolve(user);
    } else {
      const { fails, answer } = ANSWERS[kind];
      if (fails !== undefined) read.reject(fails());
      else read.resolve((answer ?? (() => null))(this.server.user));
    }
    return true;
  }

  /** The page goes: nobody hears the answers. */
  abandon() {
    this.late.push(...this.requests);
    this.requests = [];
    this.reads = [];
  }

  #refuse(request, status) {
    this.refused = request.fields;
    request.reject(refusal(status));
  }

  #store(request, by) {
    request.isStored = true;
    request.answer = this.server.write(request.fields, request.isGivenUp ? 'late' : by);
  }

  #promise(call, signal, leave) {
    return new Promise((resolve, reject) => {
      Object.assign(call, { resolve, reject, signal });
      signal?.addEventListener('abort', () => {
        call.isGivenUp = true;
        if (this.deaf) return;
        leave();
        reject(error('aborted', 'unknown'));
      });
    });
  }
}
