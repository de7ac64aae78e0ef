// The few shapes that the pictures are made of, in two schemes.

export const SCHEMES = {
  light: { text: '#1f2328', quiet: '#59636e', line: '#818b98', fill: '#f6f8fa', edge: '#d1d9e0', ours: '#0b6e60', oursFill: '#e3f3f0', bad: '#b3261e', peer: '#9aa4af', paper: '#ffffff' },
  dark: { text: '#f0f6fc', quiet: '#9198a1', line: '#7d8590', fill: '#161b22', edge: '#3d444d', ours: '#4fd1b8', oursFill: '#0b332d', bad: '#ff8179', peer: '#656c76', paper: '#0d1117' },
};

export const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Shapes in one scheme. All lengths are in pixels. */
export function pen(scheme) {
  const colour = SCHEMES[scheme];
  const text = (x, y, content, { size = 13, weight = 400, fill = 'text', anchor = 'start' } = {}) =>
    `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour[fill]}" text-anchor="${anchor}">${escape(content)}</text>`;
  /** A box with a heading and lines below it. */
  const box = (x, y, width, height, heading, lines = [], { ours = false } = {}) => {
    const middle = x + width / 2;
    const top = y + height / 2 - (lines.length * 17) / 2 + 5;
    return [
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${colour[ours ? 'oursFill' : 'fill']}" stroke="${colour[ours ? 'ours' : 'edge']}" stroke-width="${ours ? 1.5 : 1}"/>`,
      text(middle, top, heading, { weight: 600, anchor: 'middle' }),
      ...lines.map((line, index) => text(middle, top + 18 + index * 17, line, { size: 12, fill: 'quiet', anchor: 'middle' })),
    ].join('');
  };
  /** A line through points, with a head at its end. */
  const arrow = (points, { fill = 'line', dashed = false } = {}) => {
    const [[x, y], [fromX, fromY]] = [points.at(-1), points.at(-2)];
    const angle = Math.atan2(y - fromY, x - fromX);
    const corner = (turn) => `${(x - 9 * Math.cos(angle + turn)).toFixed(1)},${(y - 9 * Math.sin(angle + turn)).toFixed(1)}`;
    const path = points.map((point) => point.join(',')).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${colour[fill]}" stroke-width="1.5"${dashed ? ' stroke-dasharray="4 4"' : ''}/><polygon points="${x},${y} ${corner(0.4)} ${corner(-0.4)}" fill="${colour[fill]}"/>`;
  };
  const rect = (x, y, width, height, fill) => `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colour[fill]}"/>`;
  const line = (x1, y1, x2, y2) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour.edge}"/>`;
  return { text, box, arrow, rect, line };
}

/** A whole picture; `label` is read to those who do not see it. */
export function svg(width, height, label, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(label)}" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif">\n${parts.join('\n')}\n</svg>\n`;
}
