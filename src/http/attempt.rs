//! The result of an attempt: the user, or an error and the time to wait.
//!
//! This is sans-IO: it has no socket, clock or timer. A client reports what it saw
//! of an attempt and is told what to do next. `updateUser` in JavaScript and all
//! clients in Rust use it.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::error::{Error, Message, Outcome, Problem};
use crate::http::answer::{Verdict, failed, not_a_user, verdict};
use crate::http::gateway;
use crate::http::request::secret_part;
use crate::http::retry::RetryPolicy;
use crate::rules::node::Node;
use crate::text::{ParamName, Params};

/// What a call does to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Nothing, so its errors are `not_sent` or `rejected`.
    Read,
    Update,
}

/// What a client saw of one attempt.
pub(crate) struct Seen<'a, N> {
    /// `None` if no answer began.
    pub(crate) head: Option<Head>,
    pub(crate) end: End<'a, N>,
}

/// The part of an answer before its body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after_ms: Option<u64>,
}

/// How an attempt ended.
pub(crate) enum End<'a, N> {
    /// The answer arrived completely. The document in its body, if that is JSON.
    Answered(Result<N, NotADocument>),
    /// The connection failed or broke; with the system's code, if known.
    Lost(Option<Cow<'a, str>>),
    /// The time limit, in milliseconds, was exceeded.
    TimedOut(usize),
    /// The caller aborted it.
    Aborted,
}

impl<N> End<'_, N> {
    /// How an attempt ended whose body is not JSON; `start` is its first byte. Some browsers
    /// deliver a body as complete although the connection broke in the middle of it. So a
    /// body that begins like a document, or is missing, counts as lost.
    pub(crate) fn not_json(status: u16, content_length: Option<&str>, start: Option<u8>) -> Self {
        let is_cut_off = match start {
            Some(start) => start == b'{',
            None => !matches!(status, 204 | 205) && content_length != Some("0"),
        };
        if is_cut_off { End::Lost(None) } else { End::Answered(Err(NotADocument::NotJson)) }
    }
}

/// Why a body holds no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotADocument {
    NotJson,
    TooLarge,
}

/// The most bytes of a body that are read. A user has a few kilobytes.
#[cfg(feature = "json")]
pub(crate) const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// Whether a body is worth reading: it should be a user or problem details. Any
/// other body is some proxy's page, and the status says enough.
#[cfg(feature = "json")]
pub(crate) fn reads_body(status: u16, content_type: Option<&str>) -> bool {
    verdict(status) == Verdict::Success || content_type.is_some_and(|kind| kind.contains("json"))
}

impl Head {
    /// `id` is the header `x-request-id`. It is dropped if it repeats `key`, the API key.
    pub(crate) fn new(
        status: u16,
        id: Option<String>,
        key: Option<&str>,
        retry_after_ms: Option<u64>,
    ) -> Self {
        Head { status, request_id: id.filter(|id| is_request_id(id, key)), retry_after_ms }
    }

    fn is_failure(&self) -> bool {
        verdict(self.status) != Verdict::Success
    }
}

/// Whether a request ID may be logged: it is no sentence, and it does not repeat the key.
fn is_request_id(id: &str, key: Option<&str>) -> bool {
    const LONGEST: usize = 200;
    let secret = key.and_then(secret_part).unwrap_or_default().as_bytes();
    // `str::contains` would add more code than this whole function.
    let repeats = |start| id.as_bytes().get(start..).is_some_and(|rest| rest.starts_with(secret));
    !id.is_empty()
        && id.len() <= LONGEST
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:+/=".contains(&byte))
        && (secret.is_empty() || !(0..id.len()).any(repeats))
}

/// The timing that a retry depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// The time left for the whole call, if it has a limit.
    pub(crate) remaining_ms: Option<u64>,
    /// A number from 0 to 1, for the jitter.
    pub(crate) random: f64,
}

/// The attempts of a call so far.
#[derive(Clone, Debug)]
pub(crate) struct Attempts {
    pub(crate) action: Action,
    /// With a key, Palm answers; without one, a gateway does.
    pub(crate) has_key: bool,
    pub(crate) count: u32,
    /// The most that any of them may have done.
    pub(crate) outcome: Outcome,
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) struct FailedAttempt {
    pub(crate) error: Error,
    /// How long to wait before sending again; `None` to give up.
    pub(crate) wait_ms: Option<u64>,
}

impl Attempts {
    #[cfg(feature = "json")]
    pub(crate) fn none(action: Action, has_key: bool) -> Self {
        Attempts { action, has_key, count: 0, outcome: Outcome::NotSent }
    }

