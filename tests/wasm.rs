//! The case files on the backend over live JavaScript objects. xtask runs this
//! in Node and in headless Chromium.

#![cfg(all(target_arch = "wasm32", feature = "wasm"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The exports over values, as instance.ts calls them.
mod wasm {
    use palm_user::wasm::{self, hold, take};
    use std::sync::Once;
    use wasm_bindgen::JsValue;

    type Result = std::result::Result<JsValue, JsValue>;

    fn run(call: impl FnOnce() -> i32) -> Result {
        static START: Once = Once::new();
        START.call_once(|| {
            wasm::attach(&wasm_bindgen::memory());
            wasm::start();
        });
        let place = call();
        if place < 0 {
            Err(take((!place).cast_unsigned()))
        } else {
            Ok(take(place.cast_unsigned()))
        }
    }

    pub(crate) fn validate_patch(patch: &JsValue, options: &JsValue) -> JsValue {
        run(|| wasm::validate_patch(hold(patch), hold(options))).unwrap()
    }

    pub(crate) fn apply_patch(user: &JsValue, patch: &JsValue, options: &JsValue) -> Result {
        run(|| wasm::apply_patch(hold(user), hold(patch), hold(options)))
    }

    pub(crate) fn compose_patches(first: &JsValue, second: &JsValue) -> Result {
        run(|| wasm::compose_patches(hold(first), hold(second)))
    }

    pub(crate) fn diff_users(before: &JsValue, after: &JsValue) -> Result {
        run(|| wasm::diff_users(hold(before), hold(after)))
    }

    pub(crate) fn invert_patch(patch: &JsValue, before: &JsValue) -> Result {
        run(|| wasm::invert_patch(hold(patch), hold(before)))
    }

    pub(crate) fn fingerprint(value: &JsValue, kind: &JsValue) -> Result {
        run(|| wasm::fingerprint(hold(value), hold(kind)))
    }

    pub(crate) fn fingerprint_many(values: &JsValue, kind: &JsValue) -> Result {
        run(|| wasm::fingerprint_many(hold(values), hold(kind)))
    }

    pub(crate) fn prepare_call(
        id: &JsValue,
        patch: &JsValue,
        options: &JsValue,
        browser: bool,
    ) -> Result {
        run(|| wasm::prepare_call(hold(id), hold(patch), hold(options), browser))
    }

    pub(crate) fn authorization(key: &JsValue) -> Result {
        run(|| wasm::authorization(hold(key)))
    }

    pub(crate) fn judge(seen: &JsValue, call: &JsValue) -> JsValue {
        run(|| wasm::judge_attempt(hold(seen), hold(call))).unwrap()
    }
}

fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).unwrap();
    }
    object.into()
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

fn name(case: &JsValue) -> String {
    get(case, "name").as_string().unwrap()
}

/// The cases of a file, each frozen through and through: who writes, throws.
fn cases(file: &str) -> Vec<JsValue> {
    let cases: Array = get(&JSON::parse(file).unwrap(), "cases").unchecked_into();
    assert!(cases.length() > 0);
    cases.iter().inspect(freeze).collect()
}

fn freeze(value: &JsValue) {
    if value.is_object() {
        Object::freeze(value.unchecked_ref::<Object>());
        Object::values(value.unchecked_ref::<Object>()).iter().for_each(|value| freeze(&value));
    }
}

/// Whether what is expected of each issue is there, and no issue more.
fn check_issues(issues: &JsValue, expected: &JsValue, name: &str) {
    let issues: &Array = issues.unchecked_ref();
    let expected: &Array = expected.unchecked_ref();
    for (issue, expected) in issues.iter().zip(expected.iter()) {
        for key in Object::keys(expected.unchecked_ref::<Object>()).iter() {
            let key = key.as_string().unwrap();
            assert_eq!(text(&get(&issue, &key)), text(&get(&expected, &key)), "{name}: {key}");
        }
    }
    assert_eq!(issues.length(), expected.length(), "{name}: {}", text(issues));
}

/// `expect` of a case, or its `error`; texts, so that the order of members counts.
fn check_result(result: Result<JsValue, JsValue>, case: &JsValue) {
    let name = name(case);
    match result {
        Ok(value) => assert_eq!(text(&value), text(&get(case, "expect")), "{name}"),
        Err(error) => {
            let expected = get(case, "error");
            assert!(expected.is_object(), "{name}: {}", text(&error));
            assert_eq!(get(&error, "code"), get(&expected, "code"), "{name}");
            assert_eq!(get(&error, "outcome"), "not_sent", "{name}");
            let issues = get(&error, "issues");
            let issues = if issues.is_undefined() { Array::new().into() } else { issues };
            check_issues(&issues, &get(&expected, "issues"), &name);
        }
    }
}

