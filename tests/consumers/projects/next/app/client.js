'use client';

import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';
import { useEffect, useState } from 'react';

import { exercise } from '../exercise.js';

export function Client({ baseUrl }) {
  const [result, setResult] = useState();
  useEffect(() => {
    exercise({ applyPatch, fingerprint, updateUser, validatePatch }, baseUrl).then(setResult, (error) => setResult(String(error)));
  }, [baseUrl]);
  return <output id="client">{result && JSON.stringify(result)}</output>;
}
