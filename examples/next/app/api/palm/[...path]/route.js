import { gateway } from '../../../../lib/palm.js';

const handler = (request) => gateway(request);
export { handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH };
