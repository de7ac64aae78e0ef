//! Where a value lies in a patch, without building anything until it is asked.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::rules::node::{Key, Node};

/// A place in a patch: a chain on the stack, from the value up to the patch.
pub(crate) struct Path<'p, N: Node> {
    parent: Option<&'p Path<'p, N>>,
    /// `None` for the patch itself.
    step: Option<Step<&'p N::Key>>,
    /// The value at this place.
    value: &'p N,
    depth: usize,
}

/// One step down: into a member of an object, or an item of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<K> {
    Key(K),
    Index(usize),
}

impl<K: Key> Step<K> {
    /// A step into a field that the rules know.
    pub(crate) fn field(name: &'static str) -> Self {
        Step::Key(K::from_static(name))
    }

    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Step::Key(key) => key.text(),
            Step::Index(index) => Cow::Owned(index.to_string()),
        }
    }
}

impl<'p, N: Node> Path<'p, N> {
    pub(crate) fn root(value: &'p N) -> Self {
        Path { parent: None, step: None, value, depth: 1 }
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

    fn step<'c>(&'c self, step: Step<&'c N::Key>, value: &'c N) -> Path<'c, N>
    where
        'p: 'c,
    {
        Path { parent: Some(self), step: Some(step), value, depth: self.depth.saturating_add(1) }
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

    /// The steps from the patch down to the value.
    pub(crate) fn steps(&self) -> Vec<Step<N::Key>> {
        let mut steps: Vec<Step<N::Key>> = core::iter::successors(Some(self), |path| path.parent)
            .filter_map(|path| match path.step? {
                Step::Key(key) => Some(Step::Key(key.clone())),
                Step::Index(index) => Some(Step::Index(index)),
            })
            .collect();
        steps.reverse();
        steps
    }
}
