//! Reading a patch: what is wrong with it, and what it says.
//!
//! Refused is what Palm documents as refused or what JSON cannot carry; the
//! undocumented gets a warning. One walk does both jobs, so what was checked is
//! what is used: nested values are copied as JSON would carry them, and a
//! getter cannot answer differently the second time.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::rules::issue::{Issue, IssueCode, Param, Report};
use crate::rules::limits::Limits;
use crate::rules::merge::{effect, key_count};
use crate::rules::node::{
    Key, Kind, MAX_DEPTH, MAX_NESTED_VALUES, Node, Stored, Unreadable, UserFields,
};
use crate::rules::patch::{DISPLAY_NAME, METADATA, Patch, removes};
use crate::rules::path::Path;
use crate::rules::precheck::is_plain_member;
use crate::rules::suggest::suggest;
use crate::text::{code_points, decimal, joined};

/// Which rules apply besides those of the patch's own shape.
pub(crate) enum Scope<'a, N> {
    /// None: limits are somebody else's to check.
    Shape,
    /// The limits, with the 50 keys counted on the patch alone.
    Patch(&'a Limits),
    /// The limits, with the keys counted on the user after the merge.
    User(&'a Limits, &'a UserFields<N>),
}

/// Reads a patch and reports on it. The patch is whole when the report is valid.
pub(crate) fn read<N: Node>(patch: &N, scope: &Scope<'_, N>) -> (Report, Patch<N>) {
    let limits = match scope {
        Scope::Shape => None,
        Scope::Patch(limits) | Scope::User(limits, _) => Some(*limits),
    };
    let mut reader = Reader { report: Report::default(), limits, nested_values: 0 };
    let patch = reader.patch(patch);
    if reader.report.is_valid() && patch.is_empty() {
        let message = "The patch changes nothing: it has no metadata key and no display_name.";
        reader.report.push(Issue::new(IssueCode::EmptyPatch, Vec::new(), message, &[]));
    }
    if let Some(limits) = limits {
        let count = match scope {
            Scope::User(_, user) => {
                reader.current_status(user);
                merged_key_count(&patch, user, limits.max_keys)
            }
            _ => patch.metadata.as_ref().map(|members| set_count(members)),
        };
        reader.key_count(count, limits);
    }
    (reader.report, patch)
}

fn set_count<N: Node>(members: &[(N::Key, N)]) -> usize {
    members.iter().filter(|(_, value)| !removes(value)).count()
}

/// How many metadata keys the user has after the patch; `None` where the patch
/// touches none, or where they cannot be more than the limit.
fn merged_key_count<N: Node>(patch: &Patch<N>, user: &UserFields<N>, limit: u32) -> Option<usize> {
    let members = patch.metadata.as_ref()?;
    let set = set_count(members);
    let Some(stored) = user.metadata_object() else { return Some(set) };
    let mut count = user.metadata_count;
    if count.saturating_add(set) <= usize::try_from(limit).unwrap_or(usize::MAX) {
        return None;
    }
    let counted = stored.stored(members, |_, value, found| {
        let is_there = !matches!(found, Stored::Absent);
        count = key_count(count, effect(removes(value), is_there, false));
    });
    counted.is_ok().then_some(count)
}

/// What JSON carries of a value.
enum Carried<N> {
    /// The value as it is: a scalar.
    AsIs,
    /// A copy of its own: a container.
    Copy(N),
    /// Nothing: left out, or refused with an issue.
    Nothing,
}

impl<N> Carried<N> {
    fn of(self, value: N) -> Option<N> {
        match self {
            Carried::AsIs => Some(value),
            Carried::Copy(copy) => Some(copy),
            Carried::Nothing => None,
        }
    }
}

struct Reader<'a> {
    report: Report,
    limits: Option<&'a Limits>,
    nested_values: usize,
}

