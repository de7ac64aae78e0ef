// Metadata with members of its own, in forms and validators.

import { useForm as useConform } from '@conform-to/react/future';
import { sValidator } from '@hono/standard-validator';
import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import { useForm as useTanStack } from '@tanstack/react-form';
import { initTRPC } from '@trpc/server';
import { Hono } from 'hono';
import { createPatchSchema, defineMetadata, type InputOf, type OutputOf } from 'palm-user';
import type { ReactNode } from 'react';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { z } from 'zod';

const metadata = defineMetadata(
  {
    address: z.object({ city: z.string(), zip: z.string().optional() }).optional(),
    tags: z.array(z.string()).readonly(),
    age: z.coerce.number(),
    flag: v.boolean(),
    tier: v.picklist(['a', 'b']),
  },
  { writable: ['address', 'tags', 'age', 'flag', 'tier'] },
);
const own = createPatchSchema({ metadata });
declare function save(patch: OutputOf<typeof own>): void;

export function HookForm(): ReactNode {
  const { register, handleSubmit, formState } = useForm({ resolver: standardSchemaResolver(own), defaultValues: { metadata: { address: { city: '' } } } });
  return (
    <form onSubmit={handleSubmit((patch) => save(patch))}>
      <input {...register('metadata.address.city')} />
      {formState.errors.metadata?.address?.message}
    </form>
  );
}

export function TanStackForm(): ReactNode {
  const defaultValues: InputOf<typeof own> = { metadata: { address: { city: '' } } };
  const form = useTanStack({ defaultValues, validators: { onChange: own } });
  return <form.Field name="metadata.address.city">{(field) => <input value={field.state.value ?? ''} onChange={(event) => field.handleChange(event.target.value)} />}</form.Field>;
}

export function ConformForm(): ReactNode {
  const { form, fields } = useConform(own, { onSubmit: (event, { value }) => (event.preventDefault(), save(value)) });
  return (
    <form {...form.props}>
      <input name={fields.metadata.getFieldset().address.getFieldset().city.name} />
    </form>
  );
}

export const app = new Hono().patch('/own', sValidator('json', own), (c) => c.json(c.req.valid('json').metadata?.address?.city ?? null));

const t = initTRPC.create();
export const router = t.router({ own: t.procedure.input(own).mutation(({ input }) => input.metadata?.address?.city ?? null) });
