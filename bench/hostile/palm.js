// What stands for Palm under hostile load: the sandbox, but for users whose ID says
// what goes wrong with them.

const FAULTS = {
  palm_usr_hang: () => new Promise(() => setTimeout(() => undefined, 60_000)),
  palm_usr_html: () => new Response('<!doctype html><title>Sign in</title>', { headers: { 'content-type': 'text/html' } }),
  palm_usr_shape: () => Response.json({ id: 5, metadata: [] }),
  palm_usr_error: () => Response.json({ detail: 'x'.repeat(50_000) }, { status: 500 }),
  palm_usr_key: () => Response.json({ detail: 'no' }, { status: 401 }),
  palm_usr_flood: () => new Response(flood(), { headers: { 'content-type': 'application/json' } }),
};

/** 16 MB of a string that never ends. */
function flood() {
  const chunk = new TextEncoder().encode('x'.repeat(65_536));
  let left = 256;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(left === 256 ? new TextEncoder().encode('{"id":"') : chunk);
      if ((left -= 1) === 0) controller.close();
    },
  });
}

export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname.split('/').at(-1);
    const fault = Object.hasOwn(FAULTS, name) ? FAULTS[name] : undefined;
    if (fault === undefined) return env.SANDBOX.fetch(request);
    await request.text();
    return fault();
  },
};
