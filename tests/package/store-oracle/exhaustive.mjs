// Small scopes, not by chance: every order of a few edits, answers, one undo,
// one write of somebody else, one refetch, one reload.

import { World } from './world.mjs';
import { Violation } from './oracle.mjs';

/** The whole: its schedules are too many to be ended, so a depth is given with it. */
export const FULL = { edit: 3, answer: 3, undo: 1, foreign: 1, refetch: 1, reload: 1, resume: 1 };

/** Scopes that end: every schedule within these numbers of events. */
export const SCOPES = [
  { name: 'three edits, two answers, one resume', limits: { edit: 3, answer: 2, undo: 0, foreign: 0, refetch: 0, reload: 0, resume: 1 } },
  { name: 'two edits, two answers, one undo, one resume', limits: { edit: 2, answer: 2, undo: 1, foreign: 0, refetch: 0, reload: 0, resume: 1 } },
  { name: 'two edits, one answer, one undo, one reload', limits: { edit: 2, answer: 1, undo: 1, foreign: 0, refetch: 0, reload: 1, resume: 0 } },
  { name: 'two edits, one answer, one undo, one foreign write', limits: { edit: 2, answer: 1, undo: 1, foreign: 1, refetch: 0, reload: 0, resume: 0 } },
  { name: 'two edits, one answer, one foreign write, one refetch', limits: { edit: 2, answer: 1, undo: 0, foreign: 1, refetch: 1, reload: 0, resume: 0 } },
];

/** Larger ones, for the long form. */
export const LONG_SCOPES = [
  { name: 'one edit, two answers, and one of everything', limits: { edit: 1, answer: 2, undo: 1, foreign: 1, refetch: 1, reload: 1, resume: 1 } },
  { name: 'three edits, three answers, one resume', limits: { edit: 3, answer: 3, undo: 0, foreign: 0, refetch: 0, reload: 0, resume: 1 } },
  { name: 'three edits, two answers, one undo, one resume', limits: { edit: 3, answer: 2, undo: 1, foreign: 0, refetch: 0, reload: 0, resume: 1 } },
  { name: 'three edits, one answer, one undo, one reload', limits: { edit: 3, answer: 1, undo: 1, foreign: 0, refetch: 0, reload: 1, resume: 0 } },
  { name: 'two edits, two answers, one foreign write, one refetch, one resume', limits: { edit: 2, answer: 2, undo: 0, foreign: 1, refetch: 1, reload: 0, resume: 1 } },
];

const START = { a: '0', b: '0' };
/** Stored, refused, lost both ways, signed out. */
const OUTCOMES = ['stored', '400', 'lost-stored', 'lost', '401'];

/**
 * Goes through every schedule within the limits, breadth first, each brought to
 * rest. Two schedules that lead to the same state are continued once: the same
 * user, queue, requests and reads under way, server, and told facts.
 * `depth` is the most events a schedule may have; `until` ends it early, and the
 * answer says so.
 */
export async function explore(open, limits, { depth = Infinity, until = () => false, onFailure, report = () => {} } = {}) {
  const seen = new Set();
  let frontier = [{ script: [], used: {} }];
  const count = { schedules: 0, states: 0, failures: 0, depth: 0, isComplete: true };
  for (; frontier.length > 0; count.depth++) {
    const next = [];
    for (const { script, used } of frontier) {
      if (until(count)) return { ...count, isComplete: false };
      count.schedules += 1;
      const found = await visit(script, open);
      if (found.violation !== undefined) {
        count.failures += 1;
        await onFailure?.(script, found.violation);
        continue;
      }
      const key = `${found.key} ${JSON.stringify(used)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const atRest = await ended(found.world);
      if (atRest !== undefined) {
        count.failures += 1;
        await onFailure?.(script, atRest);
        continue;
      }
      if (count.depth === depth) continue;
      for (const [kind, line] of found.events) {
        if ((used[kind] ?? 0) < (limits[kind] ?? Infinity)) next.push({ script: [...script, line], used: Number.isFinite(limits[kind] ?? Infinity) ? { ...used, [kind]: (used[kind] ?? 0) + 1 } : used });
      }
    }
    count.states = seen.size;
    report(count, next.length);
    frontier = next;
  }
  return count;
}

async function visit(script, open) {
  const world = new World(open, { start: START });
  try {
    await world.settle();
    for (const line of script) await world.step(line);
    return { world, key: keyOf(world), events: eventsOf(world) };
  } catch (error) {
    world.end();
    return { violation: asViolation(error) };
  }
}

async function ended(world) {
  try {
    await world.rest();
  } catch (error) {
    return asViolation(error);
  } finally {
    world.end();
  }
}

const asViolation = (error) => (error instanceof Violation ? error : new Violation('no surprise', error?.stack ?? String(error)));

/** What can happen now, each with the limit that it counts against. */
function eventsOf({ oracle, network, subject, server, time }) {
  const { edits } = oracle;
  const events = [];
  const n = edits.length + 1;
  // The first edit is of `a`: the two fields are alike.
  events.push(['edit', `edit a=${n}`]);
  if (edits.length > 0) events.push(['edit', 'edit a=0'], ['edit', `edit b=${n}`]);
  if (network.requests.length > 0) events.push(...OUTCOMES.map((outcome) => ['answer', `answer ${outcome}`]));
  edits.forEach((edit, index) => {
    if (edit.fate === 'living') events.push(['undo', `undo ${index}`]);
  });
  events.push(['foreign', 'foreign a=9'], ['foreign', 'foreign b=9'], ['refetch', 'refetch'], ['reload', 'reload']);
  const [read] = network.reads;
  if (read !== undefined) {
    events.push(['read', 'read now']);
    if (read.began !== server.latest.seq) events.push(['read', 'read began']);
  }
  const { paused, pending } = subject.snapshot;
  if (pending.length > 0 && (paused || time.nextTimer !== undefined) && network.requests.length === 0) events.push(['resume', 'resume']);
  return events;
}

/**
 * All that the future depends on. Edits are named by their numbers and times by
 * their order. Of the server's past each field keeps its own: in which order two
 * fields were written matters to nobody, once it is known what was read when.
 */
function keyOf({ oracle, network, subject, server, time }) {
  const { user, confirmed, pending, conflicts, paused, needsRefetch, retryAt } = subject.snapshot;
  const at = (seq, field) => server.versions.filter((version) => version.seq <= seq && Object.hasOwn(version.fields, field)).length;
  const past = ['a', 'b'].map((field) => [
    server.versions.filter(({ fields }) => Object.hasOwn(fields, field)).map(({ by, fields }) => [by, fields[field]]),
    at(oracle.floor, field),
    oracle.edits.map((edit) => at(edit.seq, field)),
  ]);
  const text = JSON.stringify([
    subject.state(),
    [user.metadata, confirmed.metadata, confirmed.updated_at, pending, conflicts, paused, needsRefetch, retryAt !== undefined, time.nextTimer !== undefined],
    network.requests.map(({ fields, isStored }) => [fields, isStored]),
    network.late.map(({ fields, isStored }) => [fields, isStored]),
    network.reads.map(({ began, isAlone, wasJoined }) => [server.versions[began].user.metadata, server.versions[began].user.updated_at, isAlone, wasJoined]),
    server.user.metadata,
    past,
    oracle.edits.map(({ fields, fate, told, strong, before, keptTheirs, hasHandle, follows }) => [fields, fate, told, [...strong], before, [...keptTheirs], hasHandle, follows?.n]),
    [oracle.misled, [...oracle.loose.keys()], network.refused],
  ]);
  const names = new Map(oracle.edits.map(({ id, n }) => [id, `#${n}`]));
  for (const { id } of pending) if (!names.has(id)) names.set(id, `#+${names.size}`);
  const used = server.versions.map(({ user: { updated_at } }) => updated_at).filter((updated) => text.includes(updated));
  used.forEach((updated, index) => names.set(updated, `t${index}`));
  let key = text;
  for (const [id, name] of names) key = key.replaceAll(id, name);
  return key;
}
