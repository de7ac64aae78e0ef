// The attacks, as data: the bytes that one connection sends, and how it sends them.
// `token` and `user` of the signed-in attacker come from the run.

const MEBIBYTE = 2 ** 20;
const repeat = (text, count) => text.repeat(count);

/** The head of a request. `headers` with undefined values are left out. */
function head({ method = 'PATCH', path = '/v1/user/me', token, headers = {} } = {}) {
  const all = { host: 'gateway', 'content-type': 'application/json', authorization: token && `Bearer ${token}`, ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** A whole request with a body of its true length. */
const whole = (body, more = {}) => ({ send: [head({ ...more, headers: { 'content-length': Buffer.byteLength(body), ...more.headers } }), body] });
const metadata = (text) => `{"metadata":${text}}`;
const chunk = (size) => `${size.toString(16)}\r\n${repeat('x', size)}\r\n`;

/**
 * Each gives what to do with a connection: `send`, parts to write; `every`, milliseconds
 * between them; `hold`, milliseconds to wait for an answer before the connection is
 * broken; `forever`, a part to write again until the answer is there.
 */
export const ATTACKS = {
  'no token, a megabyte': () => whole(metadata(`{"notes":"${repeat('x', MEBIBYTE)}"}`)),
  'a forged token': ({ token }) => whole('{}', { token: `${token.slice(0, -4)}AAAA` }),
  'a token without a signature': ({ token }) => whole('{}', { token: token.split('.').slice(0, 2).join('.') + '.' }),
  'a token of 8 KB': () => whole('{}', { token: `${repeat('a', 2700)}.${repeat('b', 2700)}.${repeat('c', 2700)}` }),
  'a body without end, signed in': ({ token }) => ({ send: [head({ token, headers: { 'transfer-encoding': 'chunked' } })], forever: chunk(65_536) }),
  'a body without end, a stranger': () => ({ send: [head({ headers: { 'transfer-encoding': 'chunked' } })], forever: chunk(65_536) }),
  'both lengths': ({ token }) => ({ send: [head({ token, headers: { 'content-length': 10, 'transfer-encoding': 'chunked' } })], forever: chunk(16_384) }),
  'a length of 4 GB': ({ token }) => ({ send: [head({ token, headers: { 'content-length': 2 ** 32 } }), 'x'], hold: 500 }),
  'a length that is not kept': ({ token }) => ({ send: [head({ token, headers: { 'content-length': 1000 } }), '{"meta'], hold: 500 }),
  'a byte every half second': ({ token }) => ({ send: [head({ token, headers: { 'content-length': 1000 } }), ...repeat('x', 60)], every: 500, hold: 30_000 }),
  'a head every half second': () => ({ send: [...'PATCH /v1/user/me HTTP/1.1\r\nhost: x\r\n'], every: 500, hold: 20_000 }),
  'gone before the answer': ({ token }) => ({ ...whole(metadata('{"notes":"x"}'), { token }), hold: 0 }),
  'gone from a read': ({ token }) => ({ send: [head({ method: 'GET', token })], hold: 0 }),
  'JSON 30,000 deep': ({ token }) => whole(metadata(`{"a":${repeat('[', 30_000)}${repeat(']', 30_000)}}`), { token }),
  '6,000 keys': ({ token }) => whole(metadata(`{${Array.from({ length: 6000 }, (_, index) => `"k${index}":1`).join()}}`), { token }),
  'a string of 60 KB': ({ token }) => whole(metadata(`{"notes":"${repeat('x', 60_000)}"}`), { token }),
  '10,000 escapes': ({ token }) => whole(metadata(`{"notes":"${repeat('\\u0041', 10_000)}"}`), { token }),
  '30,000 backslashes': ({ token }) => whole(metadata(`{"notes":"${repeat('\\\\', 30_000)}"}`), { token }),
  '30,000 backslashes, and no end': ({ token }) => whole(metadata(`{"notes":"${repeat('\\', 30_001)}`), { token }),
  'a number of 60,000 digits': ({ token }) => whole(metadata(`{"notes":${repeat('9', 60_000)}}`), { token }),
  'the same key 5,000 times': ({ token }) => whole(metadata(`{${Array.from({ length: 5000 }, () => '"a":1').join()}}`), { token }),
  '__proto__': ({ token }) => whole(metadata('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'), { token }),
  'no UTF-8': ({ token }) => whole(Buffer.alloc(30_000, 0xff), { token }),
  'fields that are not writable': ({ token }) => whole(metadata(`{${Array.from({ length: 40 }, (_, index) => `"tier${index}":"x"`).join()}}`), { token }),
  'a path of 7 KB': ({ token }) => ({ send: [head({ method: 'GET', path: `/v1/user/${repeat('%2e', 2300)}`, token })] }),
  'a path that is made up': ({ random }) => ({ send: [head({ method: 'GET', path: `/${random}/${random}` })] }),
  'a method that is made up': () => ({ send: [head({ method: 'BREW' })] }),
  'an origin that is made up': ({ random }) => ({ send: [head({ method: 'OPTIONS', headers: { origin: `https://${random}.example`, 'access-control-request-method': 'PATCH' } })] }),
  'a request ID of 4 KB': ({ token, random }) => ({ send: [head({ method: 'GET', token, headers: { 'x-request-id': repeat(random, 250) } })] }),
  'no HTTP': ({ random }) => ({ send: [`${random}\r\n\r\n`] }),
  'a burst on one connection': ({ token }) => ({ send: [repeat(head({ method: 'GET', token }), 50)] }),
  'Palm hangs': ({ as }) => ({ send: [head({ method: 'GET', token: as('palm_usr_hang') })], hold: 3000 }),
  'Palm answers a page': ({ as }) => whole(metadata('{"notes":"x"}'), { token: as('palm_usr_html') }),
  'Palm answers another shape': ({ as }) => ({ send: [head({ method: 'GET', token: as('palm_usr_shape') })] }),
  'Palm fails at length': ({ as }) => whole(metadata('{"notes":"x"}'), { token: as('palm_usr_error') }),
  'Palm refuses the key': ({ as }) => ({ send: [head({ method: 'GET', token: as('palm_usr_key') })] }),
  'Palm answers 16 MB': ({ as }) => ({ send: [head({ method: 'GET', token: as('palm_usr_flood') })], hold: 2000 }),
};
