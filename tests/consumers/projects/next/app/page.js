import { applyPatch, fingerprint, updateUser, validatePatch } from 'palm-user';

import { exercise } from '../exercise.js';
import { Client } from './client.js';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const result = await exercise({ applyPatch, fingerprint, updateUser, validatePatch }, process.env.PALM_API);
  return (
    <main>
      <output id="server">{JSON.stringify(result)}</output>
      <Client baseUrl={process.env.PALM_API} />
    </main>
  );
}
