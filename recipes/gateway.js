import { createGateway } from 'palm-user/edge';

import { userIdOf } from './session.js'; // yours: who is signed in?

export const gateway = createGateway({
  basePath: '/api/palm',
  apiKey: () => process.env.PALM_API_KEY,
  baseUrl: process.env.PALM_BASE_URL, // unset, it is Palm's own
  authorize: async (request, userId) => {
    const signedIn = await userIdOf(request);
    return signedIn === undefined ? 'unauthenticated' : signedIn === userId;
  },
});
