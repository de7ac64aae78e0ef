//! Issues, and the report that collects them.

use alloc::string::String;
use alloc::vec::Vec;

use crate::rules::node::Key;
use crate::rules::path::{Step, pointer};
use crate::text::{ParamName, Params, messages, named};

named! {
    /// What is wrong with one place of a patch, or worth knowing about it. Codes are stable.
    ///
    /// ```
    /// use palm_user::{IssueCode, Severity};
    ///
    /// assert_eq!(IssueCode::TooManyKeys.as_str(), "too_many_keys");
    /// assert_eq!(IssueCode::EmptyPatch.severity(), Severity::Warning);
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum IssueCode {
        /// The patch is not a plain object.
        NotAnObject = "not_an_object",
        /// A field that cannot be written; `params.suggestion` names the one that was probably meant.
        UnknownField = "unknown_field",
        /// A metadata key that has no schema; `params.suggestion` names the one that was probably meant. Only if `defineMetadata` declares the keys.
        UnknownKey = "unknown_key",
        /// `metadata` is not a plain object, `display_name` is not a string, or a value cannot be fingerprinted.
        WrongType = "wrong_type",
        /// A value that JSON cannot represent: NaN, Infinity, BigInt, a function, a symbol, a class instance such as Date or Map, a hole in an array.
        NotJson = "not_json",
        /// A value or key with a lone surrogate, which UTF-8 cannot encode.
        IllFormedString = "ill_formed_string",
        /// More metadata keys after the merge than `maxKeys`.
        TooManyKeys = "too_many_keys",
        /// Longer than a limit you set, or more than 1,000,000 nested values.
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
    /// The texts of issues. Several may share a code.
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
        IllFormedString: IllFormedString = "The string has a lone surrogate, which UTF-8 cannot encode.",
        IllFormedKey: IllFormedString("key") = "The key has a lone surrogate, which UTF-8 cannot encode.",
        TooManyKeys: TooManyKeys = "The user would have {actual} metadata keys; the limit is {limit}.",
        LongValue: TooLong = "The value has {actual} characters; the limit is {limit}.",
        LongKey: TooLong("key") = "The key has {actual} characters; the limit is {limit}.",
        ManyValues: TooLong("nested_values") = "The patch holds more than {limit} nested values.",
        TooDeep: TooDeep = "The value is nested more than {limit} levels deep.",
        Cyclic: Cyclic = "The value contains itself.",
        Unreadable: Unreadable = "A getter or proxy threw when the value was read.",
        EmailEmpty: InvalidEmail("empty") = "The e-mail address is empty.",
        EmailNoAt: InvalidEmail("no_at") = "The e-mail address has no @.",
        EmailNoLocalPart: InvalidEmail("no_local_part") = "The e-mail address has nothing before the @.",
        EmailNoDomain: InvalidEmail("no_domain") = "The e-mail address has nothing after the @.",
        EmailTwoAts: InvalidEmail("two_ats") = "The e-mail address has more than one @.",
        EmailSpace: InvalidEmail("space") = "The e-mail address contains a space.",
        EmailControl: InvalidEmail("control") = "The e-mail address contains a control character.",
        EmailLong: InvalidEmail("too_long") = "The e-mail address is longer than 320 bytes.",
        PhoneEmpty: InvalidPhone("empty") = "The phone number is empty.",
        PhoneNational: InvalidPhone("national") = "The phone number must start with + or 00 and a country code.",
        PhoneNotDigits: InvalidPhone("not_digits") = "The phone number contains something other than digits and separators.",
        PhoneZero: InvalidPhone("zero") = "The phone number has a 0 where the country code should be.",
        PhoneTrunk: InvalidPhone("trunk_zero") = "The phone number contains a national trunk prefix (0); leave it out.",
        PhoneShort: InvalidPhone("too_short") = "The phone number has fewer than 8 digits.",
        PhoneLong: InvalidPhone("too_long") = "The phone number has more than 15 digits.",
        EmptyPatch: EmptyPatch = "The patch changes nothing.",
        UndocumentedValue: UndocumentedValue = "Palm documents only strings as metadata values; received {actual}.",
        UnsafeKey: UnsafeKey = "JavaScript objects inherit a member of this name; the key is kept as plain data.",
        IgnoredUndefined: IgnoredUndefined = "undefined is left out, as JSON does; null removes a metadata key.",
        UserNotActive: UserNotActive = "The user is not active; Palm may refuse to change it.",
    }
}

