//! Whether and when a call is retried.
//!
//! A merge patch says what the user should become, so it is idempotent: every
//! failure that may be temporary is retried.

use core::time::Duration;

use crate::http::http_date;

/// How often a call is retried, and how long it waits in between.
///
/// ```
/// use std::time::Duration;
/// use palm_user::RetryPolicy;
///
/// let policy = RetryPolicy::default()
///     .max_retries(5)
///     .max_retry_after(Duration::from_secs(10))
///     .base_delay(Duration::from_millis(200))
///     .max_delay(Duration::from_secs(4));
/// assert_ne!(policy, RetryPolicy::never());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RetryPolicy {
    pub(crate) max_retries: u32,
    pub(crate) max_retry_after_ms: u64,
    pub(crate) base_delay_ms: u64,
    pub(crate) max_delay_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            max_retries: 2,
            max_retry_after_ms: 60_000,
            base_delay_ms: 500,
            max_delay_ms: 8_000,
        }
    }
}

impl RetryPolicy {
    /// A policy without retries.
    pub fn never() -> Self {
        RetryPolicy::default().max_retries(0)
    }

    /// Attempts after the first; 2.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// The longest `Retry-After` to wait for; 60 seconds. If it is longer, the call fails at once.
    #[must_use]
    pub fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after_ms = whole_ms(wait);
        self
    }

    /// The upper bound of the first wait; 500 ms. It doubles with every attempt.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay_ms = whole_ms(delay);
        self
    }

    /// The upper bound of every wait that the server did not ask for; 8 seconds.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay_ms = whole_ms(delay);
        self
    }

    /// Milliseconds to wait after a failed attempt, or `None` to give up.
    ///
    /// - `attempts`: the number of attempts so far, this one included.
    /// - `remaining_ms`: the time left for the whole call, if it has a limit.
    /// - `random`: a number from 0 to 1, for full jitter: clients that failed
    ///   together must not retry together.
    pub(crate) fn wait_ms(
        &self,
        retryable: bool,
        retry_after_ms: Option<u64>,
        attempts: u32,
        remaining_ms: Option<u64>,
        random: f64,
    ) -> Option<u64> {
        if !retryable || attempts > self.max_retries {
            return None;
        }
        let wait = match retry_after_ms {
            Some(asked) if asked > self.max_retry_after_ms => return None,
            Some(asked) => asked,
            None => self.backoff_ms(attempts, random),
        };
        // A wait that uses up the time leaves none for the answer.
        Some(wait).filter(|wait| remaining_ms.is_none_or(|remaining| *wait < remaining))
    }

    fn backoff_ms(&self, attempts: u32, random: f64) -> u64 {
        let doublings = attempts.saturating_sub(1).min(32);
        let bound = self.base_delay_ms.saturating_mul(1_u64 << doublings).min(self.max_delay_ms);
        let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.5 };
        (bound as f64 * random) as u64
    }
}

/// A duration in whole milliseconds, saturating.
pub(crate) fn whole_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The wait that a `Retry-After` header asks for, in milliseconds. The header holds
/// seconds or an HTTP date (RFC 9110 section 10.2.3); `None` if it is neither.
///
/// `date` is the answer's own `Date` header. The difference between the two dates is
/// right even if the local clock is wrong. Without it, `now_ms`, milliseconds since
/// 1970, takes its place. A date in the past means no wait.
///
/// ```
/// use palm_user::retry_after_ms;
/// assert_eq!(retry_after_ms("120", None, 0), Some(120_000));
/// assert_eq!(retry_after_ms("Thu, 01 Jan 1970 00:00:30 GMT", None, 10_000), Some(20_000));
/// assert_eq!(retry_after_ms("soon", None, 0), None);
/// ```
pub fn retry_after_ms(header: &str, date: Option<&str>, now_ms: u64) -> Option<u64> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too large to represent is still a long time.
        let seconds = header.bytes().fold(0_u64, |seconds, byte| {
            seconds.saturating_mul(10).saturating_add(u64::from(byte & 15))
        });
        return Some(seconds.saturating_mul(1000));
    }
    let until = http_date::unix_ms(header)?;
    let now = date.and_then(|date| http_date::unix_ms(date.trim())).unwrap_or(now_ms);
    Some(until.saturating_sub(now))
}
