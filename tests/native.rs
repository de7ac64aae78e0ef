//! The case files on the native backend, over `serde_json::Value`.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use palm_user::{
    ApiKey, Error, FingerprintKind, Issue, Limits, Report, UserPatch, apply_patch, compose_patches,
    diff_users, fingerprint, invert_patch, read_answer, retry_after_ms, update_user_request,
    user_path, validate_patch,
};
use serde_json::{Map, Value, json};

/// Runs every case of a file; a failure names the case.
fn each(file: &str, check: impl Fn(&Value)) {
    let document: Value = serde_json::from_str(file).unwrap();
    let cases = document["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        assert!(case["source"].is_string(), "{name}: a case names its source");
        let run = std::panic::AssertUnwindSafe(|| check(case));
        if let Err(panic) = std::panic::catch_unwind(run) {
            eprintln!("failed: {name}");
            std::panic::resume_unwind(panic);
        }
    }
}

fn limits(case: &Value) -> Limits {
    case.get("limits")
        .map(|limits| serde_json::from_value(limits.clone()).unwrap())
        .unwrap_or_default()
}

/// The parts of an issue that a case names.
fn shown(issues: &[Issue], expected: &Value) -> Value {
    let show = |(index, issue): (usize, &Issue)| {
        let issue = serde_json::to_value(issue).unwrap();
        let named = expected.get(index).and_then(Value::as_object).cloned();
        let named = named.unwrap_or_else(|| Map::from_iter([("code".into(), json!(0))]));
        named.keys().map(|key| (key.clone(), issue[key].clone())).collect::<Map<_, _>>().into()
    };
    issues.iter().enumerate().map(show).collect::<Vec<Value>>().into()
}

fn check_error(error: &Error, expected: &Value) {
    assert_eq!(json!(error.code()), expected["code"]);
    assert_eq!(shown(error.issues(), &expected["issues"]), expected["issues"]);
    assert_eq!(json!(error.outcome()), json!("not_sent"));
}

/// `expect` of a case, or its `error`; texts, so that the order of members counts.
fn check_result(result: Result<Value, Error>, case: &Value) {
    match (result, case.get("expect")) {
        (Ok(value), Some(expect)) => assert_eq!(value.to_string(), expect.to_string()),
        (Err(error), None) => check_error(&error, &case["error"]),
        (result, _) => panic!("{result:?}"),
    }
}

fn applied(user: &Value, patch: &Value) -> Value {
    apply_patch(user, patch, &Limits::default()).unwrap().into_owned()
}

#[test]
fn apply() {
    each(include_str!("cases/apply.json"), |case| {
        let (user, patch) = (&case["user"], &case["patch"]);
        let result = apply_patch(user, patch, &limits(case));
        if case["same"] == true {
            assert!(std::ptr::eq(&*result.unwrap(), user), "not the very user");
        } else {
            check_result(result.map(|user| user.into_owned()), case);
        }
    });
}

#[test]
fn validate() {
    each(include_str!("cases/validate.json"), |case| {
        let Report { errors, warnings, .. } =
            validate_patch(&case["patch"], case.get("current"), &limits(case));
        assert_eq!(shown(&errors, &case["errors"]), case["errors"]);
        assert_eq!(shown(&warnings, &case["warnings"]), case["warnings"]);
    });
}

#[test]
fn compose() {
    each(include_str!("cases/compose.json"), |case| {
        let (first, second) = (&case["first"], &case["second"]);
        let result = compose_patches(first, second);
        for user in case["users"].as_array().into_iter().flatten() {
            let in_turn = applied(&applied(user, first), second);
            let at_once = applied(user, result.as_ref().unwrap());
            assert_eq!(in_turn, at_once);
        }
        check_result(result, case);
    });
}

#[test]
fn diff() {
    each(include_str!("cases/diff.json"), |case| {
        let (before, after) = (&case["before"], &case["after"]);
        let result = diff_users(before, after);
        if let Ok(patch) = &result {
            let reached = apply_patch(before, patch, &Limits::default()).unwrap();
            assert_eq!(reached["metadata"], after["metadata"]);
            assert_eq!(
                reached.get("display_name").unwrap_or(&Value::Null),
                after.get("display_name").unwrap_or(&Value::Null)
            );
        }
        check_result(result, case);
    });
}

#[test]
fn invert() {
    each(include_str!("cases/invert.json"), |case| {
        let (patch, before) = (&case["patch"], &case["before"]);
        let result = invert_patch(patch, before);
        if let Ok((inverse, lossy)) = &result {
            assert_eq!(json!(lossy), case["lossy"]);
            let after = apply_patch(before, patch, &Limits::default()).unwrap();
            let back = apply_patch(&after, inverse, &Limits::default()).unwrap();
            if lossy.is_empty() {
                assert_eq!(*back, *before);
            }
        }
        check_result(result.map(|(inverse, _)| inverse), case);
    });
}

