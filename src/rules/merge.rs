//! The user after a patch: JSON Merge Patch (RFC 7396) as Palm applies it.
//!
//! Palm merges `metadata` one level deep: it replaces a value as a whole, where RFC
//! 7396 would merge nested objects too. `updated_at` belongs to the server and is
//! left alone.

use alloc::vec::Vec;

use crate::rules::equal::{is_equal, is_equal_inside};
use crate::rules::node::{Change, Key, Node, Stored, Unreadable, UserFields};
use crate::rules::patch::{METADATA, Patch, TEXT_FIELDS, removes};

/// The user after the patch; `None` if the patch changes nothing.
#[cfg_attr(
    not(any(test, all(feature = "wasm", target_arch = "wasm32"))),
    allow(dead_code, reason = "native code changes the user where it lies")
)]
pub(crate) fn merge<N: Node>(
    user: &N,
    fields: &UserFields<N>,
    patch: &Patch<N>,
) -> Result<Option<N>, Unreadable> {
    let Changes { metadata, texts } = changes(fields, patch)?;
    let metadata = match (metadata, fields.metadata_object()) {
        (Some(MetadataChanges::New(members)), _) => Some(N::object(members)),
        (Some(MetadataChanges::Members(changes)), Some(stored)) => Some(stored.with(&changes)?),
        _ => None,
    };
    let mut changes: Vec<Change<N>> = Vec::with_capacity(2);
    if let Some(metadata) = metadata {
        changes.push((N::Key::from_static(METADATA), Some(metadata)));
    }
    changes.extend(texts);
    if changes.is_empty() { Ok(None) } else { user.with(&changes).map(Some) }
}

/// What a patch changes in a user.
struct Changes<N: Node> {
    metadata: Option<MetadataChanges<N>>,
    texts: Vec<Change<N>>,
}

enum MetadataChanges<N: Node> {
    /// The user has no metadata yet; these are its members.
    New(Vec<(N::Key, N)>),
    /// Changes to the stored metadata.
    Members(Vec<Change<N>>),
}

fn changes<N: Node>(fields: &UserFields<N>, patch: &Patch<N>) -> Result<Changes<N>, Unreadable> {
    let metadata = match &patch.metadata {
        Some(members) => {
            fields.metadata.as_ref().map_err(|unreadable| *unreadable)?;
            metadata_changes(fields.metadata_object(), members)?
        }
        None => None,
    };
    let mut texts = Vec::new();
    for ((field, text), stored) in TEXT_FIELDS.iter().zip(&patch.texts).zip(&fields.texts) {
        let Some(text) = text else { continue };
        let stored = stored.as_ref().map_err(|unreadable| *unreadable)?;
        if !stored.as_ref().is_some_and(|stored| is_equal(stored, text)) {
            texts.push((N::Key::from_static(field.name), Some(text.clone())));
        }
    }
    Ok(Changes { metadata, texts })
}

/// RFC 7396 section 2: a target that is not an object counts as an empty object. The
/// result has that object even if the patch only removes keys.
fn metadata_changes<N: Node>(
    stored: Option<&N>,
    members: &[(N::Key, N)],
) -> Result<Option<MetadataChanges<N>>, Unreadable> {
    let Some(stored) = stored else {
        let set = members.iter().filter(|(_, value)| !removes(value));
        return Ok(Some(MetadataChanges::New(set.cloned().collect())));
    };
    let mut changes: Vec<Change<N>> = Vec::with_capacity(members.len());
    stored.stored(members, |key, value, before| {
        let (is_there, is_equal) = match &before {
            Stored::Absent => (false, false),
            Stored::Same => (true, true),
            Stored::Other(before) => (true, is_equal_inside(before, value)),
        };
        match effect(removes(value), is_there, is_equal) {
            Effect::Nothing => {}
            Effect::Add | Effect::Replace => changes.push((key.clone(), Some(value.clone()))),
            Effect::Remove => changes.push((key.clone(), None)),
        }
    })?;
    Ok((!changes.is_empty()).then_some(MetadataChanges::Members(changes)))
}

/// What a member of a patch does to the metadata it is merged into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Nothing,
    Replace,
    Add,
    Remove,
}

/// RFC 7396 section 2 for one member, given what is stored under its key.
#[inline(always)]
pub(crate) fn effect(removes: bool, is_there: bool, is_equal: bool) -> Effect {
    match (removes, is_there) {
        (true, true) => Effect::Remove,
        (false, false) => Effect::Add,
        (false, true) if !is_equal => Effect::Replace,
        _ => Effect::Nothing,
    }
}

/// The number of keys after an effect.
#[inline(always)]
pub(crate) fn key_count(before: usize, effect: Effect) -> usize {
    match effect {
        Effect::Add => before.saturating_add(1),
        Effect::Remove => before.saturating_sub(1),
        Effect::Nothing | Effect::Replace => before,
    }
}
