//! Names and messages that Rust and JavaScript share.
//!
//! A message is a template with named parameters. Native code fills it in here. The
//! npm package does so in JavaScript, so only the message's number and its parameters
//! leave the module. `src/wasm/generate.rs` writes JavaScript's copy of the templates
//! and names from the tables that these macros define.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// An enum whose variants have names. Their order is their number on the wire.
macro_rules! named {
    ($(#[$outer:meta])* $vis:vis enum $Enum:ident {
        $( $(#[doc = $doc:literal])+ $Variant:ident = $name:literal, )+
    }) => {
        $(#[$outer])*
        $vis enum $Enum { $( $(#[doc = $doc])+ $Variant, )+ }

        impl $Enum {
            /// Every variant with its documentation.
            #[cfg(test)]
            pub(crate) const ALL: &[(Self, &str)] =
                &[$( (Self::$Variant, concat!($($doc),+)) ),+];

            /// The name in JSON.
            $vis const fn as_str(self) -> &'static str {
                match self { $( Self::$Variant => $name, )+ }
            }
        }

        impl core::fmt::Display for $Enum {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl core::str::FromStr for $Enum {
            type Err = $crate::text::ParseError;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $( $name => Ok(Self::$Variant), )+
                    _ => Err($crate::text::ParseError(concat!("a known ", stringify!($Enum)))),
                }
            }
        }

        #[cfg(feature = "json")]
        impl<'de> serde::Deserialize<'de> for $Enum {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = alloc::string::String::deserialize(deserializer)?;
                name.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "json")]
        impl serde::Serialize for $Enum {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use named;

/// An enum of messages, each with a code and a template. If several share a code, each has a reason too.
macro_rules! messages {
    ($(#[$outer:meta])* enum $Enum:ident of $Code:ident {
        $( $Variant:ident: $code:ident $(($reason:literal))? = $template:literal, )+
    }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(dead_code, reason = "the npm package says more than native code does")]
        pub(crate) enum $Enum { $( $Variant, )+ }

        impl $Enum {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$( Self::$Variant ),+];

            pub(crate) fn code(self) -> $Code {
                match self { $( Self::$Variant => $Code::$code, )+ }
            }

            /// Distinguishes the messages of one code.
            #[allow(dead_code, reason = "only issues have reasons")]
            pub(crate) fn reason(self) -> Option<&'static str> {
                match self { $( Self::$Variant => None$(.or(Some($reason)))?, )+ }
            }

            /// In English, with a `{name}` for each parameter.
            pub(crate) fn template(self) -> &'static str {
                match self { $( Self::$Variant => $template, )+ }
            }
        }
    };
}
pub(crate) use messages;

named! {
    /// The name of a parameter.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[allow(dead_code, reason = "the npm package says more than native code does")]
    pub(crate) enum ParamName {
        /// The largest allowed number.
        Limit = "limit",
        /// The number or type that was found.
        Actual = "actual",
        /// The type that was expected.
        Expected = "expected",
        /// The name that was probably meant.
        Suggestion = "suggestion",
        /// The name of an option or a header.
        Name = "name",
        /// The names that exist.
        Known = "known",
        /// The smallest and the largest number.
        Min = "min",
        /// The largest number.
        Max = "max",
        /// An index, from 0.
        Index = "index",
        /// An HTTP status.
        Status = "status",
        /// A reason: a sentence of ours, or the system's code for a lost connection.
        Reason = "reason",
    }
}

/// A text that does not have the form of what was to be read. It does not hold the text.
///
/// ```
/// let error = "nothing".parse::<palm_user::Outcome>().unwrap_err();
/// assert_eq!(error.to_string(), "the text is not a known Outcome");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParseError(pub(crate) &'static str);

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text is not {}", self.0)
    }
}

impl core::error::Error for ParseError {}

/// A parameter of a message. Never a value of the patch.
///
/// ```
/// use palm_user::{Limits, Param, validate_patch};
///
/// let patch = serde_json::json!({"metadata": {"a": "x", "b": "x"}});
/// let report = validate_patch(&patch, None, &Limits::default().max_keys(1));
/// assert_eq!(report.errors[0].params.get("limit"), Some(&Param::Count(1)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(untagged))]
#[non_exhaustive]
pub enum Param {
    /// A limit, or a count.
    Count(u32),
    /// The name of a type or field.
    Name(Cow<'static, str>),
}

/// The parameters of a message, by name.
///
/// ```
/// use palm_user::{Limits, validate_patch};
///
/// let report = validate_patch(&serde_json::json!({"displayName": "Ada"}), None, &Limits::default());
/// let params = &report.errors[0].params;
/// assert!(!params.is_empty());
/// assert_eq!(params.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["suggestion", "reason"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Params(Vec<(ParamName, Param)>);

impl Params {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The parameters with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Param)> {
        self.0.iter().map(|(name, param)| (name.as_str(), param))
    }

    /// The parameter of that name.
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.iter().find_map(|(key, param)| (key == name).then_some(param))
    }

    pub(crate) fn count(mut self, name: ParamName, count: usize) -> Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.0.push((name, Param::Count(count)));
        self
    }

    pub(crate) fn name(mut self, name: ParamName, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.push((name, Param::Name(text.into())));
        self
    }

    #[cfg(all(feature = "wasm", target_arch = "wasm32"))]
    pub(crate) fn as_slice(&self) -> &[(ParamName, Param)] {
        &self.0
    }

    /// A parameter as text.
    pub(crate) fn text(&self, name: &str) -> Cow<'_, str> {
        match self.get(name) {
            Some(Param::Count(count)) => Cow::Owned(count.to_string()),
            // A kind is a stable name; the message has it in words.
            Some(Param::Name(kind)) if name == ParamName::Actual.as_str() && kind.contains('_') => {
                Cow::Owned(kind.replace('_', " "))
            }
            Some(Param::Name(name)) => Cow::Borrowed(name),
            None => Cow::Borrowed(""),
        }
    }

    /// A template with these parameters filled in.
    pub(crate) fn fill(&self, template: &str) -> String {
        fill(template, |name| self.text(name))
    }
}

#[cfg(feature = "json")]
impl serde::Serialize for Params {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// A template with each `{name}` replaced.
pub(crate) fn fill<'a>(template: &'a str, param: impl Fn(&str) -> Cow<'a, str>) -> String {
    let mut filled = String::with_capacity(template.len().saturating_add(16));
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        filled.push_str(&param(name));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::{ParamName, Params};

    #[test]
    fn templates() {
        let params = Params::default().count(ParamName::Limit, 50).name(ParamName::Actual, "x");
        assert_eq!(params.fill("{actual} of {limit}."), "x of 50.");
        assert_eq!(params.fill("plain"), "plain");
    }
}
