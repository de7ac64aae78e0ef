import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';
import { expect, test } from 'vitest';

import { exercise, expected } from './exercise.js';

test('palm-user in Vitest', async () => {
  const result = await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, process.env.PALM_API);
  expect(result).toEqual(expected);
});
