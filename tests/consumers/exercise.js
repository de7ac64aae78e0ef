// What every consumer does with the package, and what must come out.

const patch = { metadata: { customer_tier: 'premium', notes: null }, display_name: 'John Doe' };
const user = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: { customer_tier: 'basic', notes: 'hi', signup_source: 'mobile_app' },
  status: 'active',
  verification: null,
  vault: { 'identity.first_name': 'John' },
};

/** The four functions as the consumer imported them, and where an API answers. */
export async function exercise({ applyPatch, fingerprint, updateUser, validatePatch }, baseUrl) {
  const after = applyPatch(user, patch);
  const stored = await updateUser('palm_usr_1a2b3c4d5e6f7g8h', patch, { baseUrl, current: user });
  let refused;
  try {
    await updateUser('..', patch, { baseUrl });
  } catch (error) {
    refused = `${error.name} ${error.code} ${error.outcome}`;
  }
  return {
    valid: validatePatch(patch, { current: user }).valid,
    issue: validatePatch({ displayName: 'Ada' }).errors[0].message,
    metadata: after.metadata,
    shared: after.vault === user.vault,
    fingerprint: fingerprint(' Ada@Example.com', 'email'),
    stored: stored.display_name,
    refused,
  };
}

export const expected = {
  valid: true,
  issue: 'Unknown field; did you mean display_name?',
  metadata: { customer_tier: 'premium', signup_source: 'mobile_app' },
  shared: true,
  fingerprint: 'b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72',
  stored: 'John Doe',
  refused: 'PalmError invalid_user_id not_sent',
};
