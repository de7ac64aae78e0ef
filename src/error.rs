//! Every failure is one [`Error`] with a stable code and an outcome.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "json")]
use serde::Serialize;

use crate::http::problem::Problem;
use crate::rules::issue::{Issue, Report};
use crate::text::{decimal, joined};

/// What went wrong. Codes are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The patch breaks a rule; see the issues.
    InvalidPatch,
    /// The user ID cannot be one segment of a path.
    InvalidUserId,
    /// A value that cannot be used: not an e-mail, not a phone number, not a user.
    InvalidValue,
    /// The key is not of the form `sk_test_…` or `sk_live_…`.
    InvalidApiKey,
    /// A secret key in a browser.
    UnsafeEnvironment,
    /// An option of the call is wrong.
    InvalidOptions,
    /// 400, or another 4xx without a code of its own.
    BadRequest,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 409 or 412.
    Conflict,
    /// 429.
    RateLimited,
    /// 5xx.
    ServerError,
    /// No answer: the connection failed or broke.
    Network,
    /// No answer in time, or a 408.
    Timeout,
    /// The caller's signal was aborted.
    Aborted,
    /// An answer that is not Palm's: a redirect, HTML, a document that is no user.
    BadResponse,
}

impl ErrorCode {
    /// The code as it is spelt in JSON: `invalid_patch`.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::InvalidPatch => "invalid_patch",
            ErrorCode::InvalidUserId => "invalid_user_id",
            ErrorCode::InvalidValue => "invalid_value",
            ErrorCode::InvalidApiKey => "invalid_api_key",
            ErrorCode::UnsafeEnvironment => "unsafe_environment",
            ErrorCode::InvalidOptions => "invalid_options",
            ErrorCode::BadRequest => "bad_request",
            ErrorCode::Unauthorized => "unauthorized",
            ErrorCode::Forbidden => "forbidden",
            ErrorCode::NotFound => "not_found",
            ErrorCode::Conflict => "conflict",
            ErrorCode::RateLimited => "rate_limited",
            ErrorCode::ServerError => "server_error",
            ErrorCode::Network => "network",
            ErrorCode::Timeout => "timeout",
            ErrorCode::Aborted => "aborted",
            ErrorCode::BadResponse => "bad_response",
        }
    }
}

#[cfg(feature = "json")]
impl Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What the server can have done.
///
/// The order is by how much: over several attempts the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing: no request left.
    NotSent,
    /// Nothing: it answered that it refused.
    Rejected,
    /// The change may be stored, or may not.
    Unknown,
    /// The change is stored.
    Applied,
}

impl Outcome {
    /// The outcome as it is spelt in JSON: `not_sent`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::NotSent => "not_sent",
            Outcome::Rejected => "rejected",
            Outcome::Unknown => "unknown",
            Outcome::Applied => "applied",
        }
    }
}

#[cfg(feature = "json")]
impl Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A failure of this crate. It holds neither the key nor a value of the patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    pub(crate) outcome: Outcome,
    pub(crate) retryable: bool,
    pub(crate) attempts: u32,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after_ms: Option<u64>,
    pub(crate) problem: Option<Problem>,
    pub(crate) issues: Vec<Issue>,
}

impl Error {
    /// What went wrong; stable.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What the server can have done.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's own account of it (RFC 9457), if it gave one.
    pub fn problem(&self) -> Option<&Problem> {
        self.0.problem.as_ref()
    }

    /// What is wrong with the patch, place by place.
    pub fn issues(&self) -> &[Issue] {
        &self.0.issues
    }

    // Once in the module, and not at each of its forty calls.
    #[inline(never)]
    pub(crate) fn new(code: ErrorCode, outcome: Outcome, message: &str) -> Self {
        Error(Box::new(Details {
            code,
            message: String::from(message),
            outcome,
            retryable: false,
            attempts: 0,
            status: None,
            request_id: None,
            retry_after_ms: None,
            problem: None,
            issues: Vec::new(),
        }))
    }

    pub(crate) fn not_sent(code: ErrorCode, message: &str) -> Self {
        Error::new(code, Outcome::NotSent, message)
    }

    pub(crate) fn invalid_options(message: &str) -> Self {
        Error::not_sent(ErrorCode::InvalidOptions, message)
    }

    pub(crate) fn invalid_value(message: &str, issues: Vec<Issue>) -> Self {
        let mut error = Error::not_sent(ErrorCode::InvalidValue, message);
        error.0.issues = issues;
        error
    }

    /// The error of a report that is not valid: its first issue says why.
    pub(crate) fn invalid_patch(report: Report) -> Self {
        let message = match report.errors.as_slice() {
            [] => "The patch is invalid.".to_owned(),
            [issue] => joined(&["The patch is invalid", &at(issue), ": ", &issue.message]),
            [issue, rest @ ..] => {
                let more = decimal(rest.len());
                let at = at(issue);
                joined(&["The patch is invalid", &at, ": ", &issue.message, " (", &more, " more)"])
            }
        };
        let mut error = Error::not_sent(ErrorCode::InvalidPatch, &message);
        error.0.issues = report.errors;
        error
    }

    #[cfg(all(feature = "wasm", target_arch = "wasm32"))]
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    pub(crate) fn details(&self) -> &Details {
        &self.0
    }

    pub(crate) fn details_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

/// Where an issue lies. A key can be as long as anybody likes, a message cannot.
fn at(issue: &Issue) -> String {
    const LONGEST: usize = 80;
    if issue.pointer.is_empty() {
        return String::new();
    }
    match issue.pointer.char_indices().nth(LONGEST) {
        Some((end, _)) => joined(&[" at ", issue.pointer.get(..end).unwrap_or_default(), "…"]),
        None => joined(&[" at ", &issue.pointer]),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl core::error::Error for Error {}
