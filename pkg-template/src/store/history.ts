// Who wrote each field, so that an edit can be undone as if it had never been made.

import { createEdit, type Edit } from './edit.js';
import { isAlike, isBeyondPatches, isSame, valueOf, type Fields, type Value } from './fields.js';
import type { FieldPath, StoreUser } from './types.js';

/** The edits of one field, oldest first, and what was there before them. */
interface Chain {
  base: Value;
  edits: Edit[];
}

/** How many edits that are not pending are remembered. */
const MAX_SETTLED = 100;

export class History {
  readonly chains = new Map<FieldPath, Chain>();
  /** In the order they were made. */
  readonly edits = new Map<string, Edit>();
  /** Not pending any more, in the order that they ended. */
  settled: Edit[] = [];
  /** The last that were taken out: somebody may hold one of them still. */
  readonly gone: Edit[] = [];

  /** Notes an edit that is new. One that undoes writes no field of its own account. */
  add(edit: Edit, before: (path: FieldPath) => Value): void {
    this.edits.set(edit.id, edit);
    if (edit.undoes !== undefined) return;
    for (const path of edit.fields.keys()) {
      const chain = this.chains.get(path);
      if (chain === undefined) this.chains.set(path, { base: before(path), edits: [edit] });
      else chain.edits.push(edit);
    }
  }

  /** Notes that a stored edit of a field, of which nothing else is known, was undone. */
  bury(path: FieldPath, base: Value): void {
    this.chains.set(path, { base, edits: [deadEdit([path])] });
  }

  /** Notes that an edit is pending no longer. The oldest of these become what was there before. */
  keep(edit: Edit): void {
    if (this.edits.has(edit.id)) this.settled.push(edit);
    const oldest = this.settled.length > MAX_SETTLED ? this.settled.shift() : undefined;
    if (oldest === undefined) return;
    oldest.isForgotten = true;
    this.#each(oldest, (path, chain, at) => {
      const isFirst = chain.edits.slice(0, at).every(({ dead }) => dead.has(path));
      if (isFirst && !oldest.dead.has(path)) chain.base = oldest.fields.get(path);
    });
  }

  /** Takes an edit out as if it had never been there. `isStray`: it was undone, but the server may have stored it. */
  remove(edit: Edit, isStray = false): void {
    if (this.gone.push(edit) > MAX_SETTLED) this.gone.shift();
    this.#each(edit, () => undefined, isStray ? [deadEdit(edit.fields.keys())] : []);
  }

  #each(edit: Edit, before: (path: FieldPath, chain: Chain, at: number) => void, instead: readonly Edit[] = []): void {
    this.edits.delete(edit.id);
    for (const path of edit.fields.keys()) {
      const chain = this.chains.get(path);
      const at = chain?.edits.indexOf(edit) ?? -1;
      if (chain === undefined || at < 0) continue;
      before(path, chain, at);
      chain.edits.splice(at, 1, ...instead);
      if (chain.edits.length === 0) this.chains.delete(path);
    }
  }

  /** Somebody else wrote a field: of its edits only the pending ones still count. */
  reset(path: FieldPath, base: Value, pending: ReadonlySet<Edit>): void {
    const edits = this.chains.get(path)?.edits.filter((edit) => pending.has(edit)) ?? [];
    if (edits.length === 0) this.chains.delete(path);
    else this.chains.set(path, { base, edits });
  }

  has(path: FieldPath, edit: Edit): boolean {
    return this.chains.get(path)?.edits.includes(edit) ?? false;
  }

  /** What a field holds by the edits that count, but for some. */
  meant(path: FieldPath, except?: ReadonlySet<Edit>): Value {
    const chain = this.chains.get(path);
    return valueBy(chain, path, chain?.edits.length ?? 0, except);
  }

  /** The same, up to one edit and with it. */
  upTo(path: FieldPath, edit: Edit): Value {
    const chain = this.chains.get(path);
    return valueBy(chain, path, (chain?.edits.indexOf(edit) ?? -1) + 1);
  }

  /** What fields of an edit hold by the edits up to it; and where no patch can write that. */
  replaced(edit: Edit, paths: readonly FieldPath[]): { fields: Fields; lossy: FieldPath[] } {
    const isLossy = (path: FieldPath): boolean => isBeyondPatches(path, this.upTo(path, edit));
    const fields: Fields = new Map(paths.filter((path) => !isLossy(path)).map((path) => [path, this.upTo(path, edit)]));
    return { fields, lossy: paths.filter(isLossy) };
  }

  /**
   * What must be written so that fields of an edit hold what is meant, now that it counts
   * or counts no longer; and where no patch can do that.
   */
  restore(edit: Edit, paths: readonly FieldPath[], shown: StoreUser): { fields: Fields; lossy: FieldPath[] } {
    const fields: Fields = new Map();
    const lossy: FieldPath[] = [];
    for (const path of paths) {
      const edits = this.chains.get(path)?.edits ?? [];
      const at = edits.indexOf(edit);
      if (at < 0 || edits.some((later, index) => index > at && !later.dead.has(path))) continue;
      const value = this.meant(path);
      if (isSame(value, valueOf(shown, path))) continue;
      if (isBeyondPatches(path, value)) lossy.push(path);
      else fields.set(path, value);
    }
    return { fields, lossy };
  }

  /** The same for fields of which the latest edit has gone: one beneath it may have been undone. */
  mend(paths: Iterable<FieldPath>, gone: ReadonlySet<Edit>, shown: StoreUser, isStray: (path: FieldPath, value: Value) => boolean): Fields {
    const fields: Fields = new Map();
    for (const path of paths) {
      const value = this.meant(path);
      const isUndone = this.chains.get(path)?.edits.some((edit) => edit.dead.has(path) && !gone.has(edit)) ?? false;
      // What is shown is not what the server has, where it may have stored what was undone.
      const isThere = isAlike(value, valueOf(shown, path)) && !isStray(path, value);
      const isMeant = !isUndone || isThere;
      if (!isMeant && !isBeyondPatches(path, value)) fields.set(path, value);
    }
    return fields;
  }
}

/** Stands for an edit of which nothing is known but that it was undone. */
function deadEdit(paths: Iterable<FieldPath>): Edit {
  const edit = createEdit('', {}, 0);
  for (const path of paths) edit.dead.add(path);
  return edit;
}

/** What a field holds by the edits before one that count. */
function valueBy(chain: Chain | undefined, path: FieldPath, end: number, except?: ReadonlySet<Edit>): Value {
  for (let at = end - 1; at >= 0; at -= 1) {
    const edit = chain?.edits[at];
    if (edit !== undefined && !edit.dead.has(path) && !except?.has(edit)) return edit.fields.get(path);
  }
  return chain?.base;
}
