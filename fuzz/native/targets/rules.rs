//! The rules against a naive model, on documents made of arbitrary bytes.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use palm_user::{
    Limits, apply_patch, compose_patches, diff_users, invert_patch, validate_patch,
};
use serde_json::{Map, Value, json};

/// A document by its bytes: few keys, so that documents meet.
fn value(bytes: &mut std::slice::Iter<'_, u8>, depth: usize) -> Value {
    const KEYS: [&str; 10] = [
        "metadata", "display_name", "status", "a", "b", "c", "__proto__", "constructor", "", "a/b~c",
    ];
    let Some(byte) = bytes.next() else { return Value::Null };
    match (byte % 8, depth) {
        (0, _) => Value::Null,
        (1, _) => Value::Bool(byte & 8 != 0),
        (2, _) => json!(i64::from(*byte) - 128),
        (3, _) => json!(f64::from(*byte) / 16.0),
        (4, _) | (_, 0) => Value::String(format!("text {}", byte % 5)),
        (5, _) => (0..byte / 64).map(|_| value(bytes, depth - 1)).collect(),
        _ => {
            let count = byte / 32;
            let mut map = Map::new();
            for _ in 0..count {
                let key = bytes.next().copied().unwrap_or(0);
                map.insert(KEYS[usize::from(key) % KEYS.len()].to_owned(), value(bytes, depth - 1));
            }
            Value::Object(map)
        }
    }
}

fn model(user: &Value, patch: &Value) -> Value {
    let mut user = user.as_object().cloned().unwrap_or_default();
    if let Some(changes) = patch.get("metadata").and_then(Value::as_object) {
        let stored = user.get("metadata").and_then(Value::as_object).cloned();
        let mut metadata = stored.unwrap_or_default();
        for (key, change) in changes {
            if change.is_null() {
                metadata.shift_remove(key);
            } else {
                metadata.insert(key.clone(), change.clone());
            }
        }
        user.insert("metadata".to_owned(), Value::Object(metadata));
    }
    if let Some(name) = patch.get("display_name") {
        user.insert("display_name".to_owned(), name.clone());
    }
    Value::Object(user)
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let mut bytes = data.iter();
    let limits = Limits::default().max_keys(u32::from(data.len() as u8 % 6));
    let (user, patch, other) =
        (value(&mut bytes, 4), value(&mut bytes, 4), value(&mut bytes, 4));
    let report = validate_patch(&patch, Some(&user), &limits);
    let applied = apply_patch(&user, &patch, &limits);
    assert_eq!(applied.is_ok(), user.is_object() && report.is_valid());
    if let Ok(after) = &applied {
        assert_eq!(**after, model(&user, &patch));
    }
    let unlimited = Limits::default().max_keys(u32::MAX);
    if let Ok(composed) = compose_patches(&patch, &other)
        && let Ok(first) = apply_patch(&user, &patch, &unlimited)
    {
        let in_turn = apply_patch(&first, &other, &unlimited).unwrap();
        let at_once = apply_patch(&user, &composed, &unlimited).unwrap();
        assert_eq!(*in_turn, *at_once);
    }
    if let Ok(difference) = diff_users(&user, &other) {
        let there = apply_patch(&user, &difference, &unlimited).unwrap();
        // A patch can neither make an empty metadata nor take one away.
        let members = |user: &Value| user.get("metadata").and_then(Value::as_object).cloned();
        if let Some(theirs) = members(&other) {
            assert_eq!(members(&there).unwrap_or_default(), theirs);
        }
        if let Some(name) = other.get("display_name").filter(|name| !name.is_null()) {
            assert_eq!(there.get("display_name"), Some(name));
        }
    }
    if let Ok((inverse, lossy)) = invert_patch(&patch, &user)
        && let Ok(after) = apply_patch(&user, &patch, &unlimited)
        && lossy.is_empty()
        && user.get("metadata").is_some_and(Value::is_object)
    {
        let back = apply_patch(&after, &inverse, &unlimited).unwrap();
        assert_eq!(*back, user);
    }
    if applied.is_ok() { Corpus::Keep } else { Corpus::Reject }
});
