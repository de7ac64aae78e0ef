//! The case files on the native backend, over `serde_json::Value`.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use palm_user::{
    Answer, ApiKey, Attempt, Call, CallOptions, Error, FingerprintKind, Issue, Limits, Moment,
    Report, Step, User, UserPatch, apply_patch, apply_patch_in_place, compose_patches, diff_users,
    fingerprint, invert_patch, retry_after_ms, user_path, validate_patch,
};
use serde_json::{Map, Value, json};
use std::time::Duration;

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
        let mut in_place = user.clone();
        match (&result, apply_patch_in_place(&mut in_place, patch, &limits(case))) {
            (Ok(after), Ok(changed)) => {
                assert_eq!(in_place.to_string(), after.to_string());
                assert_eq!(changed, !std::ptr::eq(&**after, user));
            }
            (Err(expected), Err(error)) => {
                assert_eq!(error.to_string(), expected.to_string());
                assert_eq!(in_place, *user, "a refused patch has changed the user");
            }
            (one, other) => panic!("{one:?} and {other:?}"),
        }
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

fn options(base: &str) -> CallOptions {
    CallOptions::new().base_url(base).api_key(ApiKey::parse("sk_test_0000").unwrap())
}

fn call(options: &CallOptions) -> Result<Call, Error> {
    let patch = UserPatch::new().set("customer_tier", "premium").set_display_name("Ada");
    Call::update_user("u", &patch, options)
}

fn answered(status: u16, body: &[u8]) -> Step {
    let answer = Answer::new(status, body.to_vec());
    let answer = answer.header("Content-Type", "application/problem+json");
    let answer = answer.header("Content-Length", body.len().to_string());
    call(&options("https://api.getpalm.com"))
        .unwrap()
        .settle(Attempt::answered(answer), Moment::default())
}

fn error_of(step: Step) -> Error {
    match step {
        Step::Failed(error) | Step::Retry { error, .. } => error,
        step => panic!("{step:?}"),
    }
}

#[test]
fn base_urls() {
    each(include_str!("cases/base-url.json"), |case| {
        match call(&options(case["base"].as_str().unwrap())) {
            Ok(call) => assert_eq!(json!(call.request().url), case["url"]),
            Err(error) => assert_eq!(json!(error.code()), case["error"]),
        }
    });
}

#[test]
fn headers() {
    each(include_str!("cases/header.json"), |case| {
        let (name, value) = (case["header"].as_str().unwrap(), case["value"].as_str().unwrap());
        let result = call(&options("https://api.getpalm.com").header(name, value));
        assert_eq!(json!(result.is_ok()), case["valid"]);
        if let Err(error) = result {
            assert_eq!(json!(error.code()), "invalid_options");
        }
    });
}

#[test]
fn a_request_hides_its_secrets() {
    let call = call(&options("https://api.getpalm.com")).unwrap();
    let request = call.request();
    assert_eq!(request.method, "PATCH");
    let body = r#"{"metadata":{"customer_tier":"premium"},"display_name":"Ada"}"#;
    assert_eq!(request.body.as_deref(), Some(body));
    let shown = format!("{request:?} {call:?}");
    assert!(!shown.contains("sk_test") && !shown.contains("premium"), "{shown}");
}

#[test]
fn statuses() {
    each(include_str!("cases/status.json"), |case| {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let problem = br#"{"type":"https://api.getpalm.com/problems/x","detail":"d"}"#;
        let error = error_of(answered(status, problem));
        assert_eq!(json!(error.code()), case["code"]);
        assert_eq!(json!(error.outcome()), case["outcome"]);
        assert_eq!(json!(error.is_retryable()), case["retryable"]);
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.attempts(), 1);
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

/// The user of an answer with this body.
fn user_of(body: &[u8]) -> User {
    match answered(200, body) {
        Step::Done(user) => *user,
        step => panic!("{step:?}"),
    }
}

#[test]
fn a_user_in_an_answer() {
    let cases: Value = serde_json::from_str(include_str!("cases/apply.json")).unwrap();
    let document = &cases["cases"][0]["user"];
    let text = document.to_string();
    assert_eq!(user_of(text.as_bytes()).as_value(), document);
    assert_eq!(user_of(format!("\u{feff}{text}").as_bytes()).as_value(), document);
    let mut newer = document.clone();
    newer["status"] = json!("archived");
    newer["new_field"] = json!([1]);
    newer["verification"] = json!({"risk_level": "low", "workflow": {"version": "2"}});
    let user = user_of(newer.to_string().as_bytes());
    assert_eq!(serde_json::to_string(&user).unwrap(), newer.to_string());
    assert_eq!(user.status().as_str(), "archived");
    let verification = user.verification().unwrap();
    assert_eq!(verification.workflow_version(), Some(&json!("2")));
    for body in ["<!doctype html>", "", "null", "[]", "{}", r#"{"object":"user"}"#] {
        let error = error_of(answered(200, body.as_bytes()));
        assert_eq!(json!(error.code()), "bad_response", "{body}");
        assert_eq!(json!(error.outcome()), "applied", "{body}");
    }
}

#[test]
fn a_patch_is_deserialised_by_the_rules() {
    for text in [
        r#"{"display_name": null}"#,
        r#"{"display_name": 5}"#,
        r#"{"metadata": null}"#,
        r#"{"metadata": []}"#,
        r#"{"displayName": "x"}"#,
        "[]",
        "null",
    ] {
        assert!(serde_json::from_str::<UserPatch>(text).is_err(), "{text}");
    }
    let text = r#"{"metadata":{"a":null,"b":"x"},"display_name":"Ada"}"#;
    let patch: UserPatch = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&patch).unwrap(), text);
    assert!(serde_json::from_str::<UserPatch>("{}").unwrap().is_empty());
}

