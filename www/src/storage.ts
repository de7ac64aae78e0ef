// What survives a reload. A browser's storage can be full, or switched off.

/** What was kept under a name, or undefined: for whatever reason there is none. */
export function recall(storage: Storage | undefined, name: string): string | undefined {
  try {
    return storage?.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether the text is kept now. */
export function keep(storage: Storage | undefined, name: string, text: string): boolean {
  try {
    storage?.setItem(name, text);
    return storage !== undefined;
  } catch {
    return false;
  }
}

/** Storage of this tab, or of all tabs; undefined where the browser refuses it. */
export function storage(kind: 'tab' | 'all'): Storage | undefined {
  try {
    return kind === 'tab' ? sessionStorage : localStorage;
  } catch {
    return undefined;
  }
}
