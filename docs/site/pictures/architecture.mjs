// Where the parts are, and what passes between them.

import { pen, svg } from './draw.mjs';

export const label = 'A page edits through the store. The gateway on your server adds the key and calls Palm. One set of rules in Rust serves both, and a sandbox stands in for Palm in tests.';

export function architecture(scheme) {
  const { text, box, arrow } = pen(scheme);
  const heading = (x, title) => text(x, 24, title, { size: 12, weight: 600, fill: 'quiet', anchor: 'middle' });
  return svg(760, 330, label, [
    heading(130, 'Your page'),
    heading(395, 'Your server or Worker'),
    heading(655, 'Palm'),
    box(30, 40, 200, 92, 'createUserStore', ['shows the edit at once,', 'sends, retries, undoes'], { ours: true }),
    box(295, 40, 200, 92, 'createGateway', ['checks session and fields,', 'adds the key'], { ours: true }),
    box(560, 40, 190, 92, 'PATCH /v1/user/{id}', ['merges and answers', 'with the whole user']),
    arrow([[230, 74], [295, 74]]),
    text(262, 66, 'patch', { size: 11, fill: 'quiet', anchor: 'middle' }),
    arrow([[295, 104], [230, 104]]),
    text(262, 122, 'user', { size: 11, fill: 'quiet', anchor: 'middle' }),
    arrow([[495, 74], [560, 74]]),
    text(527, 66, '+ key', { size: 11, fill: 'quiet', anchor: 'middle' }),
    arrow([[560, 104], [495, 104]]),
    box(30, 190, 465, 76, 'One set of rules, in Rust', ['validate · merge · diff · invert · fingerprint', 'what an answer means · when to retry'], { ours: true }),
    arrow([[130, 190], [130, 132]]),
    arrow([[395, 190], [395, 132]]),
    text(138, 166, 'WebAssembly', { size: 11, fill: 'quiet' }),
    text(403, 166, 'WebAssembly, or the crate', { size: 11, fill: 'quiet' }),
    box(560, 190, 190, 76, 'The sandbox', ['the same endpoint, in tests']),
    arrow([[655, 190], [655, 132]], { dashed: true }),
    text(30, 298, 'The key is on the server alone. What leaves the page is the checked patch and the session.', { size: 12, fill: 'quiet' }),
    text(30, 318, 'The same rules check a patch on the page and again on the server.', { size: 12, fill: 'quiet' }),
  ]);
}
