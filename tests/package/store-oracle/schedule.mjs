// Random scripts, and the shortest part of one that still fails.

import { ANSWERS } from './network.mjs';
import { random } from './random.mjs';
import { BAD } from './server.mjs';

const VALUES = ['0', '1', '2', '3', '2_', '-'];
const NAMES = ['Ada', 'Bea', 'Eve_'];
const RARE = Object.keys(ANSWERS);

/** The script of a seed: the same one everywhere. */
export function scriptOf(seed) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const some = () => Math.floor(next() * 8);
  const value = (field) => (field === 'name' ? pick(NAMES) : next() < 0.08 ? BAD : pick(VALUES));
  const fields = () => {
    const chosen = next() < 0.25 ? ['a', pick(['b', 'name'])] : [pick(['a', 'a', 'b', 'name'])];
    return chosen.map((field) => `${field}=${value(field)}`).join(' ');
  };
  const edit = () => next() < 0.1 ? `save ${fields()}` : `edit ${fields()}${next() < 0.08 ? ' debounce:300' : ''}`;
  // Not every schedule has everything in it: a shorter list of events goes deeper.
  const has = (share) => next() < share;
  const kinds = [
    [8, edit],
    [6, () => 'answer stored'],
    [2, () => `answer ${pick(['400', '404', '409', '413', '422'])}`],
    [2, () => `answer ${pick(['lost', 'lost-stored'])}`],
    ...(has(0.5) ? [[2, () => `answer ${pick(RARE)}`]] : []),
    ...(has(0.5) ? [[1, () => `answer ${pick(['401', '403', '429', 'not-sent', '500'])}`]] : []),
    ...(has(0.6) ? [[2, () => `undo ${some()}`]] : []),
    ...(has(0.3) ? [[1, () => `discard ${some()}`]] : []),
    ...(has(0.6) ? [[2, () => `foreign ${fields().replaceAll(BAD, '9')}`], [1, () => 'push']] : []),
    ...(has(0.4) ? [[1, () => 'look'], [1, () => `hand ${some()}`]] : []),
    ...(has(0.5) ? [[1, () => 'refetch'], [2, () => `read ${pick(['began', 'now'])}`]] : []),
    ...(has(0.3) ? [[1, () => `read ${pick(['lost', '401', '403', '429', '500', 'threw', ...RARE.filter((kind) => kind.startsWith('rubbish'))])}`]] : []),
    [1, () => 'resume'],
    ...(has(0.2) ? [[0.5, () => 'pause']] : []),
    ...(has(0.3) ? [[0.7, () => (next() < 0.5 ? 'reload' : 'reload with')]] : []),
    ...(has(0.3) ? [[1, () => 'process'], [1, () => 'arrive']] : []),
    ...(has(0.25) ? [[1.2, () => `clock ${pick(['tie', 'tie', 'back', 'forward'])}`]] : []),
    ...(has(0.15) ? [[0.6, () => 'enrich']] : []),
    ...(has(0.4) ? [[1, () => `wait ${pick([100, 1000, 10_000, 60_000])}`]] : []),
    ...(has(0.15) ? [[0.7, () => `wait ${pick([200_000, 400_000, 7_200_000])}`], [1, () => `resolve ${some()} ${pick(['mine', 'theirs'])}`]] : []),
    ...(has(0.15) ? [[0.6, () => `event ${pick(['online', 'offline', 'visibilitychange', 'pageshow'])}`]] : []),
    ...(has(0.1) ? [[0.6, () => 'flush']] : []),
    ...(has(0.1) ? [[0.6, () => `listener ${next() < 0.5 ? 'sending ' : ''}${pick(['throws', 'resume', `edit ${fields()}`, `undo ${some()}`, `discard ${some()}`, 'push', 'refetch'])}`]] : []),
    ...(has(0.1) ? [[0.6, () => `onerror ${pick(['throws', 'rejects', 'well'])}`]] : []),
    ...(has(0.05) ? [[0.5, () => `deaf ${pick(['yes', 'no'])}`]] : []),
  ];
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);
  const step = () => {
    let at = next() * total;
    for (const [weight, make] of kinds) if ((at -= weight) < 0) return make();
    return edit();
  };
  const length = 5 + Math.floor(next() * 25);
  const script = Array.from({ length }, () => (next() < 0.2 ? `${step()} &` : step()));
  return next() < 0.05 ? [...script, 'close'] : script;
}