impl Reader<'_> {
    fn patch<N: Node>(&mut self, node: &N) -> Patch<N> {
        let root = Path::root(node);
        if node.kind() != Kind::Object {
            let code = match node.kind() {
                Kind::Unreadable => IssueCode::Unreadable,
                _ => IssueCode::NotAnObject,
            };
            let actual = node.kind().name();
            let message = joined(&["A patch is a plain object; this is ", described(actual), "."]);
            self.issue(code, &root, &message, &[("actual", Param::name(actual))]);
            return Patch::EMPTY;
        }
        let mut patch = Patch::EMPTY;
        for (key, value) in self.members(node, &root) {
            let path = root.member(&key, &value);
            if key.is_metadata() {
                patch.metadata = self.metadata(&value, &path);
            } else if key.is_display_name() {
                patch.display_name = self.display_name(&value, &path).of(value);
            } else {
                self.unknown_field(&key, &path);
            }
        }
        patch
    }

    fn metadata<N: Node>(&mut self, node: &N, path: &Path<'_, N>) -> Option<Vec<(N::Key, N)>> {
        match node.kind() {
            Kind::Object => {}
            Kind::Undefined => {
                self.undefined(path);
                return None;
            }
            kind => {
                self.wrong_type("metadata", "a plain object", kind, path);
                return None;
            }
        }
        let mut members = self.members(node, path);
        let any_length = self.limits.is_none_or(|limits| {
            limits.max_key_length.is_none() && limits.max_value_length.is_none()
        });
        members.retain_mut(|(key, value)| {
            // Most are such, and nothing is built for them.
            if any_length && is_plain_member(value.kind(), key.is_ordinary()) {
                return true;
            }
            let path = path.member(key, value);
            self.key(key, removes(value), &path);
            match self.metadata_value(value, &path) {
                Carried::AsIs => {}
                Carried::Copy(copy) => *value = copy,
                Carried::Nothing => return false,
            }
            true
        });
        Some(members)
    }

    fn metadata_value<N: Node>(&mut self, value: &N, path: &Path<'_, N>) -> Carried<N> {
        match value.kind() {
            Kind::Null => return Carried::AsIs,
            Kind::String => {
                let limit = self.limits.and_then(|limits| limits.max_value_length);
                self.length("The value", value, limit, path);
                return Carried::AsIs;
            }
            Kind::Bool | Kind::Number | Kind::Array | Kind::Object => {
                let kind = value.kind().name();
                let message = joined(&[
                    "Palm documents metadata values that are strings; this is ",
                    described(kind),
                    ".",
                ]);
                let params = [("actual", Param::name(kind))];
                self.issue(IssueCode::UndocumentedValue, path, &message, &params);
            }
            _ => {}
        }
        self.json(value, path)
    }

    fn display_name<N: Node>(&mut self, value: &N, path: &Path<'_, N>) -> Carried<N> {
        match value.kind() {
            Kind::String => {
                let limit = self.limits.and_then(|limits| limits.max_display_name_length);
                self.length("display_name", value, limit, path);
                Carried::AsIs
            }
            Kind::Undefined => {
                self.undefined(path);
                Carried::Nothing
            }
            Kind::IllFormed => {
                self.ill_formed("The string", path);
                Carried::Nothing
            }
            kind => {
                self.wrong_type("display_name", "a string", kind, path);
                Carried::Nothing
            }
        }
    }

    /// What JSON carries of a value.
    fn json<N: Node>(&mut self, value: &N, path: &Path<'_, N>) -> Carried<N> {
        match value.kind() {
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => Carried::AsIs,
            Kind::Array => self.array(value, path).map_or(Carried::Nothing, Carried::Copy),
            Kind::Object => self.object(value, path).map_or(Carried::Nothing, Carried::Copy),
            Kind::Undefined => {
                self.undefined(path);
                Carried::Nothing
            }
            Kind::IllFormed => {
                self.ill_formed("The string", path);
                Carried::Nothing
            }
            Kind::Unreadable => {
                self.unreadable(path);
                Carried::Nothing
            }
            kind => {
                self.not_json(kind, path);
                Carried::Nothing
            }
        }
    }

    fn array<N: Node>(&mut self, node: &N, path: &Path<'_, N>) -> Option<N> {
        self.enter(path)?;
        let Ok(items) = node.items() else {
            self.unreadable(path);
            return None;
        };
        self.nested(items.len(), path)?;
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let path = path.item(index, &item);
            if item.kind() == Kind::Undefined {
                // JSON would turn it into null, which is another value.
                self.not_json(Kind::Undefined, &path);
            } else if let Some(item) = self.json(&item, &path).of(item) {
                read.push(item);
            }
        }
        Some(N::array(read))
    }

    fn object<N: Node>(&mut self, node: &N, path: &Path<'_, N>) -> Option<N> {
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
        Some(N::object(read))
    }

    /// Refuses to go into a container that contains itself or lies too deep.
    fn enter<N: Node>(&mut self, path: &Path<'_, N>) -> Option<()> {
        if path.is_cyclic() {
            let message = "The value contains itself.";
            self.issue(IssueCode::Cyclic, path, message, &[]);
            return None;
        }
        if path.depth() > MAX_DEPTH {
            let message =
                joined(&["The value is nested more than ", &decimal(MAX_DEPTH), " levels deep."]);
            let params = [("limit", Param::count(MAX_DEPTH))];
            self.issue(IssueCode::TooDeep, path, &message, &params);
            return None;
        }
        Some(())
    }

    /// Counts nested values against [`MAX_NESTED_VALUES`].
    fn nested<N: Node>(&mut self, more: usize, path: &Path<'_, N>) -> Option<()> {
        let before = self.nested_values;
        self.nested_values = before.saturating_add(more);
        if self.nested_values <= MAX_NESTED_VALUES {
            return Some(());
        }
        if before <= MAX_NESTED_VALUES {
            let message = joined(&[
                "The patch holds more than ",
                &decimal(MAX_NESTED_VALUES),
                " nested values.",
            ]);
            let params = [("limit", Param::count(MAX_NESTED_VALUES))];
            self.issue(IssueCode::TooLong, path, &message, &params);
        }
        None
    }

    fn members<N: Node>(&mut self, node: &N, path: &Path<'_, N>) -> Vec<(N::Key, N)> {
        node.members().unwrap_or_else(|Unreadable| {
            self.unreadable(path);
            Vec::new()
        })
    }

    fn key<N: Node>(&mut self, key: &N::Key, any_length: bool, path: &Path<'_, N>) {
        if !key.is_well_formed() {
            self.ill_formed("The key", path);
        }
        if key.is_inherited() {
            let message = "The key has a meaning on JavaScript objects; it is kept as plain data.";
            self.issue(IssueCode::UnsafeKey, path, message, &[]);
        }
        let limit = self.limits.and_then(|limits| limits.max_key_length);
        if let (Some(limit), false) = (limit, any_length) {
            self.too_long("The key", code_points(&key.text()), limit, path);
        }
    }

    fn length<N: Node>(&mut self, what: &str, value: &N, limit: Option<u32>, path: &Path<'_, N>) {
        if let Some(limit) = limit {
            self.too_long(what, value.char_count(), limit, path);
        }
    }

    fn too_long<N: Node>(&mut self, what: &str, actual: usize, limit: u32, path: &Path<'_, N>) {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if actual > limit {
            let message = over_limit(&[what, " has "], actual, " characters", limit);
            self.issue(IssueCode::TooLong, path, &message, &counts(limit, actual));
        }
    }

    fn key_count(&mut self, count: Option<usize>, limits: &Limits) {
        let limit = usize::try_from(limits.max_keys).unwrap_or(usize::MAX);
        if let Some(actual) = count.filter(|count| *count > limit) {
            let message = over_limit(&["The user would have "], actual, " metadata keys", limit);
            let path = vec![METADATA.to_owned()];
            let params = counts(limit, actual);
            self.report.push(Issue::new(IssueCode::TooManyKeys, path, &message, &params));
        }
    }

    fn current_status<N: Node>(&mut self, user: &UserFields<N>) {
        if !user.is_active {
            let message = "The user is not active; Palm may refuse to change it.";
            self.report.push(Issue::new(IssueCode::UserNotActive, Vec::new(), message, &[]));
        }
    }

    fn unknown_field<N: Node>(&mut self, key: &N::Key, path: &Path<'_, N>) {
        let suggestion = suggest(&key.text(), &[METADATA, DISPLAY_NAME]);
        let message = match suggestion {
            Some(name) => joined(&["Unknown field; did you mean ", name, "?"]),
            None => "Unknown field; only metadata and display_name can be written.".to_owned(),
        };
        let params = suggestion.map(|name| [("suggestion", Param::name(name))]);
        let params = params.as_ref().map_or(&[][..], |params| params);
        self.issue(IssueCode::UnknownField, path, &message, params);
    }

    fn wrong_type<N: Node>(
        &mut self,
        what: &str,
        expected: &'static str,
        kind: Kind,
        path: &Path<'_, N>,
    ) {
        if kind == Kind::Unreadable {
            return self.unreadable(path);
        }
        let message =
            joined(&[what, " must be ", expected, "; this is ", described(kind.name()), "."]);
        let params = [("expected", Param::name(expected)), ("actual", Param::name(kind.name()))];
        self.issue(IssueCode::WrongType, path, &message, &params);
    }

    fn not_json<N: Node>(&mut self, kind: Kind, path: &Path<'_, N>) {
        let message = joined(&["JSON cannot carry this: ", described(kind.name()), "."]);
        let params = [("actual", Param::name(kind.name()))];
        self.issue(IssueCode::NotJson, path, &message, &params);
    }

    fn ill_formed<N: Node>(&mut self, what: &str, path: &Path<'_, N>) {
        let message = joined(&[what, " has a lone surrogate, which JSON in UTF-8 cannot carry."]);
        self.issue(IssueCode::IllFormedString, path, &message, &[]);
    }

    fn unreadable<N: Node>(&mut self, path: &Path<'_, N>) {
        let message = "A getter or proxy threw when the value was read.";
        self.issue(IssueCode::Unreadable, path, message, &[]);
    }

    fn undefined<N: Node>(&mut self, path: &Path<'_, N>) {
        let message = "undefined is left out, as JSON does; null removes a metadata key.";
        self.issue(IssueCode::IgnoredUndefined, path, message, &[]);
    }

    fn issue<N: Node>(
        &mut self,
        code: IssueCode,
        path: &Path<'_, N>,
        message: &str,
        params: &[(&'static str, Param)],
    ) {
        self.report.push(Issue::new(code, path.keys(), message, params));
    }
}

fn counts(limit: usize, actual: usize) -> [(&'static str, Param); 2] {
    [("limit", Param::count(limit)), ("actual", Param::count(actual))]
}

/// A kind's name with its article.
fn described(name: &'static str) -> &'static str {
    match name {
        "boolean" => "a boolean",
        "number" => "a number",
        "string" => "a string",
        "array" => "an array",
        "object" => "an object",
        "bigint" => "a bigint",
        "function" => "a function",
        "symbol" => "a symbol",
        "class instance" => "a class instance",
        name => name,
    }
}

fn over_limit(what: &[&str], actual: usize, of: &str, limit: usize) -> String {
    let mut message = joined(what);
    for part in [&*decimal(actual), of, "; the limit is ", &*decimal(limit), "."] {
        message.push_str(part);
    }
    message
}
