//! What Rust people expect of public types: threads, texts that can be read back,
//! secrets that stay where they are, and examples.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

use std::fmt::{Debug, Display};
use std::fs;
use std::path::Path;
use std::str::FromStr;

use palm_user::{
    Answer, ApiKey, Attempt, Call, CallOptions, Error, ErrorCode, Fingerprint, FingerprintKind,
    Issue, IssueCode, Limits, Moment, Outcome, Param, Params, ParseError, Problem, Report, Request,
    RetryPolicy, Severity, Status, Step, User, UserPatch, Verification,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// API guidelines C-SEND-SYNC, C-DEBUG and the part of C-COMMON-TRAITS that all share.
#[test]
fn every_type_may_go_to_another_thread_and_be_shown() {
    fn check<T: Send + Sync + Clone + Debug + Unpin + 'static>() {}
    check::<(Answer, ApiKey, Attempt, Call, CallOptions, Error, ErrorCode, Fingerprint)>();
    check::<(FingerprintKind, Issue, IssueCode, Limits, Moment, Outcome, Param, Params)>();
    check::<(ParseError, Problem, Report, Request, RetryPolicy, Severity, Status, Step)>();
    check::<(User, UserPatch, Verification<'static>)>();
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<Error>();
    error::<ParseError>();
}

/// A text of `Display`, and the same in JSON, gives the value back.
fn reads_back<T>(value: T)
where
    T: Copy + Debug + PartialEq + Display + FromStr + Serialize + DeserializeOwned,
{
    let text = value.to_string();
    assert_eq!(text.parse().ok(), Some(value));
    assert_eq!(serde_json::to_value(value).unwrap(), json!(text));
    assert_eq!(serde_json::from_value::<T>(json!(text)).unwrap(), value);
    assert!("no such name".parse::<T>().is_err());
    assert!(serde_json::from_value::<T>(json!(5)).is_err());
}

#[test]
fn texts_are_read_back() {
    reads_back(ErrorCode::RateLimited);
    reads_back(IssueCode::TooManyKeys);
    reads_back(Outcome::NotSent);
    reads_back(Severity::Warning);
    reads_back(FingerprintKind::Uid2Email);
    reads_back(Fingerprint::of(b"Ada"));
    assert_eq!("archived".parse(), Ok(Status::Other("archived".into())));
}

#[test]
fn fingerprints() {
    let ada = Fingerprint::of(b"Ada");
    let text = ada.to_string();
    assert_eq!(text.to_uppercase().parse(), Ok(ada));
    assert_eq!(Fingerprint::from(<[u8; 32]>::from(ada)), ada);
    for wrong in ["", "é", &format!("{text}0"), &text.replace(char::is_numeric, "g")] {
        assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
    }
}

#[test]
fn what_cannot_be_read_is_not_repeated() {
    for document in [json!("pk_live_planted"), json!(1_234_567), json!(["planted"])] {
        let error = serde_json::from_value::<ApiKey>(document).unwrap_err().to_string();
        assert!(!error.contains("planted") && !error.contains("1234567"), "{error}");
    }
    assert!(serde_json::from_value::<ApiKey>(json!("sk_live_0000")).is_ok());
    let text = r#"{"display_name": ["planted"], "metadata": {"a": "planted"}"#;
    for error in [text.parse::<UserPatch>().unwrap_err(), text.parse::<User>().unwrap_err()] {
        assert!(!format!("{error} {error:?}").contains("planted"));
    }
}

/// The public items of a source file: the line and name of each, and its documentation.
fn items(source: &str) -> Vec<(usize, String, String)> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let mut items = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(rest) = line.strip_prefix("pub ") else { continue };
        let rest = rest.trim_start_matches("async ");
        let Some(rest) = ["fn ", "struct ", "enum ", "const "]
            .iter()
            .find_map(|keyword| rest.strip_prefix(keyword))
        else {
            continue;
        };
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let above = lines.get(..number).unwrap_or_default().iter().rev();
        let docs = above.take_while(|line| !line.is_empty() && !line.ends_with(['{', '}', ';']));
        let docs = docs.filter(|line| line.starts_with("///")).copied().collect::<Vec<_>>();
        items.push((number, name, docs.join("\n")));
    }
    items
}

/// API guidelines C-EXAMPLE: every public item has an example, or is used in one of the
/// same file.
#[test]
fn every_public_item_is_in_an_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut missing) = (0, Vec::new());
    for folder in ["error", "fetch", "fingerprint", "http", "native", "rules", "."] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let items = items(&source);
            files += 1;
            let examples: String =
                source.lines().map(str::trim).filter(|line| line.starts_with("//")).collect();
            for (line, name, docs) in items {
                let is_used = examples.contains(&format!("{name}("))
                    || examples.contains(&format!("::{name}"));
                if !docs.contains("```") && !is_used {
                    missing.push(format!("{}:{} {name}", path.display(), line + 1));
                }
            }
        }
    }
    assert!(files > 20);
    assert!(missing.is_empty(), "without an example: {missing:#?}");
}
