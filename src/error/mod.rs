//! Every failure is one [`Error`] with a stable code and an outcome.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
#[cfg(feature = "json")]
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::rules::issue::Issue;
use crate::rules::node::Key;
use crate::rules::operations::Failure;
use crate::text::{ParamName, Params, fill};

mod code;
mod problem;

#[cfg(test)]
pub(crate) use code::JAVASCRIPT_CODES;
pub(crate) use code::Message;
pub use code::{ErrorCode, Outcome};
pub use problem::Problem;
pub(crate) use problem::text;

/// A failure of this crate. It holds neither the key nor any value of the patch.
///
/// Only [`Error::problem`] has what the server said. `Display` and `Debug` leave it
/// out, because a server may repeat what it was sent.
///
/// ```
/// use std::time::Duration;
/// use palm_user::{Answer, ApiKey, Attempt, Call, CallOptions, Error, ErrorCode, Moment, Outcome, Step};
///
/// let options = CallOptions::new().api_key(ApiKey::parse("sk_test_0000")?);
/// let mut call = Call::get_user("palm_usr_1a2b", &options)?;
/// let problem = br#"{"type": "about:blank", "title": "Slow down", "status": 429}"#;
/// let answer = Answer::new(429, problem.to_vec())
///     .header("Content-Type", "application/problem+json")
///     .header("X-Request-Id", "req_1")
///     .header("Retry-After", "90");
///
/// // The server asks for a longer wait than the call may take.
/// let Step::Failed(error) = call.settle(Attempt::answered(answer), Moment::default()) else { panic!() };
/// assert_eq!(error.code(), ErrorCode::RateLimited);
/// assert_eq!(error.outcome(), Outcome::Rejected);
/// assert!(error.is_retryable());
/// assert_eq!((error.status(), error.attempts()), (Some(429), 1));
/// assert_eq!(error.request_id(), Some("req_1"));
/// assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
/// assert_eq!(error.problem().and_then(|problem| problem.title.as_deref()), Some("Slow down"));
/// assert!(error.issues().is_empty());
/// assert_eq!(error.to_string(), "Status 429: too many requests.");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Error(Box<Details>);

#[derive(Clone)]
pub(crate) struct Details {
    pub(crate) message: Message,
    pub(crate) params: Params,
    pub(crate) outcome: Outcome,
    pub(crate) retryable: bool,
    pub(crate) attempts: u32,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after_ms: Option<u64>,
    pub(crate) problem: Option<Problem>,
    /// Whether a gateway explained the failure; the npm package uses its sentence as the message.
    pub(crate) is_gateway: bool,
    pub(crate) issues: Vec<Issue>,
    #[cfg(feature = "json")]
    pub(crate) source: Option<Source>,
}

/// An HTTP client's own error.
#[cfg(feature = "json")]
#[derive(Clone)]
pub(crate) struct Source(Arc<dyn core::error::Error + Send + Sync>);

#[cfg(feature = "json")]
impl From<Arc<dyn core::error::Error + Send + Sync>> for Source {
    fn from(source: Arc<dyn core::error::Error + Send + Sync>) -> Self {
        Source(source)
    }
}

impl Error {
    /// What went wrong; stable.
    pub fn code(&self) -> ErrorCode {
        self.0.message.code()
    }

    /// What the server may have done.
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

    /// The number of requests that were sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The request ID from the last answer, to quote to Palm's support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the last answer asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after_ms.map(Duration::from_millis)
    }

    /// The server's own account of the failure (RFC 9457), if it gave one.
    pub fn problem(&self) -> Option<&Problem> {
        self.0.problem.as_ref()
    }

    /// What is wrong with the patch, place by place.
    pub fn issues(&self) -> &[Issue] {
        &self.0.issues
    }

    // One copy in the module, not one for each of its forty calls.
    #[inline(never)]
    pub(crate) fn new(message: Message, outcome: Outcome, params: Params) -> Self {
        Error(Box::new(Details {
            message,
            params,
            outcome,
            retryable: false,
            attempts: 0,
            status: None,
            request_id: None,
            retry_after_ms: None,
            problem: None,
            is_gateway: false,
            issues: Vec::new(),
            #[cfg(feature = "json")]
            source: None,
        }))
    }

    pub(crate) fn not_sent(message: Message) -> Self {
        Error::new(message, Outcome::NotSent, Params::default())
    }

    /// An error whose message names an option or a header.
    pub(crate) fn of_name(message: Message, name: impl Into<Cow<'static, str>>) -> Self {
        let params = Params::default().name(ParamName::Name, name);
        Error::new(message, Outcome::NotSent, params)
    }

    pub(crate) fn details(&self) -> &Details {
        &self.0
    }

    pub(crate) fn details_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

/// The failure's message, with its findings as issues.
impl<K: Key> From<Failure<K>> for Error {
    fn from(failure: Failure<K>) -> Self {
        let (message, params) = described(&failure);
        let mut error = Error::new(message, Outcome::NotSent, params);
        if let Failure::InvalidPatch(findings) | Failure::NoPatch(findings) = failure {
            error.0.issues = findings.errors.into_iter().map(Issue::from).collect();
        }
        error
    }
}

pub(crate) fn described<K>(failure: &Failure<K>) -> (Message, Params) {
    let none = Params::default();
    match failure {
        Failure::InvalidPatch(_) => (Message::InvalidPatch, none),
        Failure::NoPatch(_) => (Message::NoPatch, none),
        Failure::NotAUser(kind) => (Message::NotAUser, none.name(ParamName::Actual, kind.name())),
        Failure::UnreadableUser => (Message::UnreadableUser, none),
    }
}

/// Where an issue is. A key can have any length, but a message should be short.
fn at(issue: &Issue) -> Cow<'_, str> {
    const LONGEST: usize = 80;
    if issue.pointer.is_empty() {
        return Cow::Borrowed("");
    }
    Cow::Owned(match issue.pointer.char_indices().nth(LONGEST) {
        Some((end, _)) => [" at ", issue.pointer.get(..end).unwrap_or_default(), "…"].concat(),
        None => [" at ", &issue.pointer].concat(),
    })
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fill(self.0.message.template(), |name| match (name, self.issues()) {
            ("at", [issue, ..]) => at(issue),
            ("issue", [issue, ..]) => Cow::Borrowed(&issue.message),
            _ => self.0.params.text(name),
        }))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Error");
        shown
            .field("code", &self.code())
            .field("outcome", &self.outcome())
            .field("message", &format_args!("{self}"))
            .field("attempts", &self.attempts());
        if let Some(status) = self.status() {
            shown.field("status", &status);
        }
        if let Some(id) = self.request_id() {
            shown.field("request_id", &id);
        }
        if let Some(wait) = self.retry_after() {
            shown.field("retry_after", &wait);
        }
        if let Some(source) = core::error::Error::source(self) {
            shown.field("source", &source);
        }
        shown.finish_non_exhaustive()
    }
}

impl core::error::Error for Error {
    /// The error of the HTTP client, where there was one.
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        #[cfg(feature = "json")]
        return self.0.source.as_ref().map(|source| &*source.0 as _);
        #[cfg(not(feature = "json"))]
        None
    }
}
