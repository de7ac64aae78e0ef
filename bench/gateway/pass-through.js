// The least a Worker can do: the request goes on with the key, the answer comes back.

export default {
  fetch(request, env) {
    const headers = { authorization: `Bearer ${env.KEY}`, 'content-type': 'application/json' };
    const { pathname } = new URL(request.url);
    return env.PALM.fetch(`https://api.getpalm.com${pathname}`, { method: 'PATCH', headers, body: request.body });
  },
};
