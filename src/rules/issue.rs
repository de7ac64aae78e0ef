//! What validation has to say: issues, and the report that collects them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::rules::node::Key;
use crate::rules::path::Step;
use crate::text::{ParamName, Params, messages, named};

named! {
    /// What is wrong, or worth knowing, about one place of a patch. Codes are stable.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum IssueCode {
        /// The patch is not a plain object.
        NotAnObject = "not_an_object",
        /// A field that nobody can write; `params.suggestion` names the likely one.
        UnknownField = "unknown_field",
        /// A metadata key that has no schema; `params.suggestion` names the likely one. Only where `defineMetadata` declares the keys.
        UnknownKey = "unknown_key",
        /// `metadata` is not a plain object, or `display_name` is not a string; or a value cannot be fingerprinted.
        WrongType = "wrong_type",
        /// A value JSON cannot carry: NaN, Infinity, BigInt, a function, a symbol, a class instance such as Date or Map, a hole in an array.
        NotJson = "not_json",
        /// A value or key with a lone surrogate, which UTF-8 cannot carry.
        IllFormedString = "ill_formed_string",
        /// More metadata keys after the merge than `maxKeys`.
        TooManyKeys = "too_many_keys",
        /// Longer than a limit that you set; or more than 1,000,000 nested values.
        TooLong = "too_long",
        /// Nested more than 64 levels deep.
        TooDeep = "too_deep",
        /// An object that contains itself.
        Cyclic = "cyclic",
        /// A getter or proxy threw.
        Unreadable = "unreadable",
        /// The options of `validatePatch` are wrong, not the patch.
        InvalidOptions = "invalid_options",
        /// Not an e-mail address; from the fingerprint functions.
        InvalidEmail = "invalid_email",
        /// Not a phone number in international form; from the fingerprint functions.
        InvalidPhone = "invalid_phone",
        /// Warning: nothing to change.
        EmptyPatch = "empty_patch",
        /// Warning: a metadata value other than a string or null.
        UndocumentedValue = "undocumented_value",
        /// Warning: a key such as `__proto__`, kept as plain data.
        UnsafeKey = "unsafe_key",
        /// Warning: undefined, which JSON leaves out.
        IgnoredUndefined = "ignored_undefined",
        /// Warning: the user's status is not `active`.
        UserNotActive = "user_not_active",
    }
}

messages! {
    /// What an issue says.
    enum Message of IssueCode {
        NotAnObject: NotAnObject = "Expected a plain object, received {actual}.",
        UnknownField: UnknownField = "This field does not exist or cannot be written.",
        MisspeltField: UnknownField("misspelt") = "Unknown field; did you mean {suggestion}?",
        UnknownKey: UnknownKey = "This key has no schema.",
        MisspeltKey: UnknownKey("misspelt") = "This key has no schema; did you mean {suggestion}?",
        WrongType: WrongType = "Expected {expected}, received {actual}.",
        TextRemoved: WrongType("not_removable") = "No patch can remove this field; Palm documents no way to.",
        NullSet: WrongType("null_value") = "No patch can set a metadata value to null; null removes the key.",
        NotHashable: WrongType("not_hashable") = "Expected a string or a Uint8Array.",
        BytesOfAKind: WrongType("bytes") = "Only the kind exact takes bytes.",
        NotJson: NotJson = "JSON cannot represent this value: {actual}.",
        IllFormedString: IllFormedString = "The string has a lone surrogate, which UTF-8 cannot carry.",
        IllFormedKey: IllFormedString("key") = "The key has a lone surrogate, which UTF-8 cannot carry.",
        TooManyKeys: TooManyKeys = "The user would have {actual} metadata keys; the limit is {limit}.",
        LongValue: TooLong = "The value has {actual} characters; the limit is {limit}.",
        LongKey: TooLong("key") = "The key has {actual} characters; the limit is {limit}.",
        ManyValues: TooLong("nested_values") = "The patch holds more than {limit} nested values.",
        TooDeep: TooDeep = "The value is nested more than {limit} levels deep.",
        Cyclic: Cyclic = "The value contains itself.",
        Unreadable: Unreadable = "A getter or proxy threw when the value was read.",
        EmailEmpty: InvalidEmail("empty") = "An e-mail address is empty.",
        EmailNoAt: InvalidEmail("no_at") = "An e-mail address has no @.",
        EmailNoLocalPart: InvalidEmail("no_local_part") = "An e-mail address has nothing before its @.",
        EmailNoDomain: InvalidEmail("no_domain") = "An e-mail address has nothing after its @.",
        EmailTwoAts: InvalidEmail("two_ats") = "An e-mail address has more than one @.",
        EmailSpace: InvalidEmail("space") = "An e-mail address has a space in it.",
        EmailControl: InvalidEmail("control") = "An e-mail address has a control character in it.",
        EmailLong: InvalidEmail("too_long") = "An e-mail address is longer than 320 bytes.",
        PhoneEmpty: InvalidPhone("empty") = "A phone number is empty.",
        PhoneNational: InvalidPhone("national") = "A phone number does not start with + or 00 and its country code.",
        PhoneNotDigits: InvalidPhone("not_digits") = "A phone number has something other than digits and separators in it.",
        PhoneZero: InvalidPhone("zero") = "A phone number has a 0 where its country code belongs.",
        PhoneTrunk: InvalidPhone("trunk_zero") = "A phone number has a national (0) in it; leave the (0) out.",
        PhoneShort: InvalidPhone("too_short") = "A phone number has fewer than 8 digits.",
        PhoneLong: InvalidPhone("too_long") = "A phone number has more than 15 digits.",
        EmptyPatch: EmptyPatch = "The patch changes nothing.",
        UndocumentedValue: UndocumentedValue = "Palm documents only strings as metadata values; received {actual}.",
        UnsafeKey: UnsafeKey = "The key has a meaning on JavaScript objects; it is kept as plain data.",
        IgnoredUndefined: IgnoredUndefined = "undefined is left out, as JSON does; null removes a metadata key.",
        UserNotActive: UserNotActive = "The user is not active; Palm may refuse to change it.",
    }
}

