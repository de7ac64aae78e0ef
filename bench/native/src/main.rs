//! Nanoseconds of a call, medians of rounds in turns. `cargo run --release`. A round
//! is short, so that on a busy machine most of them are not interrupted.

use std::hint::black_box;
use std::time::Instant;

use palm_user::{Limits, apply_patch, apply_patch_in_place, validate_patch};
use serde_json::{Map, Value, json};

const ROUNDS: usize = 501;
const CALLS: u32 = 100;

fn main() {
    for keys in [2, 10, 50] {
        let (patch, limits) = (patch(keys), Limits::default());
        let Ok(validator) = jsonschema::validator_for(&schema()) else { return };
        compare(
            &format!("validate, {keys} keys"),
            &mut [
                ("palm-user, the report", &mut || drop(black_box(validate_patch(black_box(&patch), None, &limits)))),
                ("jsonschema, all errors", &mut || {
                    black_box(validator.iter_errors(black_box(&patch)).count());
                }),
                ("jsonschema, yes or no", &mut || {
                    black_box(validator.is_valid(black_box(&patch)));
                }),
            ],
        );
    }
    reports();
    for (name, keys, stored) in [("2 keys of 3", 2, 3), ("10 keys of 50 and 40 fields", 10, 50)] {
        let (user, patch, limits) = (user(stored), patch(keys), Limits::default());
        // In place and back again, so that each round begins with the same user.
        let undo = undo(&user, &patch);
        let [mut ours, mut theirs, mut hand] = [user.clone(), user.clone(), user.clone()];
        compare(
            &format!("apply and undo in place, {name}"),
            &mut [
                ("palm-user, checked", &mut || {
                    for patch in [&patch, &undo] {
                        drop(black_box(apply_patch_in_place(&mut ours, black_box(patch), &limits)));
                    }
                }),
                ("json-patch", &mut || {
                    for patch in [&patch, &undo] {
                        json_patch::merge(&mut theirs, black_box(patch));
                    }
                }),
                ("a loop by hand", &mut || {
                    for patch in [&patch, &undo] {
                        by_hand(&mut hand, black_box(patch));
                    }
                }),
            ],
        );
        compare(
            &format!("apply to a copy, {name}"),
            &mut [
                ("palm-user, checked", &mut || drop(black_box(apply_patch(black_box(&user), &patch, &limits)))),
                ("clone and json-patch", &mut || {
                    let mut copy = black_box(&user).clone();
                    json_patch::merge(&mut copy, &patch);
                    drop(black_box(copy));
                }),
                ("clone and a loop by hand", &mut || {
                    let mut copy = black_box(&user).clone();
                    by_hand(&mut copy, &patch);
                    drop(black_box(copy));
                }),
            ],
        );
    }
}

fn schema() -> Value {
    json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "metadata": {"type": "object", "maxProperties": 50, "additionalProperties": {"type": ["string", "null"]}},
            "display_name": {"type": "string"},
        },
    })
}

/// Patches with something to say about them: each report with its paths and texts.
fn reports() {
    let Ok(validator) = jsonschema::validator_for(&schema()) else { return };
    let limits = Limits::default();
    let mut patch = patch(10);
    for key in ["key_0", "new_2", "key_3"] {
        patch["metadata"][key] = json!(5);
    }
    patch["display_name"] = json!(5);
    patch["phone"] = json!("x");
    compare(
        "validate, 5 issues in 10 keys",
        &mut [
            ("palm-user, the report", &mut || drop(black_box(validate_patch(black_box(&patch), None, &limits)))),
            ("jsonschema, the same", &mut || {
                let issue = |error: jsonschema::ValidationError<'_>| (error.instance_path().to_string(), error.to_string());
                drop(black_box(validator.iter_errors(black_box(&patch)).map(issue).collect::<Vec<_>>()));
            }),
        ],
    );
}

type Candidate<'a> = (&'static str, &'a mut dyn FnMut());

fn compare(name: &str, candidates: &mut [Candidate<'_>]) {
    let mut times: Vec<Vec<f64>> = candidates.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (index, (_, run)) in candidates.iter_mut().enumerate() {
            let started = Instant::now();
            for _ in 0..CALLS {
                run();
            }
            times[index].push(started.elapsed().as_nanos() as f64 / f64::from(CALLS));
        }
    }
    println!("{name}");
    for ((candidate, _), times) in candidates.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        println!("  {candidate:<26}{:>9.0} ns", times[ROUNDS / 2]);
    }
}

fn user(keys: usize) -> Value {
    let pairs = |prefix: &str, count| -> Map<String, Value> {
        (0..count).map(|index| (format!("{prefix}{index}"), json!(format!("value {index}")))).collect()
    };
    json!({
        "id": "123e4567-e89b-12d3-a456-426614174000", "object": "user",
        "created_at": "2025-10-24T10:30:00Z", "updated_at": "2025-10-24T15:45:00Z",
        "metadata": pairs("key_", keys), "status": "active", "verification": null,
        "display_name": "John", "vault": pairs("identity.field_", if keys > 3 { 40 } else { 2 }),
    })
}

/// Changes a third, removes a third, adds a third.
fn patch(keys: usize) -> Value {
    let member = |index: usize| match index % 3 {
        0 => (format!("key_{index}"), json!(format!("changed {index}"))),
        1 => (format!("key_{index}"), Value::Null),
        _ => (format!("new_{index}"), json!(format!("added {index}"))),
    };
    json!({"metadata": (0..keys).map(member).collect::<Map<_, _>>(), "display_name": "Jane"})
}

/// The patch that leads back, the order of members aside.
fn undo(user: &Value, patch: &Value) -> Value {
    let keys = patch["metadata"].as_object().into_iter().flat_map(Map::keys);
    let before = |key: &String| (key.clone(), user["metadata"].get(key).cloned().unwrap_or_default());
    json!({"metadata": keys.map(before).collect::<Map<_, _>>(), "display_name": user["display_name"]})
}

/// Nothing is checked, and the order is kept.
fn by_hand(user: &mut Value, patch: &Value) {
    let Some(user) = user.as_object_mut() else { return };
    for (name, value) in patch.as_object().into_iter().flatten() {
        match value {
            Value::Object(members) => {
                let Some(metadata) = user.get_mut(name).and_then(Value::as_object_mut) else { return };
                for (key, value) in members {
                    match value {
                        Value::Null => drop(metadata.shift_remove(key)),
                        value => drop(metadata.insert(key.clone(), value.clone())),
                    }
                }
            }
            value => drop(user.insert(name.clone(), value.clone())),
        }
    }
}
