// Faults that the first store had, each as a script. What comes of a script is
// judged by the oracle alone; `start` is what the server has in the beginning.

const FULL = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, 'x']));
const NAMELESS = { a: '0' };

/** By the number of the mend in the issue. */
export const SCRIPTS = [
  [1, 'two edits of one turn are lost, and a read shows what the second wants: the first does not come back', ['edit a=1 &', 'edit a=0', 'answer lost', 'refetch', 'read now']],
  [1, 'an older edit of the field is kept: the later one does not count as stored', ['edit a=1', 'edit a=0', 'answer lost', 'edit a=0', 'refetch', 'read now', 'resume', 'answer lost', 'refetch', 'read now']],
  [1, 'the same after a reload', ['edit a=1', 'edit a=2', 'reload', 'answer lost-stored', 'refetch', 'read now']],
  [2, 'an answer for another user', ['edit a=1', 'answer rubbish-9-stored']],
  [2, 'a read that gives another user', ['refetch', 'read rubbish-9', 'edit a=1', 'answer stored']],
  [2, 'an answer without an ID', ['edit a=1', 'answer rubbish-8-stored']],
  [2, 'an answer whose metadata is a list', ['edit a=1', 'answer rubbish-6']],
  [3, 'signed out: 401', ['edit a=1', 'edit b=1', 'answer 401']],
  [3, 'not allowed: 403', ['edit a=1', 'edit b=1', 'answer 403']],
  [3, 'a wrong base URL', ['edit a=1', 'answer wrong-url']],
  [3, 'what is no PalmError', ['edit a=1', 'answer threw']],
  [4, 'a clock that went back: the edit stays on screen', ['foreign b=1', 'push', 'clock back', 'edit a=1', 'answer stored']],
  [4, 'a clock that went back: a read is believed', ['clock back', 'foreign b=1', 'refetch', 'read now', 'clock back', 'foreign b=2', 'refetch', 'read now']],
  [4, 'a tie that differs', ['clock tie', 'foreign b=1', 'push']],
  [5, 'a read that began before a write proves nothing of it', ['look', 'edit a=1', 'answer lost-stored', 'discard 0', 'hand 0']],
  [5, 'a tie with a richer vault and verification', ['clock tie', 'enrich', 'refetch', 'read now']],
  [6, 'both of two edits undone, the first one first', ['edit a=1', 'answer stored', 'edit a=2', 'answer stored', 'undo 0', 'undo 1', 'answer stored']],
  [6, 'both of two edits undone, the last one first', ['edit a=1', 'answer stored', 'edit a=2', 'answer stored', 'undo 1', 'undo 0', 'answer stored']],
  [6, 'a rejected value is not what undo restores', ['edit a=1', 'edit a=2', 'answer 400', 'answer stored', 'undo 1', 'answer stored']],
  [6, 'undo under a later edit that is refused', ['edit a=1', 'answer stored', 'edit a=2', 'undo 0', 'answer 400']],
  [6, 'the first display_name: undo says that it cannot', ['edit name=Bea', 'answer stored', 'undo 0'], { start: NAMELESS }],
  [6, 'a full user: undo says that the key no longer fits', ['edit a=-', 'answer stored', 'foreign z=1', 'push', 'undo 0'], { start: { a: '0', ...FULL, name: 'Ada' } }],
  [6, 'a value that the server trims', ['edit a=2_', 'answer stored', 'undo 0', 'answer stored']],
  [6, 'an unknown outcome, undone: after a reload it is not sent again', ['edit a=1', 'undo 0', 'reload', 'answer 400']],
  [6, 'an undo after a try that was lost and one that was refused, and then a reload', ['edit a=1', 'answer lost-stored', 'resume', 'undo 0', 'answer 400', 'reload']],
  [6, 'what undo brings back is refused: what it took back stays away', ['edit a=bad &', 'edit a=1', 'undo 1', 'answer lost-stored']],
  [7, 'a conflict outlasts a second reload', ['edit b=1', 'wait 200000', 'wait 200000', 'foreign b=2', 'reload', 'reload']],
  [8, 'one failure of three edits is told once, and not again after a resume', ['edit a=1 &', 'edit b=1 &', 'edit name=Eve', 'answer 429', 'resume', 'answer 429']],
  [8, 'an onError that throws', ['onerror throws', 'edit a=bad &', 'edit b=bad', 'answer stored', 'answer stored', 'answer stored']],
  [8, 'an onError that rejects', ['onerror rejects', 'edit a=bad &', 'edit b=bad', 'answer stored', 'answer stored', 'answer stored']],
  [10, 'an edit of nothing is not sent', ['edit']],
  [10, 'a listener that throws', ['listener throws', 'edit a=1', 'answer stored']],
  [10, 'an undo from a listener', ['listener undo 0', 'edit a=1 &', 'edit a=2', 'answer stored']],
];
