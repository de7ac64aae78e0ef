// What becomes of an edit in the store.

import { pen, svg } from './draw.mjs';

export const label = 'An edit is shown and queued, then sent. It is stored, or dropped if the server refuses it, or the store pauses and tries again. It is on screen all the time until it is dropped.';

export function edit(scheme) {
  const { text, box, arrow } = pen(scheme);
  const note = (x, y, content, anchor = 'start') => text(x, y, content, { size: 11, fill: 'quiet', anchor });
  return svg(760, 350, label, [
    note(20, 24, 'On screen from the first moment'),
    box(20, 40, 130, 64, 'edit(patch)', ['shown at once'], { ours: true }),
    box(215, 40, 130, 64, 'queued', ['joined with others']),
    box(420, 40, 130, 64, 'sending', ['one at a time']),
    box(620, 40, 130, 64, 'stored', ['confirmed resolves'], { ours: true }),
    arrow([[150, 72], [215, 72]]),
    arrow([[345, 72], [420, 72]]),
    arrow([[550, 72], [620, 72]]),
    note(585, 64, '2xx', 'middle'),
    box(420, 180, 130, 64, 'paused', ['stays on screen']),
    arrow([[470, 104], [470, 180]]),
    note(462, 138, 'no connection, 401,', 'end'),
    note(462, 153, '403, 429, 5xx', 'end'),
    arrow([[420, 212], [280, 212], [280, 104]]),
    note(286, 230, 'Retry-After, backoff,'),
    note(286, 245, 'online, visible, resume()'),
    box(620, 180, 130, 64, 'dropped', ['confirmed rejects']),
    arrow([[520, 104], [520, 142], [685, 142], [685, 180]], { fill: 'bad' }),
    note(528, 135, '400, 404, 409, 413, 422'),
    box(20, 180, 130, 64, 'conflict', ['mine or theirs?']),
    arrow([[240, 104], [240, 160], [85, 160], [85, 180]]),
    note(92, 138, 'older than 5 min, and'),
    note(92, 153, 'changed by another'),
    arrow([[150, 225], [225, 225], [225, 104]]),
    note(156, 240, 'resolve'),
    text(20, 290, 'undo() works anywhere, in any order: what was not sent leaves the queue, what was sent is undone by a new edit.', { size: 12, fill: 'quiet' }),
    text(20, 310, 'A refused request with several edits is halved until the guilty edit is alone.', { size: 12, fill: 'quiet' }),
    text(20, 330, 'A reload goes on with dehydrate(). A lost answer counts as unknown until a read shows what the server has.', { size: 12, fill: 'quiet' }),
  ]);
}
