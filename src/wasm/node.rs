//! The backend over live JavaScript objects, by handle.
//!
//! Strings and untouched subtrees stay in JavaScript; what crosses is a kind
//! per value. Rules never see a JavaScript exception: a getter or proxy that
//! throws is a value of the kind `Unreadable`, or an `Unreadable` error.

use std::borrow::Cow;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::glue;
use crate::node::{Change, Key, Kind, Node, Unreadable};

/// A JavaScript value and what it is.
#[derive(Clone)]
pub(crate) struct JsNode {
    value: JsValue,
    kind: Kind,
}

impl JsNode {
    pub(crate) fn read(value: JsValue) -> Self {
        let kind = Kind::from_u8(glue::kind_of(&value));
        JsNode { value, kind }
    }

    pub(crate) fn into_value(self) -> JsValue {
        self.value
    }
}

/// A JavaScript string that names a member.
#[derive(Clone)]
pub(crate) struct JsKey(JsValue);

/// The names the rules use, as JavaScript strings made once.
fn interned(text: &'static str) -> JsValue {
    use std::cell::RefCell;
    thread_local! {
        static INTERNED: RefCell<Vec<(&'static str, JsValue)>> = const { RefCell::new(Vec::new()) };
    }
    INTERNED.with_borrow_mut(|interned| {
        if let Some((_, value)) = interned.iter().find(|(known, _)| *known == text) {
            return value.clone();
        }
        let value = JsValue::from_str(text);
        interned.push((text, value.clone()));
        value
    })
}

impl Key for JsKey {
    fn from_static(text: &'static str) -> Self {
        JsKey(interned(text))
    }

    fn is(&self, text: &'static str) -> bool {
        self.0 == interned(text)
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.as_string().unwrap_or_default())
    }

    fn is_well_formed(&self) -> bool {
        glue::key_flags(&self.0) & 1 != 0
    }

    fn is_inherited(&self) -> bool {
        glue::key_flags(&self.0) & 2 != 0
    }
}

impl Node for JsNode {
    type Key = JsKey;

    fn kind(&self) -> Kind {
        self.kind
    }

    fn members(&self) -> Result<Vec<(JsKey, Self)>, Unreadable> {
        let list = glue::members(&self.value).map_err(|_| Unreadable)?;
        let mut entries = Vec::with_capacity(usize::try_from(list.length() / 2).unwrap_or(0));
        for index in (0..list.length()).step_by(2) {
            let value = JsNode::read(list.get(index.wrapping_add(1)));
            entries.push((JsKey(list.get(index)), value));
        }
        Ok(entries)
    }

    fn items(&self) -> Result<Vec<Self>, Unreadable> {
        let list = glue::items(&self.value).map_err(|_| Unreadable)?;
        Ok((0..list.length()).map(|index| JsNode::read(list.get(index))).collect())
    }

    fn member(&self, key: &JsKey) -> Result<Option<Self>, Unreadable> {
        if !glue::has_member(&self.value, &key.0).map_err(|_| Unreadable)? {
            return Ok(None);
        }
        let value = glue::member(&self.value, &key.0).map_err(|_| Unreadable)?;
        Ok(Some(JsNode::read(value)))
    }

    fn member_count(&self) -> Result<usize, Unreadable> {
        let count = glue::member_count(&self.value).map_err(|_| Unreadable)?;
        usize::try_from(count).map_err(|_| Unreadable)
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.value.as_string().unwrap_or_default())
    }

    fn char_count(&self) -> usize {
        usize::try_from(glue::char_count(&self.value)).unwrap_or(usize::MAX)
    }

    fn is_same(&self, other: &Self) -> bool {
        self.value == other.value
    }

    fn null() -> Self {
        JsNode { value: JsValue::NULL, kind: Kind::Null }
    }

    fn object(members: Vec<(JsKey, Self)>) -> Self {
        let list = Array::new();
        for (key, node) in members {
            list.push(&key.0);
            list.push(&node.value);
        }
        JsNode { value: glue::object_of(&list), kind: Kind::Object }
    }

    fn array(items: Vec<Self>) -> Self {
        let list: Array = items.into_iter().map(JsNode::into_value).collect();
        JsNode { value: list.into(), kind: Kind::Array }
    }

    fn with(&self, changes: &[Change<Self>]) -> Result<Self, Unreadable> {
        let removed = Array::new();
        let written = Array::new();
        for (key, change) in changes {
            match change {
                Some(node) => {
                    written.push(&key.0);
                    written.push(&node.value);
                }
                None => {
                    removed.push(&key.0);
                }
            }
        }
        let value = glue::copy_with(&self.value, &removed, &written).map_err(|_| Unreadable)?;
        Ok(JsNode { value, kind: Kind::Object })
    }
}

/// The items of an array that is not a value of JSON, up to the first hole.
pub(crate) fn array_items(array: &JsValue) -> Result<Array, Unreadable> {
    glue::items(array).map_err(|_| Unreadable)
}
