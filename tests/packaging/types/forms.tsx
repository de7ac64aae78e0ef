// The schemas in forms, as one writes them: react-hook-form, TanStack Form, Conform.

import { useForm as useConform } from '@conform-to/react/future';
import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import { useForm as useTanStack } from '@tanstack/react-form';
import { createPatchSchema, defineMetadata, patchSchema, type InputOf, type PatchInput, type StandardSchema, type UserPatch } from 'palm-user';
import type { ReactNode } from 'react';
import { useForm } from 'react-hook-form';

declare function schema<T>(): StandardSchema<T, T>;
const metadata = defineMetadata({ customer_tier: schema<'basic' | 'premium'>(), notes: schema<string | undefined>() }, { writable: ['notes'] });
const own = createPatchSchema({ metadata });
declare function save(patch: UserPatch): Promise<void>;
declare function saveOwn(patch: UserPatch<{ notes: string | undefined }>): void;

export function HookForm(): ReactNode {
  const { register, handleSubmit, formState } = useForm({ resolver: standardSchemaResolver(own), defaultValues: { display_name: 'Ada', metadata: { notes: '' } } });
  const any = useForm({ resolver: standardSchemaResolver(patchSchema) });
  return (
    <form onSubmit={handleSubmit((patch) => saveOwn(patch))} onReset={any.handleSubmit((patch) => save(patch))}>
      <input {...register('metadata.notes')} />
      {formState.errors.metadata?.notes?.message}
      {/* @ts-expect-error the server's key */}
      <input {...register('metadata.customer_tier')} />
      <input {...any.register('metadata.anything')} />
    </form>
  );
}

export function TanStackForm(): ReactNode {
  const defaultValues: InputOf<typeof own> = { display_name: 'Ada', metadata: { notes: '' } };
  const form = useTanStack({ defaultValues, validators: { onChange: own, onSubmit: own }, onSubmit: ({ value }) => saveOwn(value) });
  const open: PatchInput = { metadata: { notes: '' } };
  const any = useTanStack({ defaultValues: open, validators: { onChange: patchSchema }, onSubmit: ({ value }) => save(value) });
  return (
    <form onSubmit={() => any.handleSubmit()}>
      <form.Field name="metadata.notes">{(field) => <input value={field.state.value ?? ''} onChange={(event) => field.handleChange(event.target.value)} />}</form.Field>
    </form>
  );
}

export function ConformForm(): ReactNode {
  const { form, fields } = useConform(own, { onSubmit: (event, { value }) => (event.preventDefault(), saveOwn(value)) });
  const any = useConform(patchSchema, { onSubmit: (event, { value }) => void save(value) });
  return (
    <form {...form.props}>
      <input name={fields.metadata.getFieldset().notes.name} />
      <input name={any.fields.display_name.name} />
    </form>
  );
}
