//! Reading a patch: checking it and copying it, in one walk.
//!
//! An error is what Palm documents as refused or what JSON cannot represent. What
//! Palm leaves undocumented gets a warning. Because one walk does both, what was
//! checked is what is used: nested values are copied as JSON would represent them,
//! and a getter cannot answer differently the second time.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::rules::issue::{Finding, Findings, Message};
use crate::rules::limits::{Bounds, Limits, allows_keys, is_within};
use crate::rules::merge::{effect, key_count};
use crate::rules::nested::InJson;
use crate::rules::node::{Current, Key, Kind, Node, Stored, Unreadable, UserFields};
use crate::rules::patch::{METADATA, Patch, TEXT_FIELDS, TextField, removes};
use crate::rules::path::{Path, Step};
use crate::rules::precheck::is_plain_member;
use crate::rules::suggest::suggest;
use crate::text::{ParamName, Params};

/// Which rules apply besides those for the patch's shape.
pub(crate) enum Scope<'a, N> {
    /// None; limits are checked elsewhere.
    Shape,
    /// The limits, with keys counted in the patch alone.
    Patch(&'a Limits),
    /// The limits, with keys counted in the user after the merge.
    User(&'a Limits, &'a Current<'a, N>),
}

/// Reads a patch and reports on it. The patch is complete if the report is valid.
pub(crate) fn read<N: Node>(patch: &N, scope: &Scope<'_, N>) -> (Findings<N::Key>, Patch<N>) {
    read_of(patch, scope, None)
}

/// [`read`], but if `keys` are given, no other metadata keys may be written.
pub(crate) fn read_of<N: Node>(
    patch: &N,
    scope: &Scope<'_, N>,
    keys: Option<&[String]>,
) -> (Findings<N::Key>, Patch<N>) {
    let bounds = match scope {
        Scope::Shape => Bounds::NONE,
        Scope::Patch(limits) | Scope::User(limits, _) => limits.bounds(),
    };
    let mut reader = Reader { findings: Findings::NONE, bounds, keys, nested_values: 0 };
    let patch = reader.patch(patch);
    if reader.findings.is_valid() && patch.is_empty() {
        reader.findings.push(Finding::new(Message::EmptyPatch, Vec::new()));
    }
    if let Scope::User(_, user) = scope {
        reader.current_status(user.fields());
    }
    reader.key_count(&patch, scope);
    (reader.findings, patch)
}

/// The numbers of metadata keys before and after the patch; `None` if the patch
/// touches none, or if the limit cannot be exceeded.
fn key_counts<N: Node>(
    patch: &Patch<N>,
    scope: &Scope<'_, N>,
    limit: u32,
) -> Option<(usize, usize)> {
    let members = patch.metadata.as_ref()?;
    let set = members.iter().filter(|(_, value)| !removes(value)).count();
    let Scope::User(_, user) = scope else { return Some((0, set)) };
    let user = user.fields();
    let Some(stored) = user.metadata_object() else { return Some((0, set)) };
    let before = user.metadata_count;
    if is_within(before.saturating_add(set), limit) {
        return None;
    }
    let mut after = before;
    let counted = stored.stored(members, |_, value, found| {
        let is_there = !matches!(found, Stored::Absent);
        after = key_count(after, effect(removes(value), is_there, false));
    });
    counted.is_ok().then_some((before, after))
}

pub(super) struct Reader<'a, K> {
    findings: Findings<K>,
    bounds: Bounds,
    /// The declared metadata keys, if they are declared.
    keys: Option<&'a [String]>,
    pub(super) nested_values: usize,
}

