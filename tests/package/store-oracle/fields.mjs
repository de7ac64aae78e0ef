// What a person sees and writes: three fields, two of metadata and the name.
// A value is a string, or null for "not there".

export const FIELDS = ['a', 'b', 'name'];

/** `{ a: '1', name: 'Ada' }` as a patch of the API. */
export function patchOf(fields) {
  const { name, ...metadata } = fields;
  return {
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    ...(name === undefined ? {} : { display_name: name }),
  };
}

/** The same the other way round. */
export function fieldsOf(patch) {
  const { display_name: name, metadata = {} } = patch;
  return { ...metadata, ...(name === undefined ? {} : { name }) };
}

export function valueIn(user, field) {
  return (field === 'name' ? user.display_name : user.metadata[field]) ?? null;
}

/** The path of a field in the store's own terms. */
export function pathOf(field) {
  return field === 'name' ? 'display_name' : `metadata.${field}`;
}
