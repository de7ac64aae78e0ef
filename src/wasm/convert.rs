//! Reports, errors and options: the structure that crosses rarely.

use js_sys::Reflect;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::node::JsNode;
use crate::error::Error;
use crate::limits::Limits;
use crate::node::{Kind, Node};
use crate::suggest::suggest;

/// A serialisable value as plain objects and arrays.
pub(crate) fn to_js(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    // Nothing that is serialised here can fail: no maps with other keys than strings.
    value.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}

/// What the TypeScript side makes a `PalmError` of.
pub(crate) fn thrown(error: &Error) -> JsValue {
    to_js(error.details())
}

/// An object of options whose names are known.
pub(crate) struct Options {
    value: JsValue,
    what: &'static str,
}

impl Options {
    /// Refuses anything but an object with these names, so that a misspelt option is not ignored.
    pub(crate) fn read(
        value: JsValue,
        what: &'static str,
        known: &[&'static str],
    ) -> Result<Self, Error> {
        let options = Options { value, what };
        if options.value.is_undefined() {
            return Ok(options);
        }
        let node = JsNode::read(options.value.clone());
        if node.kind() != Kind::Object {
            return Err(Error::invalid_options(format!("{what} must be a plain object.")));
        }
        let keys = Reflect::own_keys(&options.value).map_err(|_| options.unreadable())?;
        for key in keys.iter() {
            let Some(key) = key.as_string() else { continue };
            if !known.contains(&key.as_str()) {
                return Err(Error::invalid_options(match suggest(&key, known) {
                    Some(name) => format!("{what} has an unknown name; did you mean {name}?"),
                    None => format!("{what} has an unknown name; known are {}.", known.join(", ")),
                }));
            }
        }
        Ok(options)
    }

    /// The option, or undefined.
    pub(crate) fn get(&self, name: &str) -> Result<JsValue, Error> {
        if self.value.is_undefined() {
            return Ok(JsValue::UNDEFINED);
        }
        Reflect::get(&self.value, &JsValue::from_str(name)).map_err(|_| self.unreadable())
    }

    pub(crate) fn string(&self, name: &str) -> Result<Option<String>, Error> {
        let value = self.get(name)?;
        match value.as_string() {
            Some(text) => Ok(Some(text)),
            None if value.is_undefined() => Ok(None),
            None => Err(self.must_be(name, "a string")),
        }
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<bool, Error> {
        let value = self.get(name)?;
        match value.as_bool() {
            Some(flag) => Ok(flag),
            None if value.is_undefined() => Ok(false),
            None => Err(self.must_be(name, "a boolean")),
        }
    }

    /// A whole number from `min` to `max`.
    pub(crate) fn integer(&self, name: &str, min: u32, max: u32) -> Result<Option<u32>, Error> {
        let value = self.get(name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        match value.as_f64() {
            Some(number)
                if number.trunc() == number && number >= min.into() && number <= max.into() =>
            {
                Ok(Some(number as u32))
            }
            _ => Err(self.must_be(name, &format!("a whole number from {min} to {max}"))),
        }
    }

    pub(crate) fn must_be(&self, name: &str, expected: &str) -> Error {
        Error::invalid_options(format!("{}.{name} must be {expected}.", self.what))
    }

    fn unreadable(&self) -> Error {
        Error::invalid_options(format!("{} could not be read.", self.what))
    }
}

/// The `limits` of an options object.
pub(crate) fn limits(value: JsValue) -> Result<Limits, Error> {
    const NAMES: [&str; 4] = ["maxKeys", "maxKeyLength", "maxValueLength", "maxDisplayNameLength"];
    let [keys, key, text, name] = NAMES;
    let options = Options::read(value, "limits", &NAMES)?;
    let length = |name| options.integer(name, 0, u32::MAX);
    Ok(Limits {
        max_keys: length(keys)?.unwrap_or(Limits::default().max_keys),
        max_key_length: length(key)?,
        max_value_length: length(text)?,
        max_display_name_length: length(name)?,
    })
}
