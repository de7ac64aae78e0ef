// A group: what is measured side by side, each candidate a function of the number of an input.

/**
 * @param candidates - Each a function of a number below 64.
 * @param same - A result as a text: candidates whose texts differ do other work, and are refused.
 * @param apart - Candidates on other inputs, whose results are not those of the rest.
 */
export const group = (name, candidates, { same = JSON.stringify, apart = [], ...more } = {}) => ({ name, candidates, same, apart, ...more });

/** What there is to measure, by name. */
export const named = (all) => all.map(({ name, isLong, isAsync, candidates }) => ({ name, isLong, isAsync, candidates: Object.keys(candidates) }));

/** Whoever does other work is not measured beside us. */
export async function assertEqual({ name, candidates, same, apart }) {
  for (let index = 0; index < 64; index += 21) {
    const expected = same(await candidates['palm-user'](index));
    for (const [who, run] of Object.entries(candidates)) {
      const result = same(await run(index));
      if (result !== expected && !apart.includes(who)) throw new Error(`${name}: ${who} gives another result: ${result} instead of ${expected}`);
    }
  }
}
