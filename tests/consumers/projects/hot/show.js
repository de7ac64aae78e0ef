import { fingerprint } from 'palm-user';

export const show = () => {
  document.getElementById('out').textContent = `first ${fingerprint('a')}`;
};
