const { applyPatch, fingerprint, updateUser, validatePatch } = require('palm-user');

const { exercise, expected } = require('./exercise.cjs');

test('palm-user in Jest', async () => {
  const result = await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, process.env.PALM_API);
  expect(result).toEqual(expected);
});
