//! The fast path of native code agrees with the rules.

#![cfg(test)]

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use crate::native::check::is_plain;
use crate::native::json::{apply_patch, apply_patch_in_place};
use crate::native::value::Native;
use crate::rules::issue::Report;
use crate::rules::limits::Limits;
use crate::rules::node::Current;
use crate::rules::operations;
use crate::rules::validate::{Scope, read};

/// Every object with one of these values, or none, under each of these keys.
fn objects(keys: &[&str], values: &[Value]) -> Vec<Value> {
    keys.iter().fold(vec![json!({})], |objects, key| {
        let with = |object: &Value| {
            let with_value = |value: &Value| {
                let mut object = object.clone();
                object[*key] = value.clone();
                object
            };
            values.iter().map(with_value).collect::<Vec<_>>()
        };
        objects.iter().flat_map(with).chain(objects.clone()).collect()
    })
}

fn users() -> Vec<Value> {
    let metadata = objects(&["a", "constructor"], &[json!("x"), json!(null)]);
    let metadata: Vec<_> = metadata.into_iter().chain([json!("none"), json!(null)]).collect();
    let user = |mut user: Value, status: &str, name: Option<&str>| {
        user["status"] = json!(status);
        name.into_iter().for_each(|name| user["display_name"] = json!(name));
        user
    };
    let kinds = |known: Value| {
        [("active", None), ("active", Some("Ada")), ("deleted", None)]
            .map(|(status, name)| user(known.clone(), status, name))
    };
    let users = objects(&["metadata"], &metadata).into_iter().flat_map(kinds);
    users.chain([json!([]), json!({})]).collect()
}

fn patches() -> Vec<Value> {
    let values = [json!("x"), json!("longer"), json!(null), json!([1])];
    let metadata = objects(&["a", "new"], &values);
    let unusual =
        [json!({"constructor": "x"}), json!({"a long key": null}), json!({"a": 1.0}), json!(1)];
    let metadata: Vec<_> = metadata.into_iter().chain(unusual).collect();
    let named = |patch: Value| {
        [None, Some(json!("Ada")), Some(json!("Grace")), Some(json!(null))].map(|name| {
            let mut patch = patch.clone();
            name.into_iter().for_each(|name| patch["display_name"] = name);
            patch
        })
    };
    let patches = objects(&["metadata"], &metadata).into_iter().flat_map(named);
    patches.chain([json!({"x": 1}), json!(null)]).collect()
}

#[test]
fn plain_patches_have_no_findings_and_merge_as_the_rules_do() {
    let tight = Limits::default().max_keys(2).max_key_length(3).max_value_length(3);
    let (users, patches) = (users(), patches());
    let mut plain = 0_u32;
    for limits in [Limits::default(), tight.max_display_name_length(4)] {
        for patch in &patches {
            let node = Native::read(patch);
            let reports = |user: Option<&Value>, is_report: bool| {
                let report: Report = match user.map(Native::read) {
                    Some(user) => read(&node, &Scope::User(&limits, &Current::new(&user))).0.into(),
                    None => read(&node, &Scope::Patch(&limits)).0.into(),
                };
                let is_clean = report.is_valid() && (!is_report || report == Report::default());
                assert!(is_clean || !is_plain(patch, user, &limits, is_report), "{patch} {user:?}");
            };
            reports(None, true);
            reports(None, false);
            for user in &users {
                reports(Some(user), true);
                reports(Some(user), false);
                plain += u32::from(is_plain(patch, Some(user), &limits, true));
                merged(user, patch, &limits);
            }
        }
    }
    // Neither way is the only one.
    assert!(plain > 500);
}

/// The copy, the user changed in place, and what the rules make of both.
fn merged(user: &Value, patch: &Value, limits: &Limits) {
    let rules = operations::apply(&Native::read(user), &Native::read(patch), limits);
    let mut in_place = user.clone();
    let changed = apply_patch_in_place(&mut in_place, patch, limits);
    match (rules, apply_patch(user, patch, limits)) {
        (Ok(after), Ok(copy)) => {
            assert_eq!(changed.ok(), Some(after.is_some()));
            assert_eq!(core::ptr::eq(&*copy, user), after.is_none());
            let after = after.map_or_else(|| user.clone(), Native::into_value);
            // As texts: the order of members counts.
            assert_eq!(copy.to_string(), after.to_string());
            assert_eq!(in_place.to_string(), after.to_string());
        }
        (Err(failure), Err(error)) => {
            let expected = crate::Error::from(failure);
            for error in [error, changed.unwrap_err()] {
                assert_eq!(error.to_string(), expected.to_string());
                assert_eq!(error.issues(), expected.issues());
            }
            assert_eq!(in_place, *user);
        }
        (rules, copy) => panic!("{} {}", rules.is_ok(), copy.is_ok()),
    }
}

#[test]
fn no_value_is_mistaken_for_another() {
    let mut metadata = Map::new();
    metadata.insert("a".into(), json!(9_007_199_254_740_993_u64));
    let user = json!({"metadata": metadata});
    let patch = json!({"metadata": {"a": 9_007_199_254_740_992_u64}});
    merged(&user, &patch, &Limits::default());
}
