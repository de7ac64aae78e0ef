// Times of a call as bars. Every axis is linear and begins at nothing.

import { pen, svg } from './draw.mjs';

const PANELS = [
  ['validatePatch: 2 keys', 'validatePatch, 2 keys'],
  ['validatePatch: 50 keys', 'validatePatch, 50 keys'],
  ['applyPatch: sample user, 2 keys', 'applyPatch, 2 keys; palm-user alone checks the patch'],
  ['applyPatch: 50 metadata, 40 vault, 10 keys', 'applyPatch, 10 keys of a large user; palm-user alone checks the patch'],
  ['fingerprint: one e-mail', 'fingerprint, one e-mail'],
  ['fingerprintMany: 100,000 e-mails', 'fingerprintMany, 100,000 e-mails'],
];
const [WIDTH, LEFT, RIGHT, ROW] = [760, 150, 70, 20];
/** The package's other ways of calling the same are in the tables. */
const isShown = (name) => !name.startsWith('palm-user,');

export const label = 'Time of a call on linear axes that begin at zero: palm-user beside hand-written code and libraries, in Node.js';

export function speed(scheme, groups) {
  const { text, rect, line } = pen(scheme);
  const parts = [];
  let y = 6;
  for (const [name, title] of PANELS) {
    const { rows } = groups.find(({ group }) => group === name);
    const shown = rows.filter((row) => isShown(row.name)).toSorted((a, b) => a.ns - b.ns);
    const [unit, scale] = unitOf(shown.at(-1).ns);
    const longest = shown.at(-1).ns / scale;
    const step = stepOf(longest);
    const end = Math.ceil(longest / step) * step;
    const place = (value) => LEFT + (value / end) * (WIDTH - LEFT - RIGHT);
    parts.push(text(0, (y += 20), `${title}, in ${unit}`, { weight: 600 }));
    const top = y + 8;
    const bottom = top + shown.length * ROW;
    for (let tick = 0; tick <= end + step / 2; tick += step) {
      const x = round(place(tick));
      parts.push(line(x, top, x, bottom), text(x, bottom + 14, String(round(tick)), { size: 11, fill: 'quiet', anchor: 'middle' }));
    }
    for (const [index, { name: who, ns }] of shown.entries()) {
      const middle = top + index * ROW + ROW / 2;
      const isOurs = who === 'palm-user';
      const length = round(Math.max(place(ns / scale) - LEFT, 1));
      parts.push(
        text(LEFT - 8, middle + 4, who, { size: 12, weight: isOurs ? 600 : 400, anchor: 'end' }),
        rect(LEFT, middle - 6, length, 12, isOurs ? 'ours' : 'peer'),
        text(LEFT + length + 6, middle + 4, figure(ns / scale), { size: 12, weight: isOurs ? 600 : 400 }),
      );
    }
    y = bottom + 26;
  }
  return svg(WIDTH, y, label, parts);
}

const round = (value) => Math.round(value * 10) / 10;
const unitOf = (ns) => (ns < 1e3 ? ['ns', 1] : ns < 1e6 ? ['µs', 1e3] : ['ms', 1e6]);

/** A round number of which four to eight make the axis. */
function stepOf(longest) {
  const power = 10 ** Math.floor(Math.log10(longest / 4));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => longest / step <= 6);
}

/** Two digits that count. */
export function figure(value) {
  return value >= 10 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);
}
