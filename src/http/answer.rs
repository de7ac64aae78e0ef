//! The rules for answers: what a status means, and what counts as a user.

use crate::error::{Error, Message, Outcome};
use crate::rules::node::{Kind, Node, field};
use crate::text::{ParamName, Params};

/// What a status says about the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// 2xx: the change is stored, and the body should be the user.
    Success,
    Failure {
        message: Message,
        outcome: Outcome,
        retryable: bool,
    },
}

/// What a status means for this call (RFC 9110 section 15).
pub(crate) fn verdict(status: u16) -> Verdict {
    use Message::*;
    let (message, outcome, retryable) = match status {
        200..=299 => return Verdict::Success,
        400 => (BadRequest, Outcome::Rejected, false),
        401 => (Unauthorized, Outcome::Rejected, false),
        403 => (Forbidden, Outcome::Rejected, false),
        404 => (NotFound, Outcome::Rejected, false),
        // The server gave up waiting, or a proxy did so after the server had the request.
        408 => (RequestTimeout, Outcome::Unknown, true),
        409 | 412 => (Conflict, Outcome::Rejected, false),
        429 => (RateLimited, Outcome::Rejected, true),
        402..=499 => (BadRequest, Outcome::Rejected, false),
        // The server may have failed after it stored the change.
        500..=599 => (ServerError, Outcome::Unknown, true),
        // A redirect is not followed: it could take the key and the patch elsewhere.
        // 0 is a browser's opaque redirect.
        _ => (NotAnAnswer, Outcome::Unknown, false),
    };
    Verdict::Failure { message, outcome, retryable }
}

/// The error of an answer, with its status.
pub(crate) fn failed(
    message: Message,
    outcome: Outcome,
    status: u16,
    reason: Option<&'static str>,
) -> Error {
    let mut params = Params::default().count(ParamName::Status, status.into());
    if let Some(reason) = reason {
        params = params.name(ParamName::Reason, reason);
    }
    let mut error = Error::new(message, outcome, params);
    error.details_mut().status = Some(status);
    error
}

/// Why a document is not a user; `None` if it is one.
///
/// This requires only what every user in Palm's reference has and the rules rely on.
/// Other members may be missing or new: an API grows, and the change is stored.
pub(crate) fn not_a_user<N: Node>(document: &N) -> Option<&'static str> {
    if document.kind() != Kind::Object {
        return Some("it is not a JSON object");
    }
    let is = |name, kind| matches!(field(document, name), Ok(Some(node)) if node.kind() == kind);
    let text =
        |name, expected| matches!(field(document, name), Ok(Some(node)) if node.is_text(expected));
    if !text("object", "user") {
        return Some("its object is not \"user\"");
    }
    if !is("id", Kind::String) || text("id", "") {
        return Some("it has no id");
    }
    if !is("metadata", Kind::Object) {
        return Some("its metadata is not an object");
    }
    for (name, fault) in [
        ("created_at", "it has no created_at"),
        ("updated_at", "it has no updated_at"),
        ("status", "it has no status"),
    ] {
        if !is(name, Kind::String) {
            return Some(fault);
        }
    }
    None
}
