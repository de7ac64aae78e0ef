//! The backend over `serde_json::Value`.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Number, Value};

use crate::rules::node::{Change, Key, Kind, Node, Unreadable, is_inherited};

/// A JSON value, borrowed from the caller or made by a rule.
#[derive(Clone, Debug)]
pub(crate) enum Native<'a> {
    Borrowed(&'a Value),
    Made(Box<Value>),
}

impl<'a> Native<'a> {
    pub(crate) fn read(value: &'a Value) -> Self {
        Native::Borrowed(value)
    }

    fn made(value: Value) -> Self {
        Native::Made(Box::new(value))
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Native::Borrowed(value) => value.clone(),
            Native::Made(value) => *value,
        }
    }

    fn value(&self) -> &Value {
        match self {
            Native::Borrowed(value) => value,
            Native::Made(value) => value,
        }
    }

    /// A part of the value: borrowed from the caller, or a copy.
    fn part(&self, part: impl for<'v> Fn(&'v Value) -> Option<&'v Value>) -> Option<Self> {
        match self {
            Native::Borrowed(value) => part(value).map(Native::Borrowed),
            Native::Made(value) => part(value).cloned().map(Native::made),
        }
    }
}

/// The name of a member, borrowed if the value is.
#[derive(Clone, Debug)]
pub(crate) struct NativeKey<'a>(Cow<'a, str>);

impl NativeKey<'_> {
    pub(crate) fn into_string(self) -> String {
        self.0.into_owned()
    }
}

impl Key for NativeKey<'_> {
    fn from_static(text: &'static str) -> Self {
        NativeKey(Cow::Borrowed(text))
    }

    fn is(&self, name: &'static str) -> bool {
        self.0 == name
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }

    fn is_well_formed(&self) -> bool {
        true
    }

    fn is_inherited(&self) -> bool {
        is_inherited(&self.0)
    }
}

impl<'a> Node for Native<'a> {
    type Key = NativeKey<'a>;

    const IS_JSON: bool = true;

    fn kind(&self) -> Kind {
        kind(self.value())
    }

    fn members(&self) -> Result<Vec<(NativeKey<'a>, Self)>, Unreadable> {
        let borrowed = |(key, value): (&'a String, &'a Value)| {
            (NativeKey(Cow::Borrowed(key.as_str())), Native::Borrowed(value))
        };
        let made = |(key, value): (&String, &Value)| {
            (NativeKey(Cow::Owned(key.to_owned())), Native::made(value.clone()))
        };
        Ok(match self {
            Native::Borrowed(Value::Object(map)) => map.iter().map(borrowed).collect(),
            Native::Made(value) => value.as_object().into_iter().flatten().map(made).collect(),
            Native::Borrowed(_) => Vec::new(),
        })
    }

    fn items(&self) -> Result<Vec<Self>, Unreadable> {
        Ok(match self {
            Native::Borrowed(Value::Array(items)) => items.iter().map(Native::read).collect(),
            Native::Made(value) => {
                let items = value.as_array().into_iter().flatten();
                items.map(|item| Native::made(item.clone())).collect()
            }
            Native::Borrowed(_) => Vec::new(),
        })
    }

    fn member(&self, key: &NativeKey<'a>) -> Result<Option<Self>, Unreadable> {
        Ok(self.part(|value| value.get(&*key.0)))
    }

    fn member_count(&self) -> Result<usize, Unreadable> {
        Ok(self.value().as_object().map_or(0, Map::len))
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.value().as_str().unwrap_or_default())
    }

    fn number(&self) -> Option<f64> {
        self.value().as_f64()
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self.value(), other.value()) {
            (Value::Number(a), Value::Number(b)) => is_same_number(a, b),
            (a @ (Value::Array(_) | Value::Object(_)), b) => core::ptr::eq(a, b),
            (a, b) => a == b,
        }
    }

    fn null() -> Self {
        Native::Borrowed(&Value::Null)
    }

    fn object(members: Vec<(NativeKey<'a>, Self)>) -> Self {
        let member = |(key, value): (NativeKey<'a>, Self)| (key.into_string(), value.into_value());
        Native::made(Value::Object(members.into_iter().map(member).collect()))
    }

    fn array(items: Vec<Self>) -> Self {
        Native::made(Value::Array(items.into_iter().map(Native::into_value).collect()))
    }

    fn with(&self, changes: &[Change<Self>]) -> Result<Self, Unreadable> {
        let mut map = self.value().as_object().cloned().unwrap_or_default();
        for (key, value) in changes {
            match value {
                Some(value) => {
                    map.insert(key.0.as_ref().to_owned(), value.clone().into_value());
                }
                None => map.retain(|known, _| *known != *key.0),
            }
        }
        Ok(Native::made(Value::Object(map)))
    }
}

/// The kind of a value.
pub(crate) fn kind(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Bool,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}

/// 1 and 1.0 are the same JSON number (RFC 8259 section 6). Two different integers past
/// 2^53 are not, though they are equal as floats.
fn is_same_number(a: &Number, b: &Number) -> bool {
    a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64())
}

/// Parses a body as JSON. As in JavaScript, it is read as UTF-8 whatever charset it
/// claims, and a byte order mark is skipped (RFC 8259 section 8.1).
pub(crate) fn parse(body: &[u8]) -> Result<Value, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text))
}
