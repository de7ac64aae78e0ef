//! A patch as the rules use it, once it has been read and checked.

use alloc::vec::Vec;

use crate::rules::node::{Key, Kind, Node};

pub(crate) const METADATA: &str = "metadata";
pub(crate) const DISPLAY_NAME: &str = "display_name";

/// What a patch changes. Only [`crate::rules::validate::read`] makes one from a
/// caller's value, so that whatever holds a `Patch` holds plain JSON.
#[derive(Clone)]
pub(crate) struct Patch<N: Node> {
    /// Members to write, in order; a null removes the key (RFC 7396 section 2).
    pub(crate) metadata: Option<Vec<(N::Key, N)>>,
    pub(crate) display_name: Option<N>,
}

impl<N: Node> Patch<N> {
    pub(crate) const EMPTY: Self = Patch { metadata: None, display_name: None };

    pub(crate) fn is_empty(&self) -> bool {
        self.display_name.is_none() && self.metadata.as_ref().is_none_or(Vec::is_empty)
    }

    /// The patch as a value of its own, to send or to hand out.
    pub(crate) fn into_node(self) -> N {
        let metadata =
            self.metadata.map(|members| (N::Key::from_static(METADATA), N::object(members)));
        let display_name = self.display_name.map(|name| (N::Key::from_static(DISPLAY_NAME), name));
        N::object(metadata.into_iter().chain(display_name).collect())
    }
}

/// Whether a metadata member of a patch removes its key.
pub(crate) fn removes<N: Node>(value: &N) -> bool {
    value.kind() == Kind::Null
}
