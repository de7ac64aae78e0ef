//! Where a value is in a patch. Nothing is allocated until the path is asked for.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::rules::node::{Key, Node};

/// A place in a patch: a linked list on the stack, from the value up to the patch.
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
    /// A step into a field by its known name.
    pub(crate) fn field(name: &'static str) -> Self {
        Step::Key(K::from_static(name))
    }

    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Step::Key(key) => key.text(),
            Step::Index(index) => Cow::Owned(index.to_string()),
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text().into_owned()
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

/// The JSON Pointer of a path (RFC 6901 section 3): `~` is `~0`, `/` is `~1`.
pub(crate) fn pointer<K: Key>(path: &[Step<K>]) -> String {
    // The module would grow by this; natively it spares allocations.
    let room = if cfg!(target_arch = "wasm32") { 0 } else { path.len().saturating_mul(16) };
    let mut pointer = String::with_capacity(room);
    for step in path {
        pointer.push('/');
        for c in step.text().chars() {
            match c {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                c => pointer.push(c),
            }
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::{Step, pointer};
    use alloc::string::String;
    use alloc::vec::Vec;

    /// The examples of RFC 6901 section 5 that are object members.
    #[test]
    fn json_pointer() {
        let check = |path: &[&str], expect: &str| {
            let path: Vec<Step<String>> = path.iter().map(|key| Step::Key((*key).into())).collect();
            assert_eq!(pointer(&path), expect, "{path:?}");
        };
        check(&[], "");
        check(&["foo", "0"], "/foo/0");
        check(&[""], "/");
        check(&["a/b"], "/a~1b");
        check(&["m~n"], "/m~0n");
        check(&["~1"], "/~01");
    }
}
