//! Nested values of a patch: how JSON represents them, how deep and how many.

use alloc::vec::Vec;

use crate::rules::issue::Message;
use crate::rules::node::{Key, Kind, MAX_DEPTH, MAX_NESTED_VALUES, Node};
use crate::rules::path::Path;
use crate::rules::validate::Reader;
use crate::text::{ParamName, Params};

/// How JSON represents a value.
pub(super) enum InJson<N> {
    /// As it is: a scalar, or a container that cannot hold anything but JSON.
    AsIs,
    /// As a copy: any other container.
    Copy(N),
    /// Not at all: it is left out, or refused with an issue.
    Absent,
}

impl<N> InJson<N> {
    pub(super) fn of(self, value: N) -> Option<N> {
        match self {
            InJson::AsIs => Some(value),
            InJson::Copy(copy) => Some(copy),
            InJson::Absent => None,
        }
    }
}

impl<K: Key> Reader<'_, K> {
    /// How JSON represents a value.
    pub(super) fn json<N: Node<Key = K>>(&mut self, value: &N, path: &Path<'_, N>) -> InJson<N> {
        match value.kind() {
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => InJson::AsIs,
            Kind::Array => self.array(value, path).unwrap_or(InJson::Absent),
            Kind::Object => self.object(value, path).unwrap_or(InJson::Absent),
            Kind::Undefined => {
                self.issue(Message::IgnoredUndefined, path);
                InJson::Absent
            }
            Kind::IllFormed => {
                self.issue(Message::IllFormedString, path);
                InJson::Absent
            }
            Kind::Unreadable => {
                self.issue(Message::Unreadable, path);
                InJson::Absent
            }
            kind => {
                self.not_json(kind, path);
                InJson::Absent
            }
        }
    }

    fn array<N: Node<Key = K>>(&mut self, node: &N, path: &Path<'_, N>) -> Option<InJson<N>> {
        self.enter(path)?;
        let Ok(items) = node.items() else {
            self.issue(Message::Unreadable, path);
            return None;
        };
        self.nested(items.len(), path)?;
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let path = path.item(index, &item);
            if item.kind() == Kind::Undefined {
                // JSON would turn it into null, which is a different value.
                self.not_json(Kind::Undefined, &path);
            } else if let Some(item) = self.json(&item, &path).of(item) {
                read.push(item);
            }
        }
        Some(if N::IS_JSON { InJson::AsIs } else { InJson::Copy(N::array(read)) })
    }

    fn object<N: Node<Key = K>>(&mut self, node: &N, path: &Path<'_, N>) -> Option<InJson<N>> {
        self.enter(path)?;
        let members = self.members(node, path);
        self.nested(members.len(), path)?;
        let mut read = Vec::with_capacity(members.len());
        for (key, value) in members {
            let path = path.member(&key, &value);
            self.key(&key, true, &path);
            if let Some(value) = self.json(&value, &path).of(value) {
                read.push((key, value));
            }
        }
        Some(if N::IS_JSON { InJson::AsIs } else { InJson::Copy(N::object(read)) })
    }

    /// Refuses to enter a container that contains itself or is nested too deep.
    fn enter<N: Node<Key = K>>(&mut self, path: &Path<'_, N>) -> Option<()> {
        if path.is_cyclic() {
            self.issue(Message::Cyclic, path);
            return None;
        }
        if path.depth() > MAX_DEPTH {
            let params = Params::default().count(ParamName::Limit, MAX_DEPTH);
            self.issue_with(Message::TooDeep, path, params);
            return None;
        }
        Some(())
    }

    /// Counts nested values against [`MAX_NESTED_VALUES`].
    fn nested<N: Node<Key = K>>(&mut self, more: usize, path: &Path<'_, N>) -> Option<()> {
        let before = self.nested_values;
        self.nested_values = before.saturating_add(more);
        if self.nested_values <= MAX_NESTED_VALUES {
            return Some(());
        }
        if before <= MAX_NESTED_VALUES {
            let params = Params::default().count(ParamName::Limit, MAX_NESTED_VALUES);
            self.issue_with(Message::ManyValues, path, params);
        }
        None
    }
}
