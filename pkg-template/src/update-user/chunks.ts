// Decodes the chunks of a body. Most bodies are a single chunk, and decoding that takes
// less time than making a decoder.

/** Decodes chunks of UTF-8 as they come, skipping a byte order mark. With `fatal`, what is not UTF-8 makes `add` or `end` throw. */
export class Chunks {
  #first: Uint8Array | undefined;
  #decoder: TextDecoder | undefined;
  #text = '';

  constructor(readonly fatal: boolean) {}

  add(chunk: Uint8Array): void {
    if (this.#decoder === undefined) {
      if (this.#first === undefined) {
        this.#first = chunk;
        return;
      }
      this.#decoder = new TextDecoder('utf-8', { fatal: this.fatal });
      this.#text = this.#decoder.decode(this.#first, { stream: true });
    }
    this.#text += this.#decoder.decode(chunk, { stream: true });
  }

  end(): string {
    if (this.#decoder !== undefined) return this.#text + this.#decoder.decode();
    return (this.fatal ? STRICT : LENIENT).decode(this.#first);
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true });
const LENIENT = new TextDecoder();
