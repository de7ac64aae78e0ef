//! Where a value lies in a patch, without building anything until it is asked.

use alloc::string::String;
use alloc::vec::Vec;

use crate::rules::node::{Key, Node};
use crate::text::decimal;

/// A place in a patch: a chain on the stack, from the value up to the patch.
pub(crate) struct Path<'p, N: Node> {
    parent: Option<&'p Path<'p, N>>,
    step: Step<'p, N>,
    /// The value at this place.
    value: &'p N,
    depth: usize,
}

enum Step<'p, N: Node> {
    Root,
    Key(&'p N::Key),
    Index(usize),
}

impl<'p, N: Node> Path<'p, N> {
    pub(crate) fn root(value: &'p N) -> Self {
        Path { parent: None, step: Step::Root, value, depth: 1 }
    }

    pub(crate) fn member<'c>(&'c self, key: &'c N::Key, value: &'c N) -> Path<'c, N>
    where
        'p: 'c,
    {
        self.step(Step::Key(key), value)
    }

    pub(crate) fn item<'c>(&'c self, index: usize, value: &'c N) -> Path<'c, N>
    where
        'p: 'c,
    {
        self.step(Step::Index(index), value)
    }

    fn step<'c>(&'c self, step: Step<'c, N>, value: &'c N) -> Path<'c, N>
    where
        'p: 'c,
    {
        Path { parent: Some(self), step, value, depth: self.depth.saturating_add(1) }
    }

    /// The patch itself is at depth 1.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Whether the value is one of its own ancestors.
    pub(crate) fn is_cyclic(&self) -> bool {
        core::iter::successors(self.parent, |path| path.parent).any(|ancestor| {
            self.value.kind() == ancestor.value.kind() && self.value.is_same(ancestor.value)
        })
    }

    /// The keys from the patch down to the value.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = core::iter::successors(Some(self), |path| path.parent)
            .filter_map(|path| match path.step {
                Step::Root => None,
                Step::Key(key) => Some(key.text().into_owned()),
                Step::Index(index) => Some(decimal(index)),
            })
            .collect();
        keys.reverse();
        keys
    }
}
