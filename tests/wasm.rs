//! The case files on the backend over live JavaScript objects. xtask runs this
//! in Node and in headless Chromium.

#![cfg(all(target_arch = "wasm32", feature = "wasm"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use palm_user::wasm;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

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
    wasm::apply_patch(user.clone(), patch.clone(), JsValue::UNDEFINED).unwrap()
}

#[wasm_bindgen_test]
fn applies() {
    for case in cases(include_str!("cases/apply.json")) {
        let (user, patch) = (get(&case, "user"), get(&case, "patch"));
        let options = object(&[("limits", get(&case, "limits"))]);
        let result = wasm::apply_patch(user.clone(), patch, options);
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
        let report = wasm::validate_patch(get(&case, "patch"), options);
        let errors = get(&case, "errors");
        check_issues(&get(&report, "errors"), &errors, &name(&case));
        check_issues(&get(&report, "warnings"), &get(&case, "warnings"), &name(&case));
        let is_valid = errors.unchecked_ref::<Array>().length() == 0;
        assert_eq!(get(&report, "valid"), is_valid, "{}", name(&case));
    }
}

#[wasm_bindgen_test]
fn composes() {
    for case in cases(include_str!("cases/compose.json")) {
        let (first, second) = (get(&case, "first"), get(&case, "second"));
        let result = wasm::compose_patches(first.clone(), second.clone());
        let users = get(&case, "users");
        for user in users.dyn_ref::<Array>().into_iter().flat_map(Array::iter) {
            let in_turn = apply(&apply(&user, &first), &second);
            let at_once = apply(&user, result.as_ref().unwrap());
            // The two agree but for the place of a key that was removed in between.
            let difference = wasm::diff_users(in_turn, at_once).unwrap();
            assert_eq!(text(&difference), "{}", "{}", name(&case));
        }
        check_result(result, &case);
    }
}

#[wasm_bindgen_test]
fn diffs() {
    for case in cases(include_str!("cases/diff.json")) {
        let (before, after) = (get(&case, "before"), get(&case, "after"));
        check_result(wasm::diff_users(before, after), &case);
    }
}

#[wasm_bindgen_test]
fn inverts() {
    for case in cases(include_str!("cases/invert.json")) {
        let (patch, before) = (get(&case, "patch"), get(&case, "before"));
        let result = wasm::invert_patch(patch, before).map(|pair| {
            assert_eq!(text(&pair.get(1)), text(&get(&case, "lossy")), "{}", name(&case));
            pair.get(0)
        });
        check_result(result, &case);
    }
}

