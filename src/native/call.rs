//! A sans-IO call: what to send, what was seen, what to do next.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;
use core::time::Duration;

use crate::error::{Error, Message, Outcome};
use crate::http::attempt::{Attempts, End, FailedAttempt, Seen, Timing};
use crate::http::request::ApiKey;
use crate::http::retry::{RetryPolicy, whole_ms};
use crate::native::attempt::{Attempt, Ended};
use crate::native::patch::UserPatch;
use crate::native::request::{CallOptions, Request};
use crate::native::user::User;
use crate::text::Params;

/// A call in progress, for an HTTP client of your own.
///
/// It has no socket, clock or timer. Send [`Call::request`], report the result to
/// [`Call::settle`], and do what the returned [`Step`] says.
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
/// // Send it with any client, and report the answer:
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
    /// `InvalidPatch`, `InvalidUserId`, `InvalidApiKey` or `InvalidOptions`, always
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
    /// As [`Call::update_user`], except `InvalidPatch`.
    ///
    /// ```
    /// use palm_user::{Call, CallOptions};
    ///
    /// let gateway = CallOptions::new().base_url("https://app.example.com/api/palm");
    /// let call = Call::get_user("me", &gateway)?;
    /// assert_eq!(call.request().method, "GET");
    /// # Ok::<(), palm_user::Error>(())
    /// ```
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

    /// The request to send, the same for every attempt. Do not follow redirects.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The time limit for the next attempt, its body included. `elapsed` is the time
    /// since the call began.
    ///
    /// ```
    /// use std::time::Duration;
    /// use palm_user::{Call, CallOptions};
    ///
    /// let options = CallOptions::new()
    ///     .base_url("https://app.example.com/api/palm")
    ///     .total_timeout(Duration::from_secs(40));
    /// let call = Call::get_user("me", &options)?;
    /// assert_eq!(call.time_limit(Duration::ZERO), Duration::from_secs(30));
    /// assert_eq!(call.time_limit(Duration::from_secs(35)), Duration::from_secs(5));
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    pub fn time_limit(&self, elapsed: Duration) -> Duration {
        self.timeout.min(self.remaining(elapsed).unwrap_or(Duration::MAX)).max(SHORTEST)
    }

    /// Adds an attempt, and returns what to do next.
    pub fn settle(&mut self, attempt: Attempt, moment: Moment) -> Step {
        let Attempt { answer, end, source } = attempt;
        let head = answer.as_ref().map(|answer| answer.head(self.key.as_ref(), moment.now));
        let mut document = None;
        let end = match (end, &answer) {
            (Ended::Answered, Some(answer)) => answer.end(&mut document),
            (Ended::Answered, None) => End::Lost(None),
            (Ended::Lost(code), _) => End::Lost(code.map(Cow::Owned)),
            (Ended::TimedOut(limit), _) => {
                End::TimedOut(usize::try_from(whole_ms(limit)).unwrap_or(usize::MAX))
            }
            (Ended::Aborted, _) => End::Aborted,
        };
        let timing = Timing {
            remaining_ms: self.remaining(moment.elapsed).map(whole_ms),
            random: moment.random,
        };
        let settled = self.attempts.add(Seen { head, end }, &self.retry, timing).map(drop);
        match settled {
            // `add` has checked this document.
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

    /// The error of a call that its caller aborts between two attempts.
    ///
    /// ```
    /// use palm_user::{Attempt, Call, CallOptions, Moment, Outcome, UserPatch};
    ///
    /// let gateway = CallOptions::new().base_url("https://app.example.com/api/palm");
    /// let mut call = Call::update_user("me", &UserPatch::new().remove("notes"), &gateway)?;
    /// call.settle(Attempt::lost(), Moment::default());
    /// // The attempt may have been stored, so the abort does not undo it.
    /// assert_eq!(call.abort().outcome(), Outcome::Unknown);
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    pub fn abort(&mut self) -> Error {
        let error = Error::new(Message::Aborted, Outcome::NotSent, Params::default());
        self.attempts.ended_by(error)
    }

    fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        Some(self.total_timeout?.saturating_sub(elapsed))
    }
}

/// A time limit of zero would end an attempt before it begins.
const SHORTEST: Duration = Duration::from_millis(1);

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("request", &self.request)
            .field("attempts", &self.attempts.count)
            .finish_non_exhaustive()
    }
}

/// The time when an attempt ended, and a random number for the jitter.
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
///
/// let started = Instant::now();
/// let moment = palm_user::Moment {
///     elapsed: started.elapsed(),
///     now: SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?,
///     random: 0.3, // of a random number generator
/// };
/// # let _ = moment;
/// # Ok::<(), std::time::SystemTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The time since the call began.
    pub elapsed: Duration,
    /// The time since 1970. It is used only if an answer has a date in `Retry-After`
    /// but no `Date` header.
    pub now: Duration,
    /// A new number from 0 to 1 for each attempt: clients that failed together must
    /// not retry together. The wait is this fraction of its upper bound.
    pub random: f64,
}

impl Default for Moment {
    /// The beginning of the call, with half of each wait.
    fn default() -> Self {
        Moment { elapsed: Duration::ZERO, now: Duration::ZERO, random: 0.5 }
    }
}

/// What to do after an attempt.
///
/// ```
/// use palm_user::{Answer, Attempt, Call, CallOptions, Moment, Step};
///
/// let gateway = CallOptions::new().base_url("https://app.example.com/api/palm");
/// let mut call = Call::get_user("me", &gateway)?;
/// let answer = Answer::new(404, Vec::new());
/// match call.settle(Attempt::answered(answer), Moment::default()) {
///     Step::Done(user) => println!("{}", user.updated_at()),
///     Step::Retry { after, .. } => println!("again after {after:?}"),
///     Step::Failed(error) => assert_eq!(error.status(), Some(404)),
///     _ => {}
/// }
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// The call succeeded: the server answered with the user.
    Done(Box<User>),
    /// Wait, then send the same request again.
    Retry {
        /// How long to wait.
        after: Duration,
        /// Why the attempt failed.
        error: Error,
    },
    /// The call failed for good.
    Failed(Error),
}
