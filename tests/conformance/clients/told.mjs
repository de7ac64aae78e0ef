// A call by the npm package, in Node.js or in a page, and what came of it as data.

const MEMBERS = ['code', 'outcome', 'retryable', 'attempts', 'status', 'requestId', 'retryAfterMs', 'problem', 'issues'];

export async function told(palm, { action, userId, patch, options }, inspect = String) {
  const { abortAfterMs, apiKey, ...rest } = options;
  // The suite has a key in a page.
  const given = { ...rest, dangerouslyAllowBrowser: true };
  if (apiKey !== null) given.apiKey = apiKey;
  if (abortAfterMs !== undefined) given.signal = abortSignal(abortAfterMs);
  try {
    const user = action === 'get' ? await palm.getUser(userId, given) : await palm.updateUser(userId, patch, given);
    return { user, shown: '' };
  } catch (error) {
    const members = MEMBERS.filter((name) => error[name] !== undefined).map((name) => [name, error[name]]);
    const shown = [error.message, error.stack, String(error), inspect(error), String(error.cause)];
    return { error: Object.fromEntries(members), shown: shown.join('\n') };
  }
}

/** A signal that is aborted at once where the delay is 0. */
export const abortSignal = (delayMs) => (delayMs === 0 ? AbortSignal.abort() : AbortSignal.timeout(delayMs));
