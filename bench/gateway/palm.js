// What stands for Palm: an answer at once, so that what is measured is the gateway before it.

const USER = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  object: 'user',
  created_at: '2025-10-24T10:30:00Z',
  updated_at: '2025-10-24T15:45:00Z',
  metadata: { external_id: 'user_123_in_my_system', customer_tier: 'premium', notes: 'call back', language: 'en' },
  status: 'active',
  verification: null,
  display_name: 'John Doe',
  vault: { 'identity.first_name': 'John', 'identity.last_name': 'Doe' },
};

export default {
  async fetch(request) {
    await request.text();
    return Response.json(USER, { headers: { 'x-request-id': 'req_1' } });
  },
};
