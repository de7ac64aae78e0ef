//! What an attempt of a call came to: the user, or the error and when to retry.
//! TypeScript sends and waits; Rust decides, and keeps nothing between attempts.

use alloc::borrow::Cow;
use alloc::string::String;

use super::names::name;
use super::node::JsNode;
use super::report::{self, Object};
use crate::error::{Error, Message, Outcome};
use crate::http::attempt::{
    Action, Attempts, End, FailedAttempt, Head, NotADocument, Seen, Timing,
};
use crate::http::retry::{RetryPolicy, retry_after_ms};
use crate::rules::node::{Kind, Node};

/// Judges an attempt. Returns the handle of the error and the wait, or 0 for a user.
pub(super) fn judge(seen: JsNode, call: JsNode) -> u32 {
    let is_read = call.property(name!("patch")).kind() == Kind::Undefined;
    let count = number(seen, name!("attempts")).unwrap_or(0.0) as u32;
    let mut attempts = Attempts {
        action: if is_read { Action::Read } else { Action::Update },
        has_key: call.property(name!("apiKey")).kind() != Kind::Undefined,
        count,
        outcome: outcome(seen.property(name!("previous"))),
    };
    let FailedAttempt { error, wait_ms } = match end(seen) {
        Err(outside) => FailedAttempt { error: attempts.ended_by(outside), wait_ms: None },
        Ok(end) => {
            attempts.count = count.saturating_sub(1);
            let head = head(seen, call);
            let request_id = head.as_ref().and_then(|head| head.request_id.clone());
            match attempts.add(Seen { head, end }, &policy(call), timing(seen)) {
                Err(failed) => failed,
                Ok(_) => match request_id {
                    Some(id) => {
                        return Object::new().put_text(name!("requestId"), &id).handle();
                    }
                    None => return 0,
                },
            }
        }
    };
    let judged = Object::new();
    judged.put(name!("error"), report::error(&error));
    if error.details().is_gateway {
        judged.put_number(name!("isGateway"), 1.0);
    }
    if let Some(wait) = wait_ms {
        judged.put_number(name!("waitMs"), wait as f64);
    }
    judged.handle()
}

/// A member that is a string, of an object made by our own TypeScript.
fn text(object: JsNode, name: u32) -> Option<String> {
    let node = object.property(name);
    matches!(node.kind(), Kind::String | Kind::IllFormed).then(|| node.to_text())
}

/// A member that is a number.
fn number(object: JsNode, name: u32) -> Option<f64> {
    object.property(name).number()
}

/// The outcome of the attempts so far.
fn outcome(previous: JsNode) -> Outcome {
    const REJECTED: u32 = name!("rejected");
    const UNKNOWN: u32 = name!("unknown");
    const APPLIED: u32 = name!("applied");
    match previous.name() {
        REJECTED => Outcome::Rejected,
        UNKNOWN => Outcome::Unknown,
        APPLIED => Outcome::Applied,
        _ => Outcome::NotSent,
    }
}

/// How the attempt ended; an error if the call ended outside an attempt.
fn end(seen: JsNode) -> Result<End<'static, JsNode>, Error> {
    const NETWORK: u32 = name!("network");
    const TIMEOUT: u32 = name!("timeout");
    const ABORTED: u32 = name!("aborted");
    const NOT_JSON: u32 = name!("not_json");
    const TOO_LARGE: u32 = name!("too_large");
    const API_KEY: u32 = name!("apiKey");
    const TOTAL_TIMEOUT: u32 = name!("totalTimeoutMs");
    const NOT_SENT: u32 = name!("not_sent");
    Ok(match seen.property(name!("fault")).name() {
        NETWORK => End::Lost(text(seen, name!("systemCode")).map(Cow::Owned)),
        TIMEOUT => End::TimedOut(number(seen, name!("timeoutMs")).unwrap_or(0.0) as usize),
        ABORTED => End::Aborted,
        NOT_JSON => {
            let status = number(seen, name!("status")).unwrap_or(0.0) as u16;
            let length = text(seen, name!("contentLength"));
            let start = text(seen, name!("bodyStart")).unwrap_or_default();
            End::not_json(status, length.as_deref(), start.bytes().next())
        }
        TOO_LARGE => End::Answered(Err(NotADocument::TooLarge)),
        NOT_SENT => return Err(Error::not_sent(Message::Aborted)),
        API_KEY => return Err(Error::not_sent(Message::KeyFunction)),
        TOTAL_TIMEOUT => return Err(Error::not_sent(Message::KeyTimeout)),
        _ => End::Answered(Ok(seen.property(name!("answer")))),
    })
}

fn head(seen: JsNode, call: JsNode) -> Option<Head> {
    let status = number(seen, name!("status"))? as u16;
    let wait = || {
        let header = text(seen, name!("retryAfter"))?;
        let now = number(seen, name!("now")).unwrap_or(0.0) as u64;
        retry_after_ms(&header, text(seen, name!("date")).as_deref(), now)
    };
    let key = text(call, name!("apiKey"));
    Some(Head::new(status, text(seen, name!("requestId")), key.as_deref(), wait()))
}

fn policy(call: JsNode) -> RetryPolicy {
    RetryPolicy {
        max_retries: number(call, name!("maxRetries")).unwrap_or(0.0) as u32,
        max_retry_after_ms: number(call, name!("maxRetryAfterMs")).unwrap_or(0.0) as u64,
        ..RetryPolicy::default()
    }
}

fn timing(seen: JsNode) -> Timing {
    Timing {
        remaining_ms: number(seen, name!("remainingMs")).map(|left| left.max(0.0) as u64),
        random: number(seen, name!("random")).unwrap_or(0.5),
    }
}
