//! The patch that undoes a patch.

use alloc::vec;
use alloc::vec::Vec;

use crate::rules::equal::is_equal;
use crate::rules::node::{Kind, Node, Unreadable, field};
use crate::rules::patch::{METADATA, Patch, TEXT_FIELDS, removes};
use crate::rules::path::Step;

/// A patch that undoes another, and what it cannot restore.
pub(crate) struct Inverse<N: Node> {
    pub(crate) patch: Patch<N>,
    /// Paths that no patch can restore: a text that was not set, a stored null.
    pub(crate) lossy: Vec<Vec<Step<N::Key>>>,
}

/// The patch that undoes `patch` as applied to `before`. It leaves out what `patch`
/// did not change, so later edits of other keys survive.
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
    let mut inverse = Patch::empty();
    inverse.metadata = (!members.is_empty()).then_some(members);
    for ((text, new), back) in TEXT_FIELDS.iter().zip(&patch.texts).zip(&mut inverse.texts) {
        let Some(new) = new else { continue };
        match field(before, text.name)?.filter(|old| old.kind() != Kind::Null) {
            Some(old) if is_equal(&old, new) => {}
            Some(old) => *back = Some(old),
            None if text.is_nullable => *back = Some(N::null()),
            None => lossy.push(vec![Step::field(text.name)]),
        }
    }
    Ok(Inverse { patch: inverse, lossy })
}
