// The lines of a stream. In newer versions of Node.js, readline also breaks lines at U+2028
// and U+2029, which JSON does not escape.

export async function* lines(stream) {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop();
    yield* parts;
  }
}
