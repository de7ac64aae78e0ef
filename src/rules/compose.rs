//! Two patches combined into one.

use alloc::vec::Vec;

use crate::rules::node::Node;
use crate::rules::patch::Patch;

/// The patch that has the effect of `first` followed by `second`. A key in both
/// keeps its position from `first` and takes its value from `second`. A null stays
/// a null, because the stored user may have the key.
pub(crate) fn compose<N: Node>(first: Patch<N>, second: Patch<N>) -> Patch<N> {
    let metadata = match (first.metadata, second.metadata) {
        (Some(first), Some(second)) => Some(overwrite(first, second)),
        (first, second) => second.or(first),
    };
    let mut texts = first.texts;
    for (text, later) in texts.iter_mut().zip(second.texts) {
        *text = later.or(text.take());
    }
    Patch { metadata, texts }
}

fn overwrite<N: Node>(first: Vec<(N::Key, N)>, second: Vec<(N::Key, N)>) -> Vec<(N::Key, N)> {
    let changes: Vec<_> = second.into_iter().map(|(key, value)| (key, Some(value))).collect();
    let composed = N::object(first).with(&changes).and_then(|object| object.members());
    // The rules made both, so neither is unreadable.
    composed.unwrap_or_default()
}
