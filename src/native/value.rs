//! The backend over `serde_json::Value`.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Number, Value};

use crate::rules::node::{Change, Kind, Node, Unreadable};

/// A JSON value, borrowed from the caller or made by a rule.
#[derive(Clone, Debug)]
pub(crate) struct Native<'a>(Cow<'a, Value>);

impl<'a> Native<'a> {
    pub(crate) fn read(value: &'a Value) -> Self {
        Native(Cow::Borrowed(value))
    }

    pub(crate) fn into_value(self) -> Value {
        self.0.into_owned()
    }

    fn as_object(&self) -> Option<&Map<String, Value>> {
        self.0.as_object()
    }
}

impl Node for Native<'_> {
    type Key = String;

    fn kind(&self) -> Kind {
        match &*self.0 {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::String,
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        }
    }

    fn members(&self) -> Result<Vec<(String, Self)>, Unreadable> {
        Ok(match &self.0 {
            Cow::Borrowed(Value::Object(map)) => {
                map.iter().map(|(key, value)| (key.clone(), Native(Cow::Borrowed(value)))).collect()
            }
            Cow::Owned(Value::Object(map)) => map
                .iter()
                .map(|(key, value)| (key.clone(), Native(Cow::Owned(value.clone()))))
                .collect(),
            _ => Vec::new(),
        })
    }

    fn items(&self) -> Result<Vec<Self>, Unreadable> {
        Ok(match &self.0 {
            Cow::Borrowed(Value::Array(items)) => items.iter().map(Native::read).collect(),
            Cow::Owned(Value::Array(items)) => {
                items.iter().map(|item| Native(Cow::Owned(item.clone()))).collect()
            }
            _ => Vec::new(),
        })
    }

    fn member(&self, key: &String) -> Result<Option<Self>, Unreadable> {
        Ok(match &self.0 {
            Cow::Borrowed(value) => value.get(key).map(Native::read),
            Cow::Owned(value) => value.get(key).map(|value| Native(Cow::Owned(value.clone()))),
        })
    }

    fn member_count(&self) -> Result<usize, Unreadable> {
        Ok(self.as_object().map_or(0, Map::len))
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0.as_str().unwrap_or_default())
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn is_same(&self, other: &Self) -> bool {
        match (&*self.0, &*other.0) {
            (Value::Number(a), Value::Number(b)) => is_same_number(a, b),
            (Value::Array(_), _) | (Value::Object(_), _) => core::ptr::eq(&*self.0, &*other.0),
            (a, b) => a == b,
        }
    }

    fn null() -> Self {
        Native(Cow::Owned(Value::Null))
    }

    fn object(members: Vec<(String, Self)>) -> Self {
        let map = members.into_iter().map(|(key, value)| (key, value.into_value())).collect();
        Native(Cow::Owned(Value::Object(map)))
    }

    fn array(items: Vec<Self>) -> Self {
        Native(Cow::Owned(Value::Array(items.into_iter().map(Native::into_value).collect())))
    }

    fn with(&self, changes: &[Change<Self>]) -> Result<Self, Unreadable> {
        let mut map = self.as_object().cloned().unwrap_or_default();
        for (key, value) in changes {
            match value {
                Some(value) => drop(map.insert(key.clone(), value.clone().into_value())),
                // Not `remove`: that moves the last member into the gap.
                None => drop(map.shift_remove(key)),
            }
        }
        Ok(Native(Cow::Owned(Value::Object(map))))
    }
}

/// 1 and 1.0 are one JSON number (RFC 8259 section 6), two integers past 2^53 are not.
fn is_same_number(a: &Number, b: &Number) -> bool {
    a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64())
}
