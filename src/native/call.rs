//! A call without its input and output: what to send, what was seen, what to do.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use serde_json::Value;

use crate::error::{Error, Message, Outcome};
use crate::http::attempt::{
    Attempts, End, FailedAttempt, Head, MAX_BODY_BYTES, NotADocument, Seen, Timing, reads_body,
};
use crate::http::request::ApiKey;
use crate::http::retry::{RetryPolicy, retry_after_ms, whole_ms};
use crate::native::request::{CallOptions, Request};
use crate::native::user::{User, UserPatch, parse};
use crate::native::value::Native;
use crate::text::Params;

/// A call under way, for an HTTP client of your own.
///
/// It has no socket, clock or timer. Send [`Call::request`], tell
/// [`Call::settle`] what was seen, and do what its [`Step`] says.
///
/// ```
/// use std::time::Duration;
/// use palm_user::{Answer, ApiKey, Attempt, Call, CallOptions, Moment, Step, UserPatch};
///
/// let options = CallOptions::new().api_key(ApiKey::parse("sk_test_0000")?);
/// let patch = UserPatch::new().set("customer_tier", "premium");
/// let mut call = Call::update_user("palm_usr_1a2b", &patch, &options)?;
/// assert_eq!(call.request().url, "https://api.getpalm.com/v1/user/palm_usr_1a2b");
///
/// // Sent with any client, it is answered with:
/// let answer = Answer::new(429, b"".to_vec()).header("Retry-After", "3");
/// let step = call.settle(Attempt::answered(answer), Moment::default());
/// assert!(matches!(step, Step::Retry { after, .. } if after == Duration::from_secs(3)));
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone)]
pub struct Call {
    request: Request,
    attempts: Attempts,
    key: Option<ApiKey>,
    retry: RetryPolicy,
    timeout: Duration,
    total_timeout: Option<Duration>,
}

impl Call {
    /// A call that changes a user: `PATCH /v1/user/{user_id}`.
    ///
    /// # Errors
    ///
    /// `InvalidPatch`, `InvalidUserId`, `InvalidApiKey` or `InvalidOptions`; all
    /// with the outcome [`Outcome::NotSent`].
    pub fn update_user(
        user_id: &str,
        patch: &UserPatch,
        options: &CallOptions,
    ) -> Result<Self, Error> {
        Call::new(user_id, Some(patch), options)
    }

    /// A call that reads a user: `GET /v1/user/{user_id}`.
    ///
    /// # Errors
    ///
    /// As [`Call::update_user`], without `InvalidPatch`.
    pub fn get_user(user_id: &str, options: &CallOptions) -> Result<Self, Error> {
        Call::new(user_id, None, options)
    }

    fn new(user_id: &str, patch: Option<&UserPatch>, options: &CallOptions) -> Result<Self, Error> {
        let (request, action) = Request::new(user_id, patch, options)?;
        Ok(Call {
            request,
            attempts: Attempts::none(action, options.api_key.is_some()),
            key: options.api_key.clone(),
            retry: options.retry.clone(),
            timeout: options.timeout,
            total_timeout: options.total_timeout,
        })
    }

    /// What to send, each time the same. Redirects must not be followed.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The time limit of the next attempt, its body included. `elapsed`: since
    /// the call began.
    pub fn time_limit(&self, elapsed: Duration) -> Duration {
        self.timeout.min(self.remaining(elapsed).unwrap_or(Duration::MAX)).max(SHORTEST)
    }

    /// Adds an attempt, and says what to do next.
    pub fn settle(&mut self, attempt: Attempt, moment: Moment) -> Step {
        let Attempt { answer, end, source } = attempt;
        let head = answer.as_ref().map(|answer| {
            let id = answer.get("x-request-id").or_else(|| answer.get("request-id"));
            let wait = answer
                .get("retry-after")
                .and_then(|wait| retry_after_ms(wait, answer.get("date"), whole_ms(moment.now)));
            let key = self.key.as_ref().map(ApiKey::expose);
            Head::new(answer.status, id.map(ToOwned::to_owned), key, wait)
        });
        let mut document = None;
        let end = match end {
            Ended::Answered => {
                let read = answer.as_ref().filter(|answer| answer.reads_body());
                let body = read.map_or(&[][..], |answer| answer.body.as_slice());
                match parsed(body) {
                    Ok(value) => End::Answered(Ok(Native::read(document.insert(value)))),
                    Err(_) if read.is_some_and(Answer::is_cut_off) => End::Lost(None),
                    Err(fault) => End::Answered(Err(fault)),
                }
            }
            Ended::Lost(code) => End::Lost(code.map(Cow::Owned)),
            Ended::TimedOut(limit) => {
                End::TimedOut(usize::try_from(whole_ms(limit)).unwrap_or(usize::MAX))
            }
            Ended::Aborted => End::Aborted,
        };
        let timing = Timing {
            remaining_ms: self.remaining(moment.elapsed).map(whole_ms),
            random: moment.random,
        };
        let settled = self.attempts.add(Seen { head, end }, &self.retry, timing).map(drop);
        match settled {
            // What was judged is what is kept.
            Ok(()) => Step::Done(Box::new(User::checked(document.unwrap_or_default()))),
            Err(FailedAttempt { mut error, wait_ms }) => {
                error.details_mut().source = source.map(Into::into);
                match wait_ms {
                    Some(wait) => Step::Retry { after: Duration::from_millis(wait), error },
                    None => Step::Failed(error),
                }
            }
        }
    }

