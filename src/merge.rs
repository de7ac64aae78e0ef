//! The user after a patch: JSON Merge Patch (RFC 7396) as Palm applies it.
//!
//! Palm merges `metadata` one level deep: a value is replaced whole, where RFC
//! 7396 would go on into nested objects. `updated_at` belongs to the server and
//! is left alone.

use alloc::vec::Vec;

use crate::node::{Change, Key, Node, Stored, Unreadable, UserFields, is_equal, is_equal_inside};
use crate::patch::{DISPLAY_NAME, METADATA, Patch, removes};

/// The user after the patch; `None` when that is the user as it is.
pub(crate) fn merge<N: Node>(
    user: &N,
    fields: &UserFields<N>,
    patch: &Patch<N>,
) -> Result<Option<N>, Unreadable> {
    let mut changes: Vec<Change<N>> = Vec::with_capacity(2);
    if let Some(members) = &patch.metadata {
        fields.metadata.as_ref().map_err(|unreadable| *unreadable)?;
        if let Some(metadata) = merge_metadata(fields.metadata_object(), members)? {
            changes.push((N::Key::from_static(METADATA), Some(metadata)));
        }
    }
    if let Some(name) = &patch.display_name {
        let stored = fields.display_name.as_ref().map_err(|unreadable| *unreadable)?;
        if !stored.as_ref().is_some_and(|stored| is_equal(stored, name)) {
            changes.push((N::Key::from_static(DISPLAY_NAME), Some(name.clone())));
        }
    }
    if changes.is_empty() { Ok(None) } else { user.with(&changes).map(Some) }
}

/// RFC 7396 section 2: a target that is not an object is taken for an empty one,
/// which is there afterwards even where the patch only removes.
fn merge_metadata<N: Node>(
    stored: Option<&N>,
    members: &[(N::Key, N)],
) -> Result<Option<N>, Unreadable> {
    let Some(stored) = stored else {
        let set = members.iter().filter(|(_, value)| !removes(value));
        return Ok(Some(N::object(set.cloned().collect())));
    };
    let mut changes: Vec<Change<N>> = Vec::with_capacity(members.len());
    stored.stored(members, |key, value, before| match before {
        Stored::Absent if removes(value) => {}
        Stored::Same if !removes(value) => {}
        Stored::Other(before) if is_equal_inside(&before, value) => {}
        _ => changes.push((key.clone(), (!removes(value)).then(|| value.clone()))),
    })?;
    if changes.is_empty() { Ok(None) } else { stored.with(&changes).map(Some) }
}
