//! The writable fields of a user, and a patch that has been read and checked.

use alloc::vec::Vec;
use core::array;

use crate::rules::node::{Key, Kind, Node};

pub(crate) const METADATA: &str = "metadata";

/// A string field of the user, replaced as a whole.
pub(crate) struct TextField {
    pub(crate) name: &'static str,
    /// Whether null may be written. If not, a value once set cannot be removed.
    pub(crate) is_nullable: bool,
}

/// All writable fields but `metadata`.
pub(crate) const TEXT_FIELDS: [TextField; 1] =
    [TextField { name: "display_name", is_nullable: false }];

impl TextField {
    /// Whether a value of that kind may be written.
    #[inline(always)]
    pub(crate) fn takes(&self, kind: Kind) -> bool {
        kind == Kind::String || (self.is_nullable && kind == Kind::Null)
    }
}

/// One item for each text field, in their order.
pub(crate) type TextFields<T> = [T; TEXT_FIELDS.len()];

/// A checked patch. Only [`crate::rules::validate::read`] makes one from a caller's
/// value, so a `Patch` always holds plain JSON.
#[derive(Clone)]
pub(crate) struct Patch<N: Node> {
    /// Members to write, in order; a null removes the key (RFC 7396 section 2).
    pub(crate) metadata: Option<Vec<(N::Key, N)>>,
    pub(crate) texts: TextFields<Option<N>>,
}

impl<N: Node> Patch<N> {
    pub(crate) fn empty() -> Self {
        Patch { metadata: None, texts: array::from_fn(|_| None) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.iter().all(Option::is_none) && self.metadata.as_ref().is_none_or(Vec::is_empty)
    }

    /// The patch as a new value, to send or to return.
    pub(crate) fn into_node(self) -> N {
        let metadata =
            self.metadata.map(|members| (N::Key::from_static(METADATA), N::object(members)));
        let texts = TEXT_FIELDS.iter().zip(self.texts);
        let texts =
            texts.filter_map(|(field, text)| Some((N::Key::from_static(field.name), text?)));
        N::object(metadata.into_iter().chain(texts).collect())
    }
}

/// Whether a metadata member of a patch removes its key.
pub(crate) fn removes<N: Node>(value: &N) -> bool {
    value.kind() == Kind::Null
}