    /// The error of a call that its caller ends between two attempts.
    pub fn abort(&mut self) -> Error {
        let error = Error::new(Message::Aborted, Outcome::NotSent, Params::default());
        self.attempts.ended_by(error)
    }

    fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        Some(self.total_timeout?.saturating_sub(elapsed))
    }
}

/// A time limit of zero would end an attempt before it began.
const SHORTEST: Duration = Duration::from_millis(1);

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("request", &self.request)
            .field("attempts", &self.attempts.count)
            .finish_non_exhaustive()
    }
}

/// What came of an attempt.
pub struct Attempt {
    answer: Option<Answer>,
    end: Ended,
    source: Option<Arc<dyn core::error::Error + Send + Sync>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Ended {
    Answered,
    /// With the system's code for it.
    Lost(Option<String>),
    TimedOut(Duration),
    Aborted,
}

impl Attempt {
    /// The whole answer is here.
    pub fn answered(answer: Answer) -> Self {
        Attempt { answer: Some(answer), end: Ended::Answered, source: None }
    }

    /// The connection failed or broke.
    pub fn lost() -> Self {
        Attempt { answer: None, end: Ended::Lost(None), source: None }
    }

    /// The same, with the system's code for it.
    #[cfg(all(feature = "fetch", target_arch = "wasm32"))]
    pub(crate) fn lost_with(code: Option<String>) -> Self {
        Attempt { answer: None, end: Ended::Lost(code), source: None }
    }

    /// It took longer than `limit`.
    pub fn timed_out(limit: Duration) -> Self {
        Attempt { answer: None, end: Ended::TimedOut(limit), source: None }
    }

    /// The caller ended it.
    pub fn aborted() -> Self {
        Attempt { answer: None, end: Ended::Aborted, source: None }
    }

    /// The answer whose body did not arrive whole: its status and headers are told all the same.
    #[must_use]
    pub fn amid(mut self, answer: Answer) -> Self {
        self.answer = Some(answer);
        self
    }

    /// The error of the client, which becomes [`source`](core::error::Error::source)
    /// of ours. It must hold neither the key nor the patch.
    #[must_use]
    pub fn caused_by(
        mut self,
        source: impl Into<Box<dyn core::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("answer", &self.answer).field("end", &self.end).finish()
    }
}

/// An HTTP answer. Its `Debug` form shows the status alone.
///
/// With the feature `http` it is made from an `http::Response`.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// An answer without headers yet.
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        Answer { status, headers: Vec::new(), body }
    }

    /// The answer with a header. Looked at are `Content-Type`,
    /// `Content-Length`, `Retry-After`, `Date` and `X-Request-Id`; all others
    /// are ignored.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    #[cfg(any(feature = "http", feature = "fetch"))]
    pub(crate) fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// Whether the body says more than the status.
    pub(crate) fn reads_body(&self) -> bool {
        reads_body(self.status, self.get("content-type"))
    }

    /// Whether a body that is not JSON is the beginning of one: some browsers
    /// deliver a body as whole when the connection breaks amid it.
    fn is_cut_off(&self) -> bool {
        if self.body.len() > MAX_BODY_BYTES {
            return false;
        }
        match self.body.trim_ascii_start() {
            [] => !matches!(self.status, 204 | 205) && self.get("content-length") != Some("0"),
            begun => begun.starts_with(b"{"),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// When an attempt ended, and a number for the jitter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Since the call began.
    pub elapsed: Duration,
    /// Since 1970. It is asked for only where an answer has a date in
    /// `Retry-After` and no `Date`.
    pub now: Duration,
    /// From 0 to 1, another each time: clients that failed together must not
    /// come back together. The wait is that part of its upper bound.
    pub random: f64,
}

impl Default for Moment {
    /// The beginning, with half of each wait.
    fn default() -> Self {
        Moment { elapsed: Duration::ZERO, now: Duration::ZERO, random: 0.5 }
    }
}

/// What to do after an attempt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Nothing more: the server answered with the user.
    Done(Box<User>),
    /// Wait, then send the same request again.
    Retry {
        /// How long to wait.
        after: Duration,
        /// Why.
        error: Error,
    },
    /// Nothing more: it failed.
    Failed(Error),
}

fn parsed(body: &[u8]) -> Result<Value, NotADocument> {
    if body.len() > MAX_BODY_BYTES {
        return Err(NotADocument::TooLarge);
    }
    parse(body).map_err(|_| NotADocument::NotJson)
}