fn apply(user: &JsValue, patch: &JsValue) -> JsValue {
    wasm::apply_patch(user, patch, &JsValue::UNDEFINED).unwrap()
}

#[wasm_bindgen_test]
fn applies() {
    for case in cases(include_str!("cases/apply.json")) {
        let (user, patch) = (get(&case, "user"), get(&case, "patch"));
        let options = object(&[("limits", get(&case, "limits"))]);
        let result = wasm::apply_patch(&user, &patch, &options);
        if get(&case, "same").is_truthy() {
            assert!(result.unwrap() == user, "{}: not the very user", name(&case));
            continue;
        }
        if let Ok(after) = &result {
            for shared in ["vault", "verification", "future"] {
                assert!(get(after, shared) == get(&user, shared), "{}: {shared}", name(&case));
            }
        }
        check_result(result, &case);
    }
}

#[wasm_bindgen_test]
fn validates() {
    for case in cases(include_str!("cases/validate.json")) {
        let options =
            object(&[("limits", get(&case, "limits")), ("current", get(&case, "current"))]);
        let report = wasm::validate_patch(&get(&case, "patch"), &options);
        let errors = get(&case, "errors");
        let warnings = get(&case, "warnings");
        let count = |list: &JsValue| list.unchecked_ref::<Array>().length();
        if count(&errors) == 0 && count(&warnings) == 0 {
            assert!(report.is_undefined(), "{}: {}", name(&case), text(&report));
            continue;
        }
        check_issues(&get(&report, "errors"), &errors, &name(&case));
        check_issues(&get(&report, "warnings"), &warnings, &name(&case));
        assert_eq!(get(&report, "valid"), count(&errors) == 0, "{}", name(&case));
    }
}

#[wasm_bindgen_test]
fn composes() {
    for case in cases(include_str!("cases/compose.json")) {
        let (first, second) = (get(&case, "first"), get(&case, "second"));
        let result = wasm::compose_patches(&first, &second);
        let users = get(&case, "users");
        for user in users.dyn_ref::<Array>().into_iter().flat_map(Array::iter) {
            let in_turn = apply(&apply(&user, &first), &second);
            let at_once = apply(&user, result.as_ref().unwrap());
            // The two agree but for the place of a key that was removed in between.
            let difference = wasm::diff_users(&in_turn, &at_once).unwrap();
            assert_eq!(text(&difference), "{}", "{}", name(&case));
        }
        check_result(result, &case);
    }
}

#[wasm_bindgen_test]
fn diffs() {
    for case in cases(include_str!("cases/diff.json")) {
        check_result(wasm::diff_users(&get(&case, "before"), &get(&case, "after")), &case);
    }
}

#[wasm_bindgen_test]
fn inverts() {
    for case in cases(include_str!("cases/invert.json")) {
        let result = wasm::invert_patch(&get(&case, "patch"), &get(&case, "before"));
        let result = result.map(|inverse| {
            assert_eq!(
                text(&get(&inverse, "lossy")),
                text(&get(&case, "lossy")),
                "{}",
                name(&case)
            );
            get(&inverse, "patch")
        });
        check_result(result, &case);
    }
}

#[wasm_bindgen_test]
fn fingerprints() {
    for case in cases(include_str!("cases/fingerprint.json")) {
        let repeat = get(&case, "repeat").as_f64().unwrap_or(1.0) as usize;
        let value = JsValue::from(get(&case, "value").as_string().unwrap().repeat(repeat));
        let one = wasm::fingerprint(&value, &get(&case, "kind"));
        let many = wasm::fingerprint_many(&Array::of1(&value), &get(&case, "kind"));
        match (one, many) {
            (Ok(one), Ok(many)) => {
                assert_eq!(one, get(&case, "expect"), "{}", name(&case));
                assert_eq!(many.unchecked_into::<Array>().get(0), one, "{}", name(&case));
            }
            (Err(one), Err(many)) => {
                for (error, pointer) in [(one, ""), (many, "/0")] {
                    let issue = get(&error, "issues").unchecked_into::<Array>().get(0);
                    assert_eq!(get(&issue, "code"), get(&case, "error"), "{}", name(&case));
                    assert_eq!(get(&issue, "pointer"), pointer, "{}", name(&case));
                }
            }
            _ => panic!("{}: one and many disagree", name(&case)),
        }
    }
}

