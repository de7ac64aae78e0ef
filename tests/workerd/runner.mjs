// A Worker that runs cases it is sent and says which failed, and how.

import * as palm from './palm-user.mjs';

export default {
  async fetch(request) {
    const { file, cases } = await request.json();
    if (file === 'call') return Response.json([await call()]);
    return Response.json(cases.map((c) => ({ name: c.name, failure: failure(file, c) })));
  },
};

const RUN = {
  apply: (c) => palm.applyPatch(c.user, c.patch, c.limits && { limits: c.limits }),
  validate: (c) => palm.validatePatch(c.patch, { ...(c.current && { current: c.current }), ...(c.limits && { limits: c.limits }) }),
  compose: (c) => palm.composePatches(c.first, c.second),
  diff: (c) => palm.diffUsers(c.before, c.after),
  invert: (c) => palm.invertPatch(c.patch, c.before).patch,
  fingerprint: (c) => palm.fingerprint(c.value.repeat(c.repeat ?? 1), c.kind),
};

const codes = (issues) => issues.map(({ code, pointer }) => `${code} ${pointer}`).join();

function failure(file, c) {
  let result;
  try {
    result = RUN[file](c);
  } catch (error) {
    const expected = typeof c.error === 'string' ? c.error : c.error?.code;
    const actual = typeof c.error === 'string' ? error.issues?.[0].code : error.code;
    return palm.isPalmError(error) && actual === expected ? undefined : String(error.stack);
  }
  if (file === 'validate') {
    return codes(result.errors) === codes(c.errors) && codes(result.warnings) === codes(c.warnings) ? undefined : JSON.stringify(result);
  }
  if (c.same) return result === c.user ? undefined : 'not the very user';
  return JSON.stringify(result) === JSON.stringify(c.expect) ? undefined : JSON.stringify(result);
}

async function call() {
  let sent;
  const user = { id: 'x', object: 'user', created_at: 'x', updated_at: 'x', metadata: {}, status: 'active' };
  const fetch = async (url) => {
    sent = url;
    return Response.json(user);
  };
  await palm.updateUser('u', { display_name: 'x' }, { apiKey: 'sk_test_0', fetch });
  return { name: 'call', url: sent };
}
