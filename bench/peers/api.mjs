// A server of one user, over a network that does what an order says. It stores
// a request when the order lets it arrive, and answers when the order says so.

export const BEFORE = Object.freeze({ tier: 'basic', note: 'none' });

export class Api {
  stored = { ...BEFORE };
  /** Under way, oldest first. */
  patches = [];
  reads = [];

  patch = (fields, { signal } = {}) => this.#call(this.patches, { fields }, signal);
  read = ({ signal } = {}) => this.#call(this.reads, {}, signal);

  /** The server gets the request, and keeps its answer ready. */
  arrive(request) {
    if (request === undefined || request.answer !== undefined) return;
    if (request.fields !== undefined) Object.assign(this.stored, request.fields);
    request.answer = { ...this.stored };
  }

  answer(request) {
    if (request === undefined) return;
    this.arrive(request);
    this.#forget(request);
    request.resolve(request.answer);
  }

  refuse(request) {
    if (request === undefined) return;
    this.#forget(request);
    request.reject(Object.assign(new Error('400'), { status: 400 }));
  }

  /** Stored, and the answer is lost. */
  lose(request) {
    if (request === undefined) return;
    this.arrive(request);
    this.#forget(request);
    request.reject(new TypeError('Failed to fetch'));
  }

  #call(list, call, signal) {
    return new Promise((resolve, reject) => {
      Object.assign(call, { resolve, reject });
      signal?.addEventListener('abort', () => {
        this.#forget(call);
        reject(new DOMException('aborted', 'AbortError'));
      });
      list.push(call);
    });
  }

  #forget(call) {
    this.patches = this.patches.filter((other) => other !== call);
    this.reads = this.reads.filter((other) => other !== call);
  }
}
