//! The patch that takes a patch back.

use alloc::vec;
use alloc::vec::Vec;

use crate::rules::node::{Kind, Node, Unreadable, field, is_equal};
use crate::rules::patch::{DISPLAY_NAME, METADATA, Patch, removes};
use crate::rules::path::Step;

/// A patch that undoes another, and what it cannot bring back.
pub(crate) struct Inverse<N: Node> {
    pub(crate) patch: Patch<N>,
    /// Paths no patch can restore: a display_name that was not set, a stored null.
    pub(crate) lossy: Vec<Vec<Step<N::Key>>>,
}

/// The patch that undoes `patch` as applied to `before`. What the patch did not
/// change is not in it, so that later edits of other keys stay.
pub(crate) fn invert<N: Node>(patch: &Patch<N>, before: &N) -> Result<Inverse<N>, Unreadable> {
    let mut lossy = Vec::new();
    let mut members = Vec::new();
    let stored = field(before, METADATA)?.filter(|node| node.kind() == Kind::Object);
    for (key, value) in patch.metadata.iter().flatten() {
        let old = match &stored {
            Some(stored) => stored.member(key)?.filter(|old| old.kind() != Kind::Undefined),
            None => None,
        };
        match old {
            Some(old) if removes(&old) => {
                lossy.push(vec![Step::field(METADATA), Step::Key(key.clone())])
            }
            Some(old) if is_equal(&old, value) => {}
            Some(old) => members.push((key.clone(), old)),
            None if removes(value) => {}
            None => members.push((key.clone(), N::null())),
        }
    }
    let mut display_name = None;
    if let Some(name) = &patch.display_name {
        match field(before, DISPLAY_NAME)?.filter(|old| old.kind() != Kind::Null) {
            Some(old) if is_equal(&old, name) => {}
            Some(old) => display_name = Some(old),
            None => lossy.push(vec![Step::field(DISPLAY_NAME)]),
        }
    }
    let metadata = (!members.is_empty()).then_some(members);
    Ok(Inverse { patch: Patch { metadata, display_name }, lossy })
}
