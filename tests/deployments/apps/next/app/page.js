'use client';

import { useEffect } from 'react';

import { start } from '../page.js';

export default function Page() {
  useEffect(() => start(), []);
  return (
    <>
      <button id="sign-in">Sign in</button>
      <label>
        Notes <input id="notes" />
      </label>
      <p id="status"></p>
    </>
  );
}
