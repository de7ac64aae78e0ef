// src/routes/api/palm/$.js
import { createFileRoute } from '@tanstack/react-router';

import { gateway } from './gateway.js';

export const Route = createFileRoute('/api/palm/$')({
  server: { handlers: { ANY: ({ request }) => gateway(request) } },
});