impl<K: Key> Reader<'_, K> {
    fn patch<N: Node<Key = K>>(&mut self, node: &N) -> Patch<N> {
        let root = Path::root(node);
        match node.kind() {
            Kind::Object => {}
            Kind::Unreadable => {
                self.issue(Message::Unreadable, &root);
                return Patch::empty();
            }
            kind => {
                self.issue_with(Message::NotAnObject, &root, actual(kind));
                return Patch::empty();
            }
        }
        let mut patch = Patch::empty();
        for (key, value) in self.members(node, &root) {
            let path = root.member(&key, &value);
            if key.is(METADATA) {
                patch.metadata = self.metadata(&value, &path);
                continue;
            }
            let mut texts = TEXT_FIELDS.iter().zip(self.bounds.texts).zip(&mut patch.texts);
            match texts.find(|((field, _), _)| key.is(field.name)) {
                Some(((field, limit), text)) => {
                    *text = self.text(field, limit, &value, &path).of(value);
                }
                None => self.unknown_field(&key, &path),
            }
        }
        patch
    }

    fn metadata<N: Node<Key = K>>(
        &mut self,
        node: &N,
        path: &Path<'_, N>,
    ) -> Option<Vec<(N::Key, N)>> {
        match node.kind() {
            Kind::Object => {}
            Kind::Undefined => {
                self.issue(Message::IgnoredUndefined, path);
                return None;
            }
            kind => {
                self.wrong_type(Kind::Object, kind, path);
                return None;
            }
        }
        let mut members = self.members(node, path);
        let any_length = self.bounds.key == u32::MAX && self.bounds.value == u32::MAX;
        members.retain_mut(|(key, value)| {
            if self.keys.is_some_and(|keys| !keys.iter().any(|known| *known == key.text())) {
                self.unknown_key(key, &path.member(key, value));
                return false;
            }
            // Most members are plain; nothing is built for them.
            if any_length && is_plain_member(value.kind(), key.is_ordinary()) {
                return true;
            }
            let path = path.member(key, value);
            self.key(key, removes(value), &path);
            match self.metadata_value(value, &path) {
                InJson::AsIs => {}
                InJson::Copy(copy) => *value = copy,
                InJson::Absent => return false,
            }
            true
        });
        Some(members)
    }

    fn metadata_value<N: Node<Key = K>>(&mut self, value: &N, path: &Path<'_, N>) -> InJson<N> {
        match value.kind() {
            Kind::Null => return InJson::AsIs,
            Kind::String => {
                self.length(value, self.bounds.value, path);
                return InJson::AsIs;
            }
            Kind::Bool | Kind::Number | Kind::Array | Kind::Object => {
                self.issue_with(Message::UndocumentedValue, path, actual(value.kind()));
            }
            _ => {}
        }
        self.json(value, path)
    }

    fn text<N: Node<Key = K>>(
        &mut self,
        field: &TextField,
        limit: u32,
        value: &N,
        path: &Path<'_, N>,
    ) -> InJson<N> {
        match value.kind() {
            Kind::Undefined => self.issue(Message::IgnoredUndefined, path),
            Kind::IllFormed => self.issue(Message::IllFormedString, path),
            kind if !field.takes(kind) => self.wrong_type(Kind::String, kind, path),
            kind => {
                if kind == Kind::String {
                    self.length(value, limit, path);
                }
                return InJson::AsIs;
            }
        }
        InJson::Absent
    }

    pub(super) fn members<N: Node<Key = K>>(
        &mut self,
        node: &N,
        path: &Path<'_, N>,
    ) -> Vec<(N::Key, N)> {
        node.members().unwrap_or_else(|Unreadable| {
            self.issue(Message::Unreadable, path);
            Vec::new()
        })
    }

    pub(super) fn key<N: Node<Key = K>>(
        &mut self,
        key: &N::Key,
        any_length: bool,
        path: &Path<'_, N>,
    ) {
        if !key.is_well_formed() {
            self.issue(Message::IllFormedKey, path);
        }
        if key.is_inherited() {
            self.issue(Message::UnsafeKey, path);
        }
        if !any_length && self.bounds.key != u32::MAX {
            let length = key.text().chars().count();
            self.too_long(Message::LongKey, length, self.bounds.key, path);
        }
    }

    fn length<N: Node<Key = K>>(&mut self, value: &N, limit: u32, path: &Path<'_, N>) {
        if limit != u32::MAX {
            self.too_long(Message::LongValue, value.char_count(), limit, path);
        }
    }

    fn too_long<N: Node<Key = K>>(
        &mut self,
        message: Message,
        actual: usize,
        limit: u32,
        path: &Path<'_, N>,
    ) {
        if !is_within(actual, limit) {
            self.issue_with(message, path, counts(limit, actual));
        }
    }

    fn key_count<N: Node<Key = K>>(&mut self, patch: &Patch<N>, scope: &Scope<'_, N>) {
        let limit = self.bounds.keys;
        let counts_of = key_counts(patch, scope, limit);
        if let Some((_, after)) =
            counts_of.filter(|(before, after)| !allows_keys(limit, *before, *after))
        {
            let path = vec![Step::field(METADATA)];
            let params = counts(limit, after);
            self.findings.push(Finding { message: Message::TooManyKeys, path, params });
        }
    }

    fn current_status<N>(&mut self, user: &UserFields<N>) {
        if !user.is_active {
            self.findings.push(Finding::new(Message::UserNotActive, Vec::new()));
        }
    }

    fn unknown_field<N: Node<Key = K>>(&mut self, key: &K, path: &Path<'_, N>) {
        if self.findings.is_full(Message::UnknownField) {
            return;
        }
        let known = TEXT_FIELDS.iter().map(|field| field.name);
        match suggest(&key.text(), core::iter::once(METADATA).chain(known)) {
            Some(name) => {
                let params = Params::default().name(ParamName::Suggestion, name);
                self.issue_with(Message::MisspeltField, path, params);
            }
            None => self.issue(Message::UnknownField, path),
        }
    }

    fn unknown_key<N: Node<Key = K>>(&mut self, key: &K, path: &Path<'_, N>) {
        if self.findings.is_full(Message::UnknownKey) {
            return;
        }
        let known = self.keys.unwrap_or_default().iter().map(String::as_str);
        match suggest(&key.text(), known) {
            Some(name) => {
                let params = Params::default().name(ParamName::Suggestion, String::from(name));
                self.issue_with(Message::MisspeltKey, path, params);
            }
            None => self.issue(Message::UnknownKey, path),
        }
    }

    fn wrong_type<N: Node<Key = K>>(&mut self, expected: Kind, found: Kind, path: &Path<'_, N>) {
        if found == Kind::Unreadable {
            return self.issue(Message::Unreadable, path);
        }
        let params = Params::default().name(ParamName::Expected, expected.name());
        let params = params.name(ParamName::Actual, found.name());
        self.issue_with(Message::WrongType, path, params);
    }

    pub(super) fn not_json<N: Node<Key = K>>(&mut self, kind: Kind, path: &Path<'_, N>) {
        self.issue_with(Message::NotJson, path, actual(kind));
    }

    pub(super) fn issue<N: Node<Key = K>>(&mut self, message: Message, path: &Path<'_, N>) {
        self.issue_with(message, path, Params::default());
    }

    // One copy in the module, not one for each call.
    #[inline(never)]
    pub(super) fn issue_with<N: Node<Key = K>>(
        &mut self,
        message: Message,
        path: &Path<'_, N>,
        params: Params,
    ) {
        if !self.findings.is_full(message) {
            self.findings.push(Finding { message, path: path.steps(), params });
        }
    }
}

fn counts(limit: u32, actual: usize) -> Params {
    Params::default().count(ParamName::Limit, limit as usize).count(ParamName::Actual, actual)
}

fn actual(kind: Kind) -> Params {
    Params::default().name(ParamName::Actual, kind.name())
}
