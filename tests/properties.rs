//! The rules against a naive model, on patches nobody thought of.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail loudly"
)]

use std::time::Duration;

use palm_user::{
    Answer, Attempt, Call, CallOptions, Limits, Moment, RetryPolicy, Step, apply_patch,
    compose_patches, diff_users, invert_patch, validate_patch,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Few keys, so that patches meet.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-e]",
        1 => Just("__proto__".to_owned()),
        1 => Just("constructor".to_owned()),
        1 => Just("".to_owned()),
        1 => Just("a/b~c".to_owned()),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "[x-z]{0,2}".prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => (-3_i64..3).prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn members(
    value: impl Strategy<Value = Value> + Clone,
) -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((key(), value), 0..6).prop_map(Map::from_iter)
}

fn user() -> impl Strategy<Value = Value> {
    (members(value().boxed()), prop::option::of("[A-C]")).prop_map(|(metadata, name)| {
        let mut user = json!({"id": "x", "metadata": metadata, "vault": {"v": 1}});
        if let Some(name) = name {
            user["display_name"] = json!(name);
        }
        user
    })
}

fn patch() -> impl Strategy<Value = Value> {
    let removal = prop_oneof![3 => value(), 2 => Just(Value::Null)].boxed();
    (prop::option::of(members(removal)), prop::option::of("[A-C]")).prop_map(|(metadata, name)| {
        let mut patch = Map::new();
        if let Some(metadata) = metadata {
            patch.insert("metadata".into(), metadata.into());
        }
        if let Some(name) = name {
            patch.insert("display_name".into(), name.into());
        }
        patch.into()
    })
}

/// The merge as one would write it on a napkin.
fn naive(user: &Value, patch: &Value) -> Value {
    let mut user = user.clone();
    if let Some(members) = patch.get("metadata").and_then(Value::as_object) {
        let metadata = user["metadata"].as_object_mut().unwrap();
        for (key, value) in members {
            if value.is_null() {
                metadata.shift_remove(key);
            } else {
                metadata.insert(key.clone(), value.clone());
            }
        }
    }
    if let Some(name) = patch.get("display_name") {
        user["display_name"] = name.clone();
    }
    user
}

fn apply(user: &Value, patch: &Value) -> Value {
    apply_patch(user, patch, &Limits::default()).unwrap().into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn merge_is_the_naive_merge(user in user(), patch in patch()) {
        // As texts: the order of members counts.
        prop_assert_eq!(apply(&user, &patch).to_string(), naive(&user, &patch).to_string());
    }

    #[test]
    fn what_changes_nothing_gives_the_very_user(user in user(), patch in patch()) {
        let after = apply_patch(&user, &patch, &Limits::default()).unwrap();
        let is_same = std::ptr::eq(&*after, &user);
        prop_assert_eq!(is_same, naive(&user, &patch) == user);
    }

    #[test]
    fn twice_is_once(user in user(), patch in patch()) {
        let once = apply(&user, &patch);
        prop_assert_eq!(apply(&once, &patch), once);
    }

    #[test]
    fn composed_is_in_turn(user in user(), first in patch(), second in patch()) {
        let composed = compose_patches(&first, &second).unwrap();
        prop_assert_eq!(apply(&user, &composed), apply(&apply(&user, &first), &second));
    }

    #[test]
    fn composing_is_associative(a in patch(), b in patch(), c in patch()) {
        let left = compose_patches(&compose_patches(&a, &b).unwrap(), &c).unwrap();
        let right = compose_patches(&a, &compose_patches(&b, &c).unwrap()).unwrap();
        prop_assert_eq!(left, right);
    }

    #[test]
    fn a_diff_leads_there_and_is_smallest(before in user(), patch in patch()) {
        let after = apply(&before, &patch);
        let diff = diff_users(&before, &after).unwrap();
        prop_assert_eq!(apply(&before, &diff), after.clone());
        for key in diff.get("metadata").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let mut smaller = diff.clone();
            smaller["metadata"].as_object_mut().unwrap().remove(key);
            prop_assert_ne!(apply(&before, &smaller), after.clone());
        }
    }

    #[test]
    fn an_inverse_leads_back(before in user(), patch in patch()) {
        let (inverse, lossy) = invert_patch(&patch, &before).unwrap();
        let back = apply(&apply(&before, &patch), &inverse);
        if lossy.is_empty() {
            prop_assert_eq!(back, before);
        } else {
            prop_assert_eq!(lossy, vec!["/display_name".to_owned()]);
            prop_assert_eq!(&back["metadata"], &before["metadata"]);
        }
    }

    #[test]
    fn a_valid_patch_applies_and_an_invalid_one_does_not(
        user in user(),
        patch in prop_oneof![patch(), value()],
        max_keys in 0_u32..8,
    ) {
        let limits = Limits::default().max_keys(max_keys);
        let report = validate_patch(&patch, Some(&user), &limits);
        prop_assert_eq!(report.is_valid(), apply_patch(&user, &patch, &limits).is_ok());
        if report.is_valid() && patch.get("metadata").is_some() {
            let count = apply(&user, &patch)["metadata"].as_object().unwrap().len();
            let before = user["metadata"].as_object().unwrap().len();
            prop_assert!(count <= usize::try_from(max_keys).unwrap().max(before));
        }
    }

    #[test]
    fn waits_are_bounded(
        statuses in prop::collection::vec(400_u16..600, 1..20),
        max_retries in 0_u32..10,
        total in prop::option::of(1_u64..20_000),
        elapsed in 0_u64..20_000,
        random in any::<f64>(),
    ) {
        let policy = RetryPolicy::default().max_retries(max_retries);
        let mut options = CallOptions::new().base_url("https://palm.example").retry(policy);
        if let Some(total) = total {
            options = options.total_timeout(Duration::from_millis(total));
        }
        let mut call = Call::get_user("u", &options).unwrap();
        for (attempts, status) in (1..).zip(statuses) {
            let attempt = Attempt::answered(Answer::new(status, Vec::new()));
            let moment = Moment { elapsed: Duration::from_millis(elapsed), random, ..Moment::default() };
            match call.settle(attempt, moment) {
                Step::Retry { after, error } => {
                    prop_assert!(error.is_retryable() && attempts <= max_retries);
                    prop_assert!(after <= Duration::from_secs(8));
                    let ends = after.saturating_add(moment.elapsed);
                    prop_assert!(total.is_none_or(|total| ends < Duration::from_millis(total)));
                }
                Step::Failed(_) => break,
                step => prop_assert!(false, "{:?}", step),
            }
        }
    }
}