/// The codes that only the npm package and its gateway report.
#[cfg(test)]
pub(crate) const JAVASCRIPT_CODES: &[(&str, &str)] = &[
    (
        "unsupported_engine",
        " WebAssembly cannot run here, so nothing was checked; the message names the version or policy that is needed.",
    ),
    ("not_ready", " `palm-user/web` was used before its `init()`, so nothing was checked."),
    ("duplicate_key", " From a gateway: an object in the JSON text has a key twice."),
    (
        "unsafe_integer",
        " From a gateway: an integer beyond 2^53 - 1, which JavaScript would change.",
    ),
    (
        "invalid_metadata",
        " A metadata value that its schema refuses; the message is the schema's, without the value.",
    ),
    (
        "required_key",
        " A metadata key that cannot be removed, because its schema does not accept undefined.",
    ),
    (
        "field_not_allowed",
        " A page may not change this field; from a gateway, and where `defineMetadata` does not mark the key as writable.",
    ),
    ("custom", " From a gateway: its option `check` refused the patch."),
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
    ///
    /// ```
    /// assert_eq!(palm_user::Severity::Error.as_str(), "error");
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Severity {
        /// The patch must not be sent.
        Error = "error",
        /// The patch may be sent.
        Warning = "warning",
    }
}

/// What is wrong with one place of a patch, or worth knowing about it.
///
/// ```
/// use palm_user::{IssueCode, Limits, validate_patch};
///
/// let patch = serde_json::json!({"metadata": {"plan": true}});
/// let issue = &validate_patch(&patch, None, &Limits::default()).warnings[0];
/// assert_eq!(issue.code, IssueCode::UndocumentedValue);
/// assert_eq!((issue.path.join("."), issue.pointer.as_str()), ("metadata.plan".into(), "/metadata/plan"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Issue {
    /// What kind of issue it is; stable.
    pub code: IssueCode,
    /// Whether it stops the patch.
    pub severity: Severity,
    /// Where it is: the keys from the patch down, such as `["metadata", "customer_tier"]`.
    pub path: Vec<String>,
    /// `path` as a JSON Pointer (RFC 6901): `/metadata/customer_tier`.
    pub pointer: String,
    /// English; never contains a value.
    pub message: String,
    /// The numbers and names in the message, by parameter name. `reason` distinguishes the messages of one code.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Params::is_empty"))]
    pub params: Params,
}

/// An issue whose texts have not been made. The npm module exports it in this form.
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
            path: path.into_iter().map(Step::into_text).collect(),
            message: params.fill(message.template()),
            params,
        }
    }
}

/// The findings of a validation, without their texts.
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

    /// Whether the list of this severity is full. Marks the report as truncated if it
    /// is, so ask only when about to add a finding.
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

/// The result of validating a patch.
///
/// ```
/// use palm_user::{Limits, Report, validate_patch};
///
/// let report = validate_patch(&serde_json::json!({}), None, &Limits::default());
/// assert!(report.is_valid());
/// assert_eq!(report.warnings[0].message, "The patch changes nothing.");
/// assert!(report.warnings.len() <= Report::MAX_ISSUES);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Report {
    /// The issues that stop the patch, in the order of the patch.
    pub errors: Vec<Issue>,
    /// The issues that do not stop it.
    pub warnings: Vec<Issue>,
    /// Whether a severity had more than [`Report::MAX_ISSUES`] issues, so that some were left out.
    pub truncated: bool,
}

impl Report {
    /// The most errors, and the most warnings, that a report lists.
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
