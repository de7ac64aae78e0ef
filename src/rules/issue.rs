//! What validation has to say: issues and the report that collects them.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

#[cfg(feature = "json")]
use serde::Serialize;

/// What is wrong, or worth knowing, about one place of a patch. Codes are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueCode {
    /// The patch is not a plain object.
    NotAnObject,
    /// A field that Palm does not let anyone write.
    UnknownField,
    /// `metadata` is not a plain object, or `display_name` is not a string.
    WrongType,
    /// A value JSON cannot carry: NaN, Infinity, BigInt, a function, a symbol, a class instance.
    NotJson,
    /// A string or key with a lone surrogate, which UTF-8 cannot carry.
    IllFormedString,
    /// More metadata keys than [`crate::Limits::max_keys`].
    TooManyKeys,
    /// Longer than a limit that was set, or more values than are read.
    TooLong,
    /// Nested more than 64 levels deep.
    TooDeep,
    /// An object that contains itself.
    Cyclic,
    /// A getter or proxy that threw when it was read.
    Unreadable,
    /// The options are wrong, not the patch.
    InvalidOptions,
    /// An item that is not an e-mail address.
    InvalidEmail,
    /// An item that is not a phone number in international form.
    InvalidPhone,
    /// Warning: nothing to change.
    EmptyPatch,
    /// Warning: a metadata value other than a string or null, which Palm does not document.
    UndocumentedValue,
    /// Warning: a key such as `__proto__`, kept as plain data.
    UnsafeKey,
    /// Warning: `undefined`, which JSON leaves out.
    IgnoredUndefined,
    /// Warning: the current user is not active.
    UserNotActive,
}

impl IssueCode {
    /// The code as it is spelt in JSON: `unknown_field`.
    pub fn as_str(self) -> &'static str {
        match self {
            IssueCode::NotAnObject => "not_an_object",
            IssueCode::UnknownField => "unknown_field",
            IssueCode::WrongType => "wrong_type",
            IssueCode::NotJson => "not_json",
            IssueCode::IllFormedString => "ill_formed_string",
            IssueCode::TooManyKeys => "too_many_keys",
            IssueCode::TooLong => "too_long",
            IssueCode::TooDeep => "too_deep",
            IssueCode::Cyclic => "cyclic",
            IssueCode::Unreadable => "unreadable",
            IssueCode::InvalidOptions => "invalid_options",
            IssueCode::InvalidEmail => "invalid_email",
            IssueCode::InvalidPhone => "invalid_phone",
            IssueCode::EmptyPatch => "empty_patch",
            IssueCode::UndocumentedValue => "undocumented_value",
            IssueCode::UnsafeKey => "unsafe_key",
            IssueCode::IgnoredUndefined => "ignored_undefined",
            IssueCode::UserNotActive => "user_not_active",
        }
    }

    /// Whether the issue stops the patch.
    pub fn severity(self) -> Severity {
        match self {
            IssueCode::EmptyPatch
            | IssueCode::UndocumentedValue
            | IssueCode::UnsafeKey
            | IssueCode::IgnoredUndefined
            | IssueCode::UserNotActive => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

#[cfg(feature = "json")]
impl Serialize for IssueCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Whether an issue stops the patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The patch must not be sent.
    Error,
    /// The patch may be sent.
    Warning,
}

impl Severity {
    /// The severity as it is spelt in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

#[cfg(feature = "json")]
impl Serialize for Severity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A parameter of an issue, for messages in other languages. Never a value of the patch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(Serialize), serde(untagged))]
pub enum Param {
    /// A limit, or a count.
    Count(u32),
    /// A type's or a field's name.
    Name(Cow<'static, str>),
}

/// One thing about one place of a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(Serialize))]
#[non_exhaustive]
pub struct Issue {
    /// What it is; stable.
    pub code: IssueCode,
    /// Whether it stops the patch.
    pub severity: Severity,
    /// Where it is, as keys from the patch down: `["metadata", "customer_tier"]`.
    pub path: Vec<String>,
    /// The same as a JSON Pointer (RFC 6901): `/metadata/customer_tier`.
    pub pointer: String,
    /// English; never contains a value.
    pub message: String,
    /// The numbers and names in the message, by name.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Params::is_empty"))]
    pub params: Params,
}

/// The parameters of an issue, in the order the message uses them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(&'static str, Param)>);

impl Params {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The parameters with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Param)> {
        self.0.iter().map(|(name, param)| (*name, param))
    }

    /// The parameter of that name.
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.0.iter().find_map(|(key, param)| (*key == name).then_some(param))
    }
}

#[cfg(feature = "json")]
impl Serialize for Params {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, param)| (name, param)))
    }
}

impl Issue {
    // Once in the module, and not at each of its thirty calls.
    #[inline(never)]
    pub(crate) fn new(
        code: IssueCode,
        path: Vec<String>,
        message: &str,
        params: &[(&'static str, Param)],
    ) -> Self {
        Issue {
            code,
            severity: code.severity(),
            pointer: pointer(&path),
            path,
            message: String::from(message),
            params: Params(params.to_vec()),
        }
    }
}

impl Param {
    pub(crate) fn count(count: usize) -> Self {
        Param::Count(u32::try_from(count).unwrap_or(u32::MAX))
    }

    pub(crate) fn name(name: &'static str) -> Self {
        Param::Name(Cow::Borrowed(name))
    }
}

/// The JSON Pointer of a path (RFC 6901 section 3): `~` is `~0`, `/` is `~1`.
pub(crate) fn pointer(path: &[String]) -> String {
    let mut pointer = String::new();
    for key in path {
        pointer.push('/');
        for c in key.chars() {
            match c {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                c => pointer.push(c),
            }
        }
    }
    pointer
}

/// What validation found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What stops the patch, in the order of the patch.
    pub errors: Vec<Issue>,
    /// What does not.
    pub warnings: Vec<Issue>,
    /// Whether issues past the first [`Report::MAX_ISSUES`] of a kind were left out.
    pub truncated: bool,
}

impl Report {
    /// How many errors, and how many warnings, a report lists.
    pub const MAX_ISSUES: usize = 100;

    /// Whether the patch may be sent.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    pub(crate) fn push(&mut self, issue: Issue) {
        let list = match issue.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() < Report::MAX_ISSUES {
            list.push(issue);
        } else {
            self.truncated = true;
        }
    }
}

#[cfg(feature = "json")]
impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut report = serializer.serialize_struct("Report", 4)?;
        report.serialize_field("valid", &self.is_valid())?;
        report.serialize_field("errors", &self.errors)?;
        report.serialize_field("warnings", &self.warnings)?;
        if self.truncated {
            report.serialize_field("truncated", &true)?;
        }
        report.end()
    }
}

#[cfg(test)]
mod tests {
    use super::pointer;
    use alloc::borrow::ToOwned;
    use alloc::string::String;
    use alloc::vec::Vec;

    /// RFC 6901 section 5, as far as its examples are object members.
    #[test]
    fn json_pointer() {
        let check = |path: &[&str], expect: &str| {
            let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
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
