//! The rules for a gateway's refusals: problem details of type `urn:palm-user:<code>`.

use crate::error::{Error, Message, Outcome, text};
use crate::http::answer::failed;
use crate::rules::node::Node;

/// The error that a gateway describes; `None` if the document is not from a gateway.
pub(crate) fn refused<N: Node>(document: &N, status: u16) -> Option<Error> {
    let (message, retryable) = refusal(text(document, "type")?.strip_prefix("urn:palm-user:")?)?;
    let outcome = match text(document, "outcome").as_deref() {
        Some("rejected") => Outcome::Rejected,
        Some("applied") => Outcome::Applied,
        _ => Outcome::Unknown,
    };
    let mut error = failed(message, outcome, status, None);
    let details = error.details_mut();
    details.retryable = retryable;
    details.is_gateway = true;
    Some(error)
}

/// A gateway's code: the message, used if the gateway sent none, and whether the same
/// call may succeed later.
fn refusal(code: &str) -> Option<(Message, bool)> {
    use Message::*;
    Some(match code {
        "signed_out" => (SignedOut, false),
        "not_allowed" => (NotAllowed, false),
        "origin_not_allowed" => (OriginNotAllowed, false),
        "field_not_allowed" => (FieldNotAllowed, false),
        "too_large" => (TooLarge, false),
        "unsupported_media_type" => (UnsupportedMediaType, false),
        "method_not_allowed" => (MethodNotAllowed, false),
        "route_not_found" => (RouteNotFound, false),
        "invalid_patch" => (PatchRefused, false),
        "invalid_user_id" => (UserIdRefused, false),
        "bad_request" => (BadRequest, false),
        "not_found" => (NotFound, false),
        "conflict" => (Conflict, false),
        "rate_limited" => (RateLimited, true),
        "timeout" => (RequestTimeout, true),
        "server_error" => (ServerError, true),
        "palm_unreachable" => (PalmUnreachable, true),
        "palm_timeout" => (PalmTimeout, true),
        "palm_refused_key" => (PalmRefusedKey, false),
        "bad_response" => (AnswerRefused, false),
        "gateway_failed" => (GatewayFailed, true),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::refusal;
    use crate::error::ErrorCode;

    #[test]
    fn every_code_maps_to_itself() {
        let known = ErrorCode::ALL.iter().filter(|(code, _)| refusal(code.as_str()).is_some());
        assert_eq!(known.count(), 21);
        for (code, _) in ErrorCode::ALL {
            if let Some((message, _)) = refusal(code.as_str()) {
                assert_eq!(message.code(), *code);
            }
        }
        assert_eq!(refusal("aborted"), None);
        assert_eq!(refusal(""), None);
    }
}
