import { createUserStore, updateUser, validatePatch } from 'palm-user';

console.log('nothing of it is used');
