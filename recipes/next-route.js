// app/api/palm/[...path]/route.js
import { gateway } from '../../../../gateway.js';

export const PATCH = (request) => gateway(request);
export const OPTIONS = PATCH;
