// The schemas where a server takes them: Hono's validator and tRPC.

import { sValidator } from '@hono/standard-validator';
import { createTRPCClient, httpLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { Hono } from 'hono';
import { createPatchSchema, defineMetadata, patchSchema, type StandardSchema } from 'palm-user';

declare function schema<T>(): StandardSchema<T, T>;
const metadata = defineMetadata({ customer_tier: schema<'basic' | 'premium'>(), notes: schema<string | undefined>() }, { writable: ['notes'] });
const own = createPatchSchema({ metadata });

export const app = new Hono()
  .patch('/any', sValidator('json', patchSchema), (c) => c.json({ name: c.req.valid('json').display_name ?? null }))
  .patch('/own', sValidator('json', own), (c) => {
    const notes: string | null | undefined = c.req.valid('json').metadata?.notes;
    return c.json({ notes: notes ?? null });
  });

const t = initTRPC.create();
const router = t.router({
  any: t.procedure.input(patchSchema).mutation(({ input }) => input.display_name ?? null),
  own: t.procedure.input(own).mutation(({ input }) => input.metadata?.notes ?? null),
});

export const client = createTRPCClient<typeof router>({ links: [httpLink({ url: 'https://gateway.example.com' })] });
export const sent: Promise<string | null> = client.own.mutate({ metadata: { notes: 'hi' } });
export const any: Promise<string | null> = client.any.mutate({ metadata: { any: 'key' }, display_name: 'Ada' });
// @ts-expect-error the server's key
client.own.mutate({ metadata: { customer_tier: 'premium' } });
