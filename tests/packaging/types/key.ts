// Keys of the environment, which may be unset.

import { getUser, updateUser, type UpdateUserOptions } from 'palm-user';
import { createGateway, type GatewayOptions } from 'palm-user/edge';

const byFunction: UpdateUserOptions = { apiKey: () => process.env['PALM_API_KEY'] };
const byValue: UpdateUserOptions = { apiKey: process.env['PALM_API_KEY'] };
const later: UpdateUserOptions = { apiKey: async () => process.env.PALM_API_KEY };
const gateway: GatewayOptions = { apiKey: () => process.env.PALM_API_KEY, identify: () => undefined };
updateUser('palm_usr_1', { display_name: 'Ada' }, { apiKey: () => process.env.PALM_API_KEY });
getUser('palm_usr_1', { apiKey: () => process.env.PALM_API_KEY });
createGateway({ apiKey: () => process.env.PALM_API_KEY, identify: () => undefined });

export { byFunction, byValue, gateway, later };