#[test]
fn the_wait_that_the_server_asks_for() {
    let mut call = call(&options("https://api.getpalm.com")).unwrap();
    let busy = |wait: &str| {
        let answer = Answer::new(503, Vec::new()).header("Retry-After", wait);
        Attempt::answered(answer.header("x-request-id", "req-1"))
    };
    match call.settle(busy("3"), Moment::default()) {
        Step::Retry { after, error } => {
            assert_eq!(after, Duration::from_secs(3));
            assert_eq!(error.retry_after(), Some(after));
            assert_eq!(error.request_id(), Some("req-1"));
        }
        step => panic!("{step:?}"),
    }
    match call.settle(busy("86400"), Moment::default()) {
        Step::Failed(error) => assert_eq!(error.attempts(), 2),
        step => panic!("{step:?}"),
    }
}

#[test]
fn the_outcome_of_several_attempts() {
    let mut update = call(&options("https://api.getpalm.com")).unwrap();
    assert!(matches!(update.settle(Attempt::lost(), Moment::default()), Step::Retry { .. }));
    let refused = || Attempt::answered(Answer::new(401, Vec::new()));
    let error = error_of(update.settle(refused(), Moment::default()));
    assert_eq!(json!(error.outcome()), "unknown");
    assert_eq!(json!(update.abort().outcome()), "unknown");
    let mut read = Call::get_user("u", &options("https://api.getpalm.com")).unwrap();
    assert_eq!((read.request().method, &read.request().body), ("GET", &None));
    let error = error_of(read.settle(Attempt::lost(), Moment::default()));
    assert_eq!(json!(error.outcome()), "rejected");
    let error =
        error_of(read.settle(Attempt::answered(Answer::new(200, Vec::new())), Moment::default()));
    assert_eq!(json!(error.outcome()), "rejected");
}

/// Everything that holds a secret, and all that a server may repeat.
#[test]
fn planted_secrets_are_not_shown() {
    const SECRETS: [&str; 4] = ["Pl4ntedSecret", "Planted Value", "Planted Name", "planted-header"];
    let key = ApiKey::parse("sk_live_Pl4ntedSecret").unwrap();
    let patch = UserPatch::new().set("tier", SECRETS[1]).set_display_name(SECRETS[2]);
    let options = CallOptions::new().api_key(key.clone()).header("x-trace", SECRETS[3]);
    let mut call = Call::update_user("u", &patch, &options).unwrap();
    let echo = SECRETS.join(" ");
    let mut shown = format!("{key:?} {patch:?} {options:?} {call:?} {:?}", call.request());
    let user = json!({
        "id": "1", "object": "user", "created_at": "", "updated_at": "", "status": "active",
        "metadata": {"tier": SECRETS[1]}, "display_name": SECRETS[2],
    });
    let bodies = [
        (400, json!({"title": echo, "detail": echo, "type": echo}).to_string()),
        (500, echo.clone()),
        (200, json!({"error": echo}).to_string()),
        (200, user.to_string()),
    ];
    for (status, body) in bodies {
        let answer = Answer::new(status, body.into_bytes());
        let answer = answer
            .header("x-request-id", "req-sk_live_Pl4ntedSecret")
            .header("content-type", "application/json");
        let attempt = Attempt::answered(answer);
        shown += &format!("{attempt:?}");
        let step = call.settle(attempt, Moment::default());
        shown += &format!("{step:?}");
        if let Step::Failed(error) | Step::Retry { error, .. } = step {
            shown += &format!("{error} {error:?} {:?}", error.problem());
        }
    }
    let document = json!({"display_name": [SECRETS[2]], "metadata": {"a": SECRETS[1]}});
    let error = UserPatch::from_value(document).unwrap_err();
    shown += &format!("{error} {error:?} {:?}", error.issues());
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
