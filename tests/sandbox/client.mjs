// Calls to a sandbox, as short as they are many.

export const KEY = 'sk_test_one';

/**
 * Each call has a connection of its own: a server closes one that is idle, and on a busy
 * machine a call may be on its way through it by then.
 */
const alone = (url, init) => globalThis.fetch(url, { ...init, headers: { ...init?.headers, connection: 'close' } });

/** Of a sandbox at an address, or of one that is a function. */
export function clientOf({ url, dispose = () => undefined, fetch = alone }) {
  const send = async (method, path, body, { key = KEY, headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    url,
    dispose,
    fetch,
    /** For the functions of palm-user. */
    options: { baseUrl: url, fetch },
    send,
    /** Makes a user; gives its ID for paths. */
    async create(body = {}, options) {
      const { status, headers, body: user } = await send('POST', '/v1/user', body, options);
      if (status !== 201) throw new Error(`create: ${status} ${JSON.stringify(user)}`);
      return { id: headers.get('location').split('/').at(-1), user };
    },
    patch: (id, body, options) => send('PATCH', `/v1/user/${id}`, body, options),
    get: (id, options) => send('GET', `/v1/user/${id}`, undefined, options),
    vault: (id, body, options) => send('PATCH', `/v1/user/${id}/vault`, body, options),
    search: (body, options) => send('POST', '/v1/user/search', body, options),
  };
}