/// The call that would be made, outside a browser.
fn prepare(id: &JsValue, options: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let patch = object(&[("display_name", "Ada".into())]);
    wasm::prepare_call(id, &patch, &object(options), false)
}

fn check_error(error: &JsValue, code: &JsValue, case: &JsValue) {
    assert_eq!(get(error, "code"), *code, "{}", name(case));
    assert_eq!(get(error, "outcome"), "not_sent", "{}", name(case));
}

/// The URL of a case; on a page, a path is one of the page's origin.
fn expected_url(case: &JsValue) -> JsValue {
    let path = get(case, "on_a_page").as_string();
    let location = get(&js_sys::global(), "location");
    let origin = location
        .is_object()
        .then(|| get(&location, "origin"))
        .and_then(|origin| origin.as_string());
    match (path, origin) {
        (Some(path), Some(origin)) => format!("{origin}{path}").into(),
        _ => get(case, "url"),
    }
}

/// The rules of the request, against the same cases as natively.
#[wasm_bindgen_test]
fn requests() {
    let key = ("apiKey", JsValue::from("sk_test_0000"));
    for case in cases(include_str!("cases/user-id.json")) {
        match prepare(&get(&case, "id"), std::slice::from_ref(&key)) {
            Ok(call) => {
                let path = get(&case, "path").as_string().unwrap();
                assert_eq!(get(&call, "url"), format!("https://api.getpalm.com{path}"));
            }
            Err(error) => check_error(&error, &get(&case, "error"), &case),
        }
    }
    for case in cases(include_str!("cases/base-url.json")) {
        match prepare(&"u".into(), &[key.clone(), ("baseUrl", get(&case, "base"))]) {
            Ok(call) => assert_eq!(get(&call, "url"), expected_url(&case), "{}", name(&case)),
            Err(error) => check_error(&error, &get(&case, "error"), &case),
        }
    }
    for case in cases(include_str!("cases/api-key.json")) {
        let result = wasm::authorization(&get(&case, "key"));
        assert_eq!(result.is_ok(), get(&case, "valid").is_truthy(), "{}", name(&case));
        if let Err(error) = result {
            check_error(&error, &"invalid_api_key".into(), &case);
        }
    }
    for case in cases(include_str!("cases/header.json")) {
        let header = get(&case, "header").as_string().unwrap();
        let headers = object(&[(&header, get(&case, "value"))]);
        let result = prepare(&"u".into(), &[key.clone(), ("headers", headers)]);
        assert_eq!(result.is_ok(), get(&case, "valid").is_truthy(), "{}", name(&case));
        if let Err(error) = result {
            check_error(&error, &"invalid_options".into(), &case);
        }
    }
}

/// What an attempt came to, judged.
fn judged(seen: &[(&str, JsValue)]) -> JsValue {
    let call = prepare(&"u".into(), &[("apiKey", "sk_test_0000".into())]).unwrap();
    wasm::judge(&object(seen), &call)
}

#[wasm_bindgen_test]
fn statuses() {
    for case in cases(include_str!("cases/status.json")) {
        let seen = [("status", get(&case, "status")), ("attempts", 1.into())];
        let error = get(&judged(&seen), "error");
        for field in ["code", "outcome", "retryable", "status"] {
            assert_eq!(get(&error, field), get(&case, field), "{}: {field}", name(&case));
        }
    }
}

#[wasm_bindgen_test]
fn retry_afters() {
    for case in cases(include_str!("cases/retry-after.json")) {
        let seen = [
            ("status", 429.into()),
            ("retryAfter", get(&case, "header")),
            ("date", get(&case, "date")),
            ("now", get(&case, "now")),
        ];
        let wait = get(&get(&judged(&seen), "error"), "retryAfterMs");
        let expected = get(&case, "expect");
        assert_eq!(wait.as_f64(), expected.as_f64(), "{}", name(&case));
    }
}

#[wasm_bindgen_test]
fn a_key_in_a_browser_is_refused() {
    let options = |allow: bool| {
        object(&[("apiKey", "sk_test_0000".into()), ("dangerouslyAllowBrowser", allow.into())])
    };
    let patch = object(&[]);
    let prepare =
        |allow, browser| wasm::prepare_call(&"u".into(), &patch, &options(allow), browser);
    assert_eq!(get(&prepare(false, true).unwrap_err(), "code"), "unsafe_environment");
    assert!(prepare(true, true).is_ok());
    assert!(prepare(false, false).is_ok());
}