/** Leaves out steps, and simplifies those that stay, for as long as it fails in the same way. */
export async function shrink(script, fails) {
  let best = script;
  const attempt = async (candidate) => {
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length; ) {
      const isShorter = await attempt([...best.slice(0, at), ...best.slice(at + size)]);
      if (!isShorter) at += size;
      else if (size === 1) at = 0;
    }
  }
  for (let at = 0; at < best.length; at++) {
    for (const simpler of simplerThan(best[at])) await attempt(best.map((line, index) => (index === at ? simpler : line)));
  }
  return best;
}

function simplerThan(line) {
  const simpler = [];
  if (line.endsWith(' &')) simpler.push(line.slice(0, -2));
  if (line.includes(' debounce:')) simpler.push(line.replace(/ debounce:\d+/, ''));
  if (line.startsWith('answer ')) simpler.push('answer stored', 'answer lost', 'answer lost-stored', 'answer 400');
  if (line.startsWith('edit ')) {
    const pairs = line.split(' ').slice(1).filter((word) => word.includes('='));
    if (pairs.length > 1) simpler.push(...pairs.map((pair) => `edit ${pair}`));
  }
  return simpler;
}

/** The script of a seed for two or three tabs. */
export function tabsScriptOf(seed) {
  const next = random(seed * 7919 + 13);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const some = () => Math.floor(next() * 8);
  const value = (field) => (field === 'name' ? pick(['Ada', 'Bea', 'Eve']) : next() < 0.06 ? BAD : pick(['0', '1', '2', '3', '-']));
  const fields = () => {
    const chosen = next() < 0.2 ? ['a', pick(['b', 'name'])] : [pick(['a', 'a', 'b', 'name'])];
    return chosen.map((field) => `${field}=${value(field)}`).join(' ');
  };
  const has = (share) => next() < share;
  const kinds = [
    [8, () => `edit ${some()} ${fields()}${next() < 0.08 ? ' debounce:300' : ''}`],
    [6, () => 'answer stored'],
    [1.5, () => `answer ${pick(['400', '409', '422'])}`],
    [2, () => `answer ${pick(['lost', 'lost-stored', '500', '500-stored'])}`],
    ...(has(0.5) ? [[1, () => `answer ${pick(['401', '429', 'not-sent'])}`]] : []),
    ...(has(0.6) ? [[2, () => `undo ${some()} ${some()}`]] : []),
    ...(has(0.3) ? [[1, () => `discard ${some()} ${some()}`]] : []),
    ...(has(0.5) ? [[1.5, () => `foreign ${fields().replaceAll(BAD, '9')}`], [0.7, () => `push ${some()}`]] : []),
    [2, () => `read ${pick(['began', 'now'])}`],
    ...(has(0.4) ? [[1, () => `refetch ${some()}`], [1, () => `read ${pick(['lost', '401', '500'])}`]] : []),
    [1, () => `resume ${some()}`],
    ...(has(0.2) ? [[0.5, () => `pause ${some()}`]] : []),
    [1, () => 'open'],
    [0.7, () => `kill ${some()}`],
    ...(has(0.4) ? [[0.7, () => `close ${some()}`]] : []),
    [0.7, () => `reload ${some()}${next() < 0.3 ? ' cached' : ''}`],
    ...(has(0.6) ? [[1, () => `freeze ${some()}`], [1, () => `leave ${some()}`], [2.5, () => 'back']] : []),
    ...(has(0.4) ? [[1, () => 'process'], [1, () => 'arrive']] : []),
    ...(has(0.5) ? [[1.5, () => `wait ${pick([100, 1000, 10_000, 60_000])}`]] : []),
    ...(has(0.1) ? [[0.6, () => `wait ${pick([400_000, 7_200_000])}`], [1, () => `resolve ${some()} ${some()} ${pick(['mine', 'theirs'])}`]] : []),
    ...(has(0.1) ? [[0.6, () => `flush ${some()}`]] : []),
  ];
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);
  const step = () => {
    let at = next() * total;
    for (const [weight, make] of kinds) if ((at -= weight) < 0) return make();
    return 'answer stored';
  };
  const script = Array.from({ length: 4 + Math.floor(next() * 22) }, () => (next() < 0.2 ? `${step()} &` : step()));
  return seed % 5 === 0 ? ['without channel', ...script] : script;
}
