//! Whether and when a call is sent again.
//!
//! A merge patch says what the user shall be, so sending it twice does no more
//! than sending it once: every failure that may pass is retried.

use core::time::Duration;

use crate::error::Error;
use crate::http::http_date;

/// How often and how patiently a call is repeated. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts after the first; 2.
    pub max_retries: u32,
    /// The longest `Retry-After` that is waited for; 60,000.
    pub max_retry_after_ms: u64,
    /// The upper bound of the first wait; 500. It doubles with every attempt.
    pub base_delay_ms: u64,
    /// The upper bound of any wait the server did not ask for; 8,000.
    pub max_delay_ms: u64,
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

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Wait this long, then send the same request again.
    RetryAfter(Duration),
    /// Give up.
    GiveUp,
}

impl RetryPolicy {
    /// What to do after a failed attempt.
    ///
    /// - `attempts`: how many were made, this one included.
    /// - `remaining`: what is left of the time for the whole call, if that is bounded.
    /// - `random`: a number from 0 to 1, for full jitter: clients that failed
    ///   together must not come back together.
    pub fn decide(
        &self,
        error: &Error,
        attempts: u32,
        remaining: Option<Duration>,
        random: f64,
    ) -> Decision {
        let remaining = remaining.and_then(|left| u64::try_from(left.as_millis()).ok());
        let details = error.details();
        match self.wait_ms(details.retryable, details.retry_after_ms, attempts, remaining, random) {
            Some(wait_ms) => Decision::RetryAfter(Duration::from_millis(wait_ms)),
            None => Decision::GiveUp,
        }
    }

    /// The same in numbers: milliseconds to wait, or `None` to give up.
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
        // Waiting to the end of the time leaves none for the answer.
        Some(wait).filter(|wait| remaining_ms.is_none_or(|remaining| *wait < remaining))
    }

    fn backoff_ms(&self, attempts: u32, random: f64) -> u64 {
        let doublings = attempts.saturating_sub(1).min(32);
        let bound = self.base_delay_ms.saturating_mul(1_u64 << doublings).min(self.max_delay_ms);
        let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.5 };
        (bound as f64 * random) as u64
    }
}

/// The wait a `Retry-After` header asks for, in milliseconds: seconds or an
/// HTTP date (RFC 9110 section 10.2.3). `None` where it is neither.
///
/// `date` is the answer's own `Date` header: the difference of the two is right
/// even where the clock here is wrong. Without it `now_ms`, milliseconds since
/// 1970, stands in. A date in the past means no wait.
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
        // More digits than fit is a long time all the same.
        let seconds = header.bytes().fold(0_u64, |seconds, byte| {
            seconds.saturating_mul(10).saturating_add(u64::from(byte & 15))
        });
        return Some(seconds.saturating_mul(1000));
    }
    let until = http_date::unix_ms(header)?;
    let now = date.and_then(|date| http_date::unix_ms(date.trim())).unwrap_or(now_ms);
    Some(until.saturating_sub(now))
}