#[wasm_bindgen_test]
fn fingerprints() {
    for case in cases(include_str!("cases/fingerprint.json")) {
        let repeat = get(&case, "repeat").as_f64().unwrap_or(1.0) as usize;
        let value = JsValue::from(get(&case, "value").as_string().unwrap().repeat(repeat));
        let values = Array::of1(&value).into();
        let one = wasm::fingerprint(value, get(&case, "kind"));
        let many = wasm::fingerprint_many(values, get(&case, "kind"));
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

/// A fetch that keeps what it is given and answers with a user.
fn recording_fetch(sent: &Array) -> JsValue {
    let record = Function::new_with_args(
        "sent, url, init",
        "sent.push(url, init); return new Response(JSON.stringify({ \
           id: 'x', object: 'user', created_at: 'x', updated_at: 'x', metadata: {}, status: 'active' }))",
    );
    record.bind1(&JsValue::UNDEFINED, sent).into()
}

async fn update(id: JsValue, options: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let patch = object(&[("display_name", "Ada".into())]);
    wasm::update_user(id, patch, object(options)).await
}

/// The rules of the request through the whole call, against the same cases as natively.
#[wasm_bindgen_test]
async fn requests() {
    let sent = Array::new();
    let key = ("apiKey", JsValue::from("sk_test_0000"));
    let allow = ("dangerouslyAllowBrowser", JsValue::TRUE);
    let fetch = ("fetch", recording_fetch(&sent));
    let check = |result: Result<JsValue, JsValue>, expected: JsValue, case: &JsValue| match result {
        Ok(_) => {
            let url = sent.get(sent.length().wrapping_sub(2));
            assert!(expected.is_undefined(), "{}: sent to {url:?}", name(case));
            url.as_string().unwrap()
        }
        Err(error) => {
            assert_eq!(get(&error, "code"), expected, "{}", name(case));
            assert_eq!(get(&error, "outcome"), "not_sent", "{}", name(case));
            String::new()
        }
    };
    for case in cases(include_str!("cases/user-id.json")) {
        let options = [key.clone(), allow.clone(), fetch.clone()];
        let result = update(get(&case, "id"), &options).await;
        let url = check(result, get(&case, "error"), &case);
        if let Some(path) = get(&case, "path").as_string() {
            assert_eq!(url, format!("https://api.getpalm.com{path}"), "{}", name(&case));
        }
    }
    for case in cases(include_str!("cases/base-url.json")) {
        let base = ("baseUrl", get(&case, "base"));
        let result = update("u".into(), &[key.clone(), allow.clone(), fetch.clone(), base]).await;
        let url = check(result, get(&case, "error"), &case);
        assert_eq!(url, get(&case, "url").as_string().unwrap_or_default(), "{}", name(&case));
    }
    let expected = |case: &JsValue, code: &str| match get(case, "valid").is_truthy() {
        true => JsValue::UNDEFINED,
        false => code.into(),
    };
    for case in cases(include_str!("cases/api-key.json")) {
        let key = ("apiKey", get(&case, "key"));
        let result = update("u".into(), &[key, allow.clone(), fetch.clone()]).await;
        check(result, expected(&case, "invalid_api_key"), &case);
    }
    for case in cases(include_str!("cases/header.json")) {
        let header = get(&case, "header").as_string().unwrap();
        let headers = ("headers", object(&[(&header, get(&case, "value"))]));
        let options = [key.clone(), allow.clone(), fetch.clone(), headers];
        let result = update("u".into(), &options).await;
        check(result, expected(&case, "invalid_options"), &case);
    }
}

#[wasm_bindgen_test]
async fn statuses() {
    for case in cases(include_str!("cases/status.json")) {
        let answer = Function::new_with_args(
            "status",
            "return { status, headers: new Headers({ 'content-type': 'application/problem+json' }), \
             body: null, text: async () => '{\"detail\": \"d\"}' }",
        );
        let fetch = answer.bind1(&JsValue::UNDEFINED, &get(&case, "status")).into();
        let options = [("fetch", fetch), ("maxRetries", JsValue::from(0))];
        let error = update("u".into(), &options).await.unwrap_err();
        for field in ["code", "outcome", "retryable", "status"] {
            assert_eq!(get(&error, field), get(&case, field), "{}: {field}", name(&case));
        }
        assert_eq!(get(&get(&error, "problem"), "detail"), "d", "{}", name(&case));
    }
}

/// Where this runs decides: Chromium is a browser, Node is not.
#[wasm_bindgen_test]
async fn a_key_in_a_browser_is_refused() {
    let sent = Array::new();
    let options = [("apiKey", "sk_test_0000".into()), ("fetch", recording_fetch(&sent))];
    let result = update("u".into(), &options).await;
    let is_browser = !get(&js_sys::global(), "document").is_undefined();
    match result {
        Ok(_) => assert!(!is_browser),
        Err(error) => {
            assert!(is_browser);
            assert_eq!(get(&error, "code"), "unsafe_environment");
            assert_eq!(sent.length(), 0);
        }
    }
}

/// The key provider may be slow, and a promise.
#[wasm_bindgen_test]
async fn a_key_may_come_later() {
    let sent = Array::new();
    let provider = Function::new_no_args("return Promise.resolve('sk_test_later')");
    let allow = ("dangerouslyAllowBrowser", JsValue::TRUE);
    let options = [("apiKey", provider.into()), ("fetch", recording_fetch(&sent)), allow];
    update("u".into(), &options).await.unwrap();
    let headers = get(&sent.get(1), "headers");
    assert_eq!(get(&headers, "authorization"), "Bearer sk_test_later");
    assert_eq!(get(&sent.get(1), "body"), r#"{"display_name":"Ada"}"#);
    JsFuture::from(Promise::resolve(&JsValue::NULL)).await.unwrap();
}
