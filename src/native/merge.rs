//! The merge into a `serde_json::Value`: only what changes is copied.
//!
//! The rules say what each member does; see [`crate::rules::merge`].

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::native::value::Native;
use crate::rules::equal;
use crate::rules::merge::{Effect, effect};
use crate::rules::patch::{METADATA, TEXT_FIELDS, TextFields};

/// The parts of a valid patch.
pub(crate) struct Parts<'p> {
    metadata: Option<&'p Map<String, Value>>,
    texts: TextFields<Option<&'p Value>>,
}

impl<'p> Parts<'p> {
    /// The parts of a patch that was checked.
    pub(crate) fn of(patch: &'p Value) -> Self {
        let mut parts = Parts { metadata: None, texts: TEXT_FIELDS.map(|_| None) };
        for (name, value) in patch.as_object().into_iter().flatten() {
            if name == METADATA {
                parts.metadata = value.as_object();
                continue;
            }
            let mut texts = TEXT_FIELDS.iter().zip(&mut parts.texts);
            if let Some((_, text)) = texts.find(|(field, _)| name == field.name) {
                *text = Some(value);
            }
        }
        parts
    }

    /// Whether the patch changes the user.
    pub(crate) fn changes(&self, user: &Map<String, Value>) -> bool {
        let changes_metadata = self.metadata.is_some_and(|members| {
            let Some(stored) = user.get(METADATA).and_then(Value::as_object) else { return true };
            members.iter().any(|(key, value)| {
                let before = stored.get(key);
                let is_equal = before.is_some_and(|before| is_equal(before, value));
                effect(value.is_null(), before.is_some(), is_equal) != Effect::Nothing
            })
        });
        let mut texts = self.named_texts();
        changes_metadata
            || texts.any(|(name, text)| !user.get(name).is_some_and(|it| is_equal(it, text)))
    }

    /// Writes the patch to the user.
    pub(crate) fn write_to(&self, user: &mut Map<String, Value>) -> Written {
        let mut written = Written::default();
        if let Some(members) = self.metadata {
            match user.get_mut(METADATA) {
                Some(Value::Object(stored)) => {
                    written.keys_before = stored.len();
                    written.is_change = merge(stored, members);
                    written.keys_after = stored.len();
                }
                // RFC 7396 section 2: a target that is not an object counts as an empty one.
                _ => {
                    let set = members.iter().filter(|(_, value)| !value.is_null());
                    let set: Map<_, _> =
                        set.map(|(key, value)| (key.clone(), value.clone())).collect();
                    written = Written { is_change: true, keys_before: 0, keys_after: set.len() };
                    user.insert(METADATA.to_owned(), Value::Object(set));
                }
            }
        }
        for (name, text) in self.named_texts() {
            match user.get_mut(name) {
                Some(before) if is_equal(before, text) => continue,
                Some(before) => replace(before, text),
                None => drop(user.insert(name.to_owned(), text.clone())),
            }
            written.is_change = true;
        }
        written
    }

    fn named_texts(&self) -> impl Iterator<Item = (&'static str, &'p Value)> {
        TEXT_FIELDS.iter().zip(self.texts).filter_map(|(field, text)| Some((field.name, text?)))
    }
}

/// What came of a patch.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) is_change: bool,
    /// Metadata keys; 0 and 0 if the patch has none.
    pub(crate) keys_before: usize,
    pub(crate) keys_after: usize,
}

/// Merges the members of a patch into the stored metadata. Keys are removed first: new
/// ones then find room.
fn merge(stored: &mut Map<String, Value>, members: &Map<String, Value>) -> bool {
    let nulls = members.iter().filter(|(_, value)| value.is_null());
    let nulls = nulls.map(|(key, _)| key.as_str());
    let keys_before = stored.len();
    remove(stored, &nulls.collect::<Vec<_>>());
    let mut is_change = stored.len() != keys_before;
    for (key, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        match stored.get_mut(key) {
            Some(before) if is_equal(before, value) => continue,
            Some(before) => replace(before, value),
            None => drop(stored.insert(key.clone(), value.clone())),
        }
        is_change = true;
    }
    is_change
}

/// Removes members that the map has. The others keep their order, which `Map::remove`
/// would change.
fn remove(map: &mut Map<String, Value>, keys: &[&str]) {
    #[cfg(feature = "preserve_order")]
    if keys.len() <= 4 {
        return keys.iter().for_each(|key| drop(map.shift_remove(*key)));
    }
    // By where the keys' texts lie, as comparing them would take most of a merge: no two
    // keys of a map share a place.
    let place = |key: &&str| Some(map.get_key_value(*key)?.0.as_ptr());
    let places: Vec<*const u8> = keys.iter().filter_map(place).collect();
    match places.as_slice() {
        [] => {}
        [one] => map.retain(|key, _| key.as_ptr() != *one),
        several => map.retain(|key, _| !several.contains(&key.as_ptr())),
    }
}

/// Replaces a value; a text keeps its memory.
fn replace(before: &mut Value, value: &Value) {
    match (before, value) {
        (Value::String(before), Value::String(value)) => before.clone_from(value),
        (before, value) => *before = value.clone(),
    }
}

fn is_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a == b,
        (a, b) => equal::is_equal(&Native::read(a), &Native::read(b)),
    }
}
