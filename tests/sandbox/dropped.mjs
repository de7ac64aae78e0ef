// A fault as it looks on the wire, where there is one.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';

import { KEY } from './client.mjs';

export function dropped(open) {
  test('a dropped connection is dropped on the wire', async () => {
    const box = await open();
    const { id } = await box.create();
    const outcome = await new Promise((resolve) => {
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'sandbox-fault': 'drop=after' };
      const sent = request(`${box.url}/v1/user/${id}`, { method: 'PATCH', headers }, (response) => {
        response.resume();
        response.on('error', (error) => resolve(error.code));
        response.on('end', () => resolve(`ended, complete: ${response.complete}`));
      });
      sent.on('error', (error) => resolve(error.code));
      sent.end('{"display_name":"x"}');
    });
    await box.dispose();
    assert.equal(outcome, 'ECONNRESET');
  });
}
