// What is read aloud must not stutter.

import { useEffect, useRef, useState } from 'react';

const SETTLED_MS = 900;

/** A text once it has stayed the same for a while; empty until it first changes. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState('');
  const initial = useRef(text);
  useEffect(() => {
    if (text === initial.current) return;
    const timer = setTimeout(() => setSettled(text), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
