// Decodes the chunks of a body. Most bodies are a single chunk, and decoding that takes
// less time than making a decoder.

const FATAL = { fatal: true };
const whole = new TextDecoder('utf-8', FATAL);

/** The text of chunks of UTF-8, without a byte order mark. What is not UTF-8 makes `add` or `end` throw. */
export class Chunks {
  #first: Uint8Array | undefined;
  #decoder: TextDecoder | undefined;
  #text = '';

  add(chunk: Uint8Array): void {
    if (this.#first === undefined) {
      this.#first = chunk;
      return;
    }
    if (this.#decoder === undefined) {
      this.#decoder = new TextDecoder('utf-8', FATAL);
      this.#text = this.#decoder.decode(this.#first, { stream: true });
    }
    this.#text += this.#decoder.decode(chunk, { stream: true });
  }

  end(): string {
    return this.#decoder === undefined ? whole.decode(this.#first) : this.#text + this.#decoder.decode();
  }
}
