// app/api/palm/[...path]/route.js
import { gateway } from '../../../../gateway.js';

const handler = (request) => gateway(request);
export { handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH };
