// Small scopes, not by chance: every order of a few edits, answers, one undo,
// one write of somebody else, one refetch, one reload.

import { World } from './world.mjs';
import { Violation, isOpen } from './oracle.mjs';

/** How many of each event a schedule may have. */
export const FULL = { edit: 3, answer: 3, undo: 1, foreign: 1, refetch: 1, reload: 1, resume: 1 };

const START = { a: '0', b: '0' };
/** Stored, refused, lost both ways, signed out. */
const OUTCOMES = ['stored', '400', 'lost-stored', 'lost', '401'];

/**
 * Goes through every schedule within the limits, breadth first, each brought to
 * rest. Two schedules that lead to the same state are continued once: the same
 * user, queue, requests and reads under way, server, and told facts.
 * `until` ends it early; the answer says whether all was seen.
 */
export async function explore(open, limits, { until = () => false, onFailure, report = () => {} } = {}) {
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

/** All that the future depends on; the names of edits are their numbers. */
function keyOf({ oracle, network, subject, server, time }) {
  const { snapshot } = subject;
  const text = JSON.stringify([
    subject.state(),
    snapshot,
    network.requests.map(({ fields, isStored }) => [fields, isStored]),
    network.late.map(({ fields, isStored }) => [fields, isStored]),
    network.reads.map(({ began, isAlone, wasJoined }) => [server.versions[began].user, isAlone, wasJoined]),
    server.versions.map(({ user, by, fields }) => [user, by, fields]),
    oracle.edits.map((edit) => [edit.fields, edit.seq, edit.fate, edit.told, [...edit.strong], [...edit.keptTheirs], isOpen(edit)]),
    [oracle.floor, oracle.misled, [...oracle.loose.keys()], network.refused],
    time.nextTimer === undefined ? null : time.nextTimer - time.now,
  ]);
  const names = new Map();
  for (const edit of oracle.edits) names.set(edit.id, `#${edit.n}`);
  for (const { id } of snapshot.pending) if (!names.has(id)) names.set(id, `#+${names.size}`);
  let key = text;
  for (const [id, name] of names) key = key.replaceAll(id, name);
  return key;
}
