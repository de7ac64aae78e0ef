// cspell:disable
// A profile's settings by three form libraries, with the same schema and German messages.

import { useForm as useConform } from '@conform-to/react/future';
import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import { useForm as useTanStack } from '@tanstack/react-form';
import { createRoot } from 'react-dom/client';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';

import { createPatchSchema, defineMetadata, patchSchema, updateUser } from 'palm-user';
import { german } from '../../recipes/german.js';

const { sandbox, id, form } = Object.fromEntries(new URLSearchParams(location.search));
const metadata = defineMetadata(
  { customer_tier: v.string(), notes: v.pipe(v.optional(v.pipe(v.string(), v.trim(), v.maxLength(10, 'Höchstens zehn Zeichen.'))), v.transform((text) => text || undefined)) },
  { writable: ['notes'] },
);
const own = createPatchSchema({ metadata, messages: german, limits: { maxDisplayNameLength: 12 } });
const save = (patch, options) => updateUser(id, patch, { baseUrl: sandbox, headers: { authorization: 'Bearer sk_test_browser' }, ...options });

/** Says when it is stored. */
const told = (promise) => promise.then(() => (document.title = 'stored'), (error) => (document.title = `${error}`));
const values = { display_name: 'Ada', metadata: { notes: '' } };

function HookForm({ schema }) {
  const { register, handleSubmit, formState: { errors } } = useForm({ resolver: standardSchemaResolver(schema), defaultValues: values });
  return (
    <form onSubmit={handleSubmit((patch) => told(save(patch)))}>
      <input id="name" {...register('display_name')} />
      <input id="notes" {...register('metadata.notes')} />
      <output id="errors">{[errors.display_name?.message, errors.metadata?.notes?.message].filter(Boolean).join(' ')}</output>
      <button>Save</button>
    </form>
  );
}

function TanStackForm() {
  const all = useTanStack({ defaultValues: values, validators: { onSubmit: own }, onSubmit: ({ value }) => told(save(value, { metadata })) });
  const field = (name, id) => (
    <all.Field name={name}>
      {({ state, handleChange }) => (
        <>
          <input id={id} value={state.value} onChange={(event) => handleChange(event.target.value)} />
          <output className="error">{state.meta.errors.map((error) => error.message).join(' ')}</output>
        </>
      )}
    </all.Field>
  );
  return (
    <form onSubmit={(event) => (event.preventDefault(), all.handleSubmit())}>
      {field('display_name', 'name')}
      {field('metadata.notes', 'notes')}
      <button>Save</button>
    </form>
  );
}

function ConformForm() {
  const { form, fields } = useConform(own, { defaultValue: values, onSubmit: (event, { value }) => (event.preventDefault(), told(save(value))) });
  const { notes } = fields.metadata.getFieldset();
  return (
    <form {...form.props}>
      <input id="name" name={fields.display_name.name} defaultValue={fields.display_name.defaultValue} />
      <input id="notes" name={notes.name} defaultValue={notes.defaultValue} />
      <output id="errors">{[...(fields.display_name.errors ?? []), ...(notes.errors ?? [])].join(' ')}</output>
      <button>Save</button>
    </form>
  );
}

const forms = { hook: <HookForm schema={own} />, any: <HookForm schema={patchSchema} />, tanstack: <TanStackForm />, conform: <ConformForm /> };
createRoot(document.getElementById('app')).render(forms[form]);