    /// Adds an attempt, and returns the user it brought or what to do next.
    pub(crate) fn add<N: Node>(
        &mut self,
        seen: Seen<'_, N>,
        policy: &RetryPolicy,
        timing: Timing,
    ) -> Result<N, FailedAttempt> {
        self.count = self.count.saturating_add(1);
        let Seen { head, end } = seen;
        let result = match end {
            End::Answered(document) => self.answer(head.as_ref(), document),
            // The status is known, even if the body with the problem details broke off.
            End::Lost(_) if head.as_ref().is_some_and(Head::is_failure) => {
                self.answer(head.as_ref(), Err(NotADocument::NotJson))
            }
            End::Lost(code) => Err(lost(code)),
            End::TimedOut(limit) => Err(timed_out(limit)),
            End::Aborted => Err(Error::new(Message::Aborted, Outcome::Unknown, Params::default())),
        };
        let error = match result {
            Ok(user) => return Ok(user),
            Err(error) => self.merged(error, head),
        };
        let details = error.details();
        let wait_ms = policy.wait_ms(
            details.retryable,
            details.retry_after_ms,
            self.count,
            timing.remaining_ms,
            timing.random,
        );
        Err(FailedAttempt { error, wait_ms })
    }

    /// Completes an error from outside an attempt: one while waiting for the key or for
    /// the next attempt.
    pub(crate) fn ended_by(&mut self, error: Error) -> Error {
        self.merged(error, None)
    }

    /// The error, with what is known from all attempts.
    fn merged(&mut self, mut error: Error, head: Option<Head>) -> Error {
        let details = error.details_mut();
        let most = match self.action {
            Action::Read => Outcome::Rejected,
            Action::Update => Outcome::Applied,
        };
        self.outcome = self.outcome.max(details.outcome).min(most);
        details.outcome = self.outcome;
        details.attempts = self.count;
        if let Some(head) = head {
            // 0 is a browser's opaque redirect.
            details.status = Some(head.status).filter(|status| *status != 0);
            details.request_id = head.request_id;
            details.retry_after_ms = head.retry_after_ms.filter(|_| head.status >= 300);
        }
        error
    }

    /// The message for a status, depending on the action and on who answers.
    fn message(&self, message: Message) -> Message {
        match (message, self.action, self.has_key) {
            (Message::ServerError, Action::Read, _) => Message::ReadFailed,
            (Message::Unauthorized, _, false) => Message::SignedOut,
            (Message::Forbidden, _, false) => Message::ForbiddenHere,
            (message, ..) => message,
        }
    }

    fn answer<N: Node>(
        &self,
        head: Option<&Head>,
        document: Result<N, NotADocument>,
    ) -> Result<N, Error> {
        let status = head.map_or(0, |head| head.status);
        match verdict(status) {
            Verdict::Success => {
                let fault = match &document {
                    Ok(document) => not_a_user(document),
                    Err(NotADocument::NotJson) => Some("it is not JSON"),
                    Err(NotADocument::TooLarge) => Some("it is larger than 8 MiB"),
                };
                match (document, fault) {
                    (Ok(document), None) => Ok(document),
                    (_, fault) => {
                        let message = match self.action {
                            Action::Read => Message::NotAUserRead,
                            Action::Update => Message::NotTheUser,
                        };
                        Err(failed(message, Outcome::Applied, status, fault))
                    }
                }
            }
            Verdict::Failure { message, outcome, retryable } => {
                let document = document.ok();
                // With a key Palm answers, so this is no gateway's problem, whatever its type.
                let said = document.as_ref().filter(|_| !self.has_key);
                let said = said.and_then(|document| gateway::refused(document, status));
                let mut error = said.unwrap_or_else(|| {
                    let mut error = failed(self.message(message), outcome, status, None);
                    error.details_mut().retryable = retryable;
                    error
                });
                error.details_mut().problem =
                    document.and_then(|document| Problem::read(&document));
                Err(error)
            }
        }
    }
}

fn lost(code: Option<Cow<'_, str>>) -> Error {
    unanswered(match code {
        Some(code) => {
            let params = Params::default().name(ParamName::Reason, code.into_owned());
            Error::new(Message::NetworkCode, Outcome::Unknown, params)
        }
        None => Error::new(Message::Network, Outcome::Unknown, Params::default()),
    })
}

fn timed_out(limit_ms: usize) -> Error {
    let params = Params::default().count(ParamName::Limit, limit_ms);
    unanswered(Error::new(Message::Timeout, Outcome::Unknown, params))
}

/// No answer, or half of one: the next attempt may succeed.
fn unanswered(mut error: Error) -> Error {
    error.details_mut().retryable = true;
    error
}
