//! What a client reports of an attempt: an answer, or how it failed.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use serde_json::Value;

use crate::http::attempt::{End, Head, MAX_BODY_BYTES, NotADocument, reads_body};
use crate::http::request::ApiKey;
use crate::http::retry::{retry_after_ms, whole_ms};
use crate::native::value::{Native, parse};

/// The result of an attempt.
///
/// ```
/// use std::time::Duration;
/// use palm_user::{Answer, Attempt};
///
/// let _ = Attempt::answered(Answer::new(200, b"{}".to_vec()));
/// // The connection broke after the head of an answer:
/// let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
/// let _ = Attempt::lost().amid(Answer::new(503, Vec::new())).caused_by(broken);
/// let _ = Attempt::timed_out(Duration::from_secs(30));
/// let _ = Attempt::aborted();
/// ```
#[derive(Clone)]
pub struct Attempt {
    pub(super) answer: Option<Answer>,
    pub(super) end: Ended,
    pub(super) source: Option<Arc<dyn core::error::Error + Send + Sync>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Answered,
    /// With the system's code, if known.
    Lost(Option<String>),
    TimedOut(Duration),
    Aborted,
}

impl Attempt {
    /// The answer arrived completely.
    pub fn answered(answer: Answer) -> Self {
        Attempt { answer: Some(answer), end: Ended::Answered, source: None }
    }

    /// The connection failed or broke.
    pub fn lost() -> Self {
        Attempt { answer: None, end: Ended::Lost(None), source: None }
    }

    /// [`Attempt::lost`] with the system's code, if known.
    #[cfg(all(feature = "fetch", target_arch = "wasm32"))]
    pub(crate) fn lost_with(code: Option<String>) -> Self {
        Attempt { answer: None, end: Ended::Lost(code), source: None }
    }

    /// It took longer than `limit`.
    pub fn timed_out(limit: Duration) -> Self {
        Attempt { answer: None, end: Ended::TimedOut(limit), source: None }
    }

    /// The caller aborted it.
    pub fn aborted() -> Self {
        Attempt { answer: None, end: Ended::Aborted, source: None }
    }

    /// Adds the status and headers of an answer whose body did not arrive completely.
    #[must_use]
    pub fn amid(mut self, answer: Answer) -> Self {
        self.answer = Some(answer);
        self
    }

    /// Adds the client's own error, which becomes the [`source`](core::error::Error::source)
    /// of the [`Error`](crate::Error). It must hold neither the key nor the patch.
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

/// An HTTP answer. `Debug` shows only its status.
///
/// With the feature `http` it can be made from an `http::Response`.
///
/// ```
/// use palm_user::Answer;
///
/// let answer = Answer::new(200, br#"{"object": "user"}"#.to_vec())
///     .header("Content-Type", "application/json");
/// assert_eq!(format!("{answer:?}"), "Answer { status: 200, .. }");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// An answer without headers.
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        Answer { status, headers: Vec::new(), body }
    }

    /// Adds a header. `Content-Type`, `Content-Length`, `Retry-After`, `Date`,
    /// `X-Request-Id` and `Request-Id` are used; all others are ignored.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    #[cfg(any(feature = "http", all(feature = "fetch", target_arch = "wasm32")))]
    pub(crate) fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// Whether the body is worth reading.
    pub(crate) fn reads_body(&self) -> bool {
        reads_body(self.status, self.get("content-type"))
    }

    /// The part of the answer before its body.
    pub(super) fn head(&self, key: Option<&ApiKey>, now: Duration) -> Head {
        let id = self.get("x-request-id").or_else(|| self.get("request-id"));
        let wait = self.get("retry-after");
        let wait = wait.and_then(|wait| retry_after_ms(wait, self.get("date"), whole_ms(now)));
        Head::new(self.status, id.map(ToOwned::to_owned), key.map(ApiKey::expose), wait)
    }

    /// How an attempt with this answer ended. Puts the document of its body in `document`.
    pub(super) fn end<'d>(&self, document: &'d mut Option<Value>) -> End<'d, Native<'d>> {
        if !self.reads_body() {
            return End::Answered(Err(NotADocument::NotJson));
        }
        if self.body.len() > MAX_BODY_BYTES {
            return End::Answered(Err(NotADocument::TooLarge));
        }
        match parse(&self.body) {
            Ok(value) => End::Answered(Ok(Native::read(document.insert(value)))),
            Err(_) => {
                let start = self.body.trim_ascii_start().first().copied();
                End::not_json(self.status, self.get("content-length"), start)
            }
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
