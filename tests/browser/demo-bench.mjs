// The benchmark that a reader starts on the page. No test looks at the times.

import assert from 'node:assert/strict';


/** The benchmark that a reader starts. No test looks at the times. */
export async function benchTests(test, { newContext, visit, violations, errors, requests }) {
  const page = await visit(await newContext({ reducedMotion: 'reduce' }));
  const bench = page.getByTestId('bench');

  test('the page loads nothing of the benchmark before its button is pressed', () => {
    assert.deepEqual(requests.filter((url) => /measur/.test(url)), []);
  });

  test('it can be stopped, and begun again', async () => {
    await page.getByRole('button', { name: 'Measure in this browser' }).click();
    await bench.getByRole('progressbar').waitFor();
    await bench.getByRole('button', { name: 'Stop' }).click();
    assert.equal(await bench.getByRole('status').textContent(), 'Stopped.');
    assert.equal(await bench.getByRole('progressbar').count(), 0);
  });

  test('each candidate has a row, and a bar as long as its time on an axis from zero', async () => {
    await bench.getByRole('button', { name: /^Measure/ }).click();
    await page.locator('.bench[data-status=done]').waitFor({ timeout: 60_000 });
    const charts = await bench.locator('figure').evaluateAll((figures) =>
      figures.map((figure) => ({
        title: figure.querySelector('figcaption').textContent,
        rows: [...figure.querySelectorAll('tbody tr')].map((row) => ({
          name: row.querySelector('th').textContent,
          time: row.querySelector('td').textContent,
          share: row.querySelector('.bar-of').getBoundingClientRect().width / row.querySelector('td').getBoundingClientRect().width,
        })),
      })),
    );
    assert.deepEqual(charts.map(({ rows }) => rows.map(({ name }) => name).sort()), [
      ['palm-user', 'valibot', 'zod, without eval'],
      ['immer', 'mutative', 'palm-user', 'spread, by hand'],
      ['@noble/hashes', 'crypto.subtle', 'palm-user'],
    ]);
    for (const { title, rows } of charts) {
      const times = rows.map(({ time }) => Number(/^([\d.,]+) µs \([\d.,]+ to [\d.,]+\)$/.exec(time)[1].replaceAll(',', '')));
      assert.deepEqual(times, times.toSorted((a, b) => a - b), `${title}: the shortest first`);
      for (const [index, { name, share }] of rows.entries()) {
        // Times have three digits, and bars whole pixels.
        assert.ok(Math.abs(share - times[index] / times.at(-1)) < 0.03, `${title}, ${name}: ${share} of the axis`);
      }
    }
  });

  test('no policy was violated, and nothing was thrown', () => {
    assert.deepEqual([violations, errors], [[], []]);
  });
}
