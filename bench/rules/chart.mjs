// Bars of nanoseconds a call, on a logarithmic scale: the candidates differ by three orders.

const ROW = 18;
const LEFT = 170;
const WIDTH = 720;
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const time = (ns) => (ns < 1000 ? `${ns.toFixed(0)} ns` : ns < 1e6 ? `${(ns / 1000).toFixed(1)} µs` : `${(ns / 1e6).toFixed(0)} ms`);

/** An SVG of `[{group, rows}]`, without those of other keys each, of two edits and of invalid patches. */
export function chart(results) {
  const shown = results.filter(({ group }) => !/other keys each|of the result|invalid/.test(group));
  const parts = [];
  let y = 8;
  for (const { group, rows } of shown) {
    const longest = Math.log10(Math.max(...rows.map(({ ns }) => ns)));
    const shortest = Math.log10(Math.min(...rows.map(({ ns }) => ns))) - 0.4;
    y += ROW;
    parts.push(`<text x="0" y="${y}" class="group">${escape(group)}</text>`);
    for (const { name, ns } of rows.toSorted((a, b) => a.ns - b.ns)) {
      y += ROW;
      const length = ((Math.log10(ns) - shortest) / (longest - shortest)) * (WIDTH - LEFT - 80);
      parts.push(`<text x="${LEFT - 8}" y="${y}" text-anchor="end">${escape(name)}</text>`);
      parts.push(`<rect x="${LEFT}" y="${y - 12}" width="${length.toFixed(1)}" height="13" class="${name === 'palm-user' ? 'ours' : 'peer'}"/>`);
      parts.push(`<text x="${(LEFT + length + 6).toFixed(1)}" y="${y}">${time(ns)}</text>`);
    }
    y += ROW / 2;
  }
  const style = 'text{font:12px system-ui,sans-serif;fill:#57606a}.group{font-weight:600;fill:#24292f}.ours{fill:#0969da}.peer{fill:#afb8c1}@media(prefers-color-scheme:dark){text{fill:#9198a1}.group{fill:#f0f6fc}.ours{fill:#4493f8}.peer{fill:#656c76}}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 8}" width="${WIDTH}" role="img" aria-label="Time of a call, ours and others', on a logarithmic scale"><style>${style}</style>${parts.join('')}</svg>\n`;
}
