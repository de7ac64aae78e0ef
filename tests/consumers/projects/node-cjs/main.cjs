const { applyPatch, fingerprint, updateUser, validatePatch } = require('palm-user');
const { createGateway } = require('palm-user/edge');

import('./exercise.js')
  .then(({ exercise }) => exercise({ applyPatch, fingerprint, updateUser, validatePatch }, process.argv[2]))
  .then((result) => console.log(JSON.stringify({ ...result, gateway: typeof createGateway })));