#[test]
fn fingerprints() {
    each(include_str!("cases/fingerprint.json"), |case| {
        let repeat = case["repeat"].as_u64().unwrap_or(1);
        let value = case["value"].as_str().unwrap().repeat(usize::try_from(repeat).unwrap());
        let kind = FingerprintKind::from_name(case["kind"].as_str().unwrap()).unwrap();
        match fingerprint(&value, kind) {
            Ok(made) => assert_eq!(json!(made.to_string()), case["expect"]),
            Err(error) => {
                assert_eq!(json!(error.issues()[0].code), case["error"]);
                assert!(value.trim().len() < 4 || !error.to_string().contains(value.trim()));
            }
        }
    });
}

#[test]
fn user_ids() {
    each(include_str!("cases/user-id.json"), |case| {
        match user_path(case["id"].as_str().unwrap()) {
            Ok(path) => assert_eq!(json!(path), case["path"]),
            Err(error) => assert_eq!(json!(error.code()), case["error"]),
        }
    });
}

#[test]
fn api_keys() {
    each(include_str!("cases/api-key.json"), |case| {
        let key = case["key"].as_str().unwrap();
        match ApiKey::parse(key) {
            Ok(parsed) => {
                assert_eq!(case["valid"], true);
                assert_eq!(parsed.authorization(), format!("Bearer {key}"));
                assert!(!format!("{parsed:?}").contains(key));
            }
            Err(error) => {
                assert_eq!(case["valid"], false);
                assert_eq!(json!(error.code()), "invalid_api_key");
                assert!(key.len() < 9 || !error.to_string().contains(key));
            }
        }
    });
}

fn request(base: &str) -> Result<palm_user::Request, Error> {
    let key = ApiKey::parse("sk_test_0000")?;
    let patch = UserPatch::new().set("customer_tier", "premium").display_name("Ada");
    update_user_request(base, &key, "u", &patch, &Limits::default())
}

#[test]
fn base_urls() {
    each(include_str!("cases/base-url.json"), |case| {
        match request(case["base"].as_str().unwrap()) {
            Ok(request) => assert_eq!(json!(request.url), case["url"]),
            Err(error) => assert_eq!(json!(error.code()), case["error"]),
        }
    });
}

#[test]
fn headers() {
    each(include_str!("cases/header.json"), |case| {
        let (name, value) = (case["header"].as_str().unwrap(), case["value"].as_str().unwrap());
        let result = request("https://api.getpalm.com").unwrap().with_header(name, value);
        assert_eq!(json!(result.is_ok()), case["valid"]);
        if let Err(error) = result {
            assert_eq!(json!(error.code()), "invalid_options");
        }
    });
}

#[test]
fn a_request_hides_its_secrets() {
    let request = request("https://api.getpalm.com").unwrap();
    assert_eq!(request.method, "PATCH");
    assert_eq!(request.body, r#"{"metadata":{"customer_tier":"premium"},"display_name":"Ada"}"#);
    let shown = format!("{request:?}");
    assert!(!shown.contains("sk_test") && !shown.contains("premium"), "{shown}");
}

#[test]
fn statuses() {
    each(include_str!("cases/status.json"), |case| {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let problem = br#"{"type":"https://api.getpalm.com/problems/x","detail":"d"}"#;
        let error = read_answer(status, problem).unwrap_err();
        assert_eq!(json!(error.code()), case["code"]);
        assert_eq!(json!(error.outcome()), case["outcome"]);
        assert_eq!(json!(error.is_retryable()), case["retryable"]);
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.problem().unwrap().detail.as_deref(), Some("d"));
    });
}

#[test]
fn retry_afters() {
    each(include_str!("cases/retry-after.json"), |case| {
        let header = case["header"].as_str().unwrap();
        let wait = retry_after_ms(header, case["date"].as_str(), case["now"].as_u64().unwrap());
        assert_eq!(json!(wait), case["expect"]);
    });
}

#[test]
fn a_user_in_an_answer() {
    let cases: Value = serde_json::from_str(include_str!("cases/apply.json")).unwrap();
    let document = &cases["cases"][0]["user"];
    let user = read_answer(200, document.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&user).unwrap(), *document);
    let mut newer = document.clone();
    newer["status"] = json!("archived");
    newer["new_field"] = json!([1]);
    let user = read_answer(200, newer.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&user).unwrap(), newer);
    for body in ["<!doctype html>", "", "null", "[]", "{}", r#"{"object":"user"}"#] {
        let error = read_answer(200, body.as_bytes()).unwrap_err();
        assert_eq!(json!(error.code()), "bad_response", "{body}");
        assert_eq!(json!(error.outcome()), "applied", "{body}");
    }
}