/// The codes of what only the npm package and its gateway find.
#[cfg(test)]
pub(crate) const JAVASCRIPT_CODES: &[(&str, &str)] = &[
    (
        "unsupported_engine",
        " WebAssembly cannot run here, so nothing was checked; the message says which version or policy to set.",
    ),
    ("not_ready", " `palm-user/web` was used before its `init()`, so nothing was checked."),
    ("duplicate_key", " From a gateway: a key is twice in one object of the JSON text."),
    (
        "unsafe_integer",
        " From a gateway: a whole number beyond 2^53 - 1, which JavaScript would change.",
    ),
    (
        "invalid_metadata",
        " A metadata value that its schema refuses; the message is the schema's, without the value.",
    ),
    (
        "required_key",
        " A metadata key that cannot be removed, since its schema does not take undefined.",
    ),
    (
        "field_not_allowed",
        " A page may not change this field; from a gateway, and where `defineMetadata` does not mark the key as writable.",
    ),
    ("custom", " From a gateway: a rule of its own, by its option `check`."),
];

impl IssueCode {
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

named! {
    /// Whether an issue stops the patch.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Severity {
        /// The patch must not be sent.
        Error = "error",
        /// The patch may be sent.
        Warning = "warning",
    }
}

/// One thing about one place of a patch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
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
    /// The numbers and names in the message, by name. `reason` tells the messages of one code apart.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Params::is_empty"))]
    pub params: Params,
}

/// The JSON Pointer of a path (RFC 6901 section 3): `~` is `~0`, `/` is `~1`.
pub(crate) fn pointer<K: Key>(path: &[Step<K>]) -> String {
    let mut pointer = String::new();
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

/// An issue before its texts are made: the module hands it over as it is.
#[derive(Clone, Debug)]
pub(crate) struct Finding<K> {
    pub(crate) message: Message,
    pub(crate) path: Vec<Step<K>>,
    pub(crate) params: Params,
}

impl<K> Finding<K> {
    pub(crate) fn new(message: Message, path: Vec<Step<K>>) -> Self {
        Finding { message, path, params: Params::default() }
    }
}

impl<K: Key> From<Finding<K>> for Issue {
    fn from(Finding { message, path, params }: Finding<K>) -> Self {
        let params = match message.reason() {
            Some(reason) => params.name(ParamName::Reason, reason),
            None => params,
        };
        Issue {
            code: message.code(),
            severity: message.code().severity(),
            pointer: pointer(&path),
            path: path.iter().map(|step| step.text().to_string()).collect(),
            message: params.fill(message.template()),
            params,
        }
    }
}

/// What validation found, before its texts are made.
#[derive(Clone, Debug)]
pub(crate) struct Findings<K> {
    pub(crate) errors: Vec<Finding<K>>,
    pub(crate) warnings: Vec<Finding<K>>,
    pub(crate) is_truncated: bool,
}

impl<K> Findings<K> {
    pub(crate) const NONE: Self =
        Findings { errors: Vec::new(), warnings: Vec::new(), is_truncated: false };

    pub(crate) fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    #[cfg(all(feature = "wasm", target_arch = "wasm32"))]
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty() && self.warnings.is_empty()
    }

    pub(crate) fn push(&mut self, finding: Finding<K>) {
        if !self.is_full(finding.message) {
            self.list(finding.message).push(finding);
        }
    }

    /// Whether no more such issues are listed: asked before one is left out.
    pub(crate) fn is_full(&mut self, message: Message) -> bool {
        let is_full = self.list(message).len() >= Report::MAX_ISSUES;
        self.is_truncated |= is_full;
        is_full
    }

    fn list(&mut self, message: Message) -> &mut Vec<Finding<K>> {
        match message.code().severity() {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        }
    }
}

/// What validation found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Report {
    /// What stops the patch, in the order of the patch.
    pub errors: Vec<Issue>,
    /// What does not.
    pub warnings: Vec<Issue>,
    /// Whether issues past the first [`Report::MAX_ISSUES`] of a severity were left out.
    pub truncated: bool,
}

impl Report {
    /// How many errors, and how many warnings, a report lists.
    pub const MAX_ISSUES: usize = 100;

    /// Whether the patch may be sent.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }
}

impl<K: Key> From<Findings<K>> for Report {
    fn from(findings: Findings<K>) -> Self {
        Report {
            errors: findings.errors.into_iter().map(Issue::from).collect(),
            warnings: findings.warnings.into_iter().map(Issue::from).collect(),
            truncated: findings.is_truncated,
        }
    }
}

#[cfg(feature = "json")]
impl serde::Serialize for Report {
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
    use crate::rules::path::Step;
    use alloc::string::String;
    use alloc::vec::Vec;

    /// RFC 6901 section 5, as far as its examples are object members.
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
