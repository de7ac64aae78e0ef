//! The call for Rust callers: the request to send with any HTTP client, and
//! the meaning of its answer.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use serde_json::Value;
use url::Url;

use crate::error::{Error, Message, Outcome, Problem};
use crate::http::answer::{Verdict, failed, not_a_user, verdict};
use crate::http::request::{
    ACCEPT, ApiKey, CONTENT_TYPE, METHOD, UrlParts, base_url, check_header, user_path,
};
use crate::native::user::{User, UserPatch};
use crate::native::value::Native;
use crate::rules::limits::Limits;
use crate::rules::operations::valid;
use crate::rules::patch::Patch;
use crate::rules::validate::Scope;

/// A request that has been checked. Its `Debug` form hides the key and the body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// `PATCH`.
    pub method: &'static str,
    /// Absolute.
    pub url: String,
    /// Names in lower case; the key is in `authorization`.
    pub headers: Vec<(String, String)>,
    /// JSON in UTF-8.
    pub body: String,
}

impl Request {
    /// The request with one more header.
    ///
    /// # Errors
    ///
    /// `InvalidOptions` where it is no header, or one the call sets itself.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        check_header(name, value, true)?;
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        Ok(self)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// The request that changes a user, checked before anything is sent.
///
/// # Errors
///
/// `InvalidPatch`, `InvalidUserId` or `InvalidOptions`, all with the outcome `NotSent`.
///
/// ```
/// use palm_user::{ApiKey, DEFAULT_BASE_URL, Limits, UserPatch, update_user_request};
///
/// let key = ApiKey::parse("sk_test_0000")?;
/// let patch = UserPatch::new().set("customer_tier", "premium");
/// let request =
///     update_user_request(DEFAULT_BASE_URL, &key, "palm_usr_1a2b", &patch, &Limits::default())?;
/// assert_eq!(request.url, "https://api.getpalm.com/v1/user/palm_usr_1a2b");
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn update_user_request(
    base: &str,
    key: &ApiKey,
    user_id: &str,
    patch: &UserPatch,
    limits: &Limits,
) -> Result<Request, Error> {
    let base = base_url(Url::parse(base).ok().map(|url| parts(&url)))?;
    let path = user_path(user_id)?;
    let body = patch.to_value();
    let _: Patch<_> = valid(&Native::read(&body), &Scope::Patch(limits))?;
    Ok(Request {
        method: METHOD,
        url: format!("{base}{path}"),
        headers: vec![
            ("authorization".to_owned(), key.authorization()),
            ("content-type".to_owned(), CONTENT_TYPE.to_owned()),
            ("accept".to_owned(), ACCEPT.to_owned()),
        ],
        body: body.to_string(),
    })
}

fn parts(url: &Url) -> UrlParts {
    let hostname = url.host_str().unwrap_or_default().to_owned();
    UrlParts {
        protocol: format!("{}:", url.scheme()),
        host: match url.port() {
            Some(port) => format!("{hostname}:{port}"),
            None => hostname.clone(),
        },
        hostname,
        pathname: url.path().to_owned(),
        has_credentials: !url.username().is_empty() || url.password().is_some(),
        has_query_or_fragment: url.query().is_some() || url.fragment().is_some(),
    }
}

/// The user in an answer, or what its status and body mean.
///
/// # Errors
///
/// The code and outcome of the status; `BadResponse` with the outcome
/// `Applied` for a success whose body is no user.
pub fn read_answer(status: u16, body: &[u8]) -> Result<User, Error> {
    match verdict(status) {
        Verdict::Success => user_in(body)
            .map_err(|fault| failed(Message::NotTheUser, Outcome::Applied, status, Some(fault))),
        Verdict::Failure { message, outcome, retryable } => {
            let mut error = failed(message, outcome, status, None);
            let details = error.details_mut();
            details.retryable = retryable;
            details.problem = serde_json::from_slice::<Problem>(body)
                .ok()
                .map(|problem| problem.redacted(&[]))
                .filter(|problem| !problem.is_empty());
            Err(error)
        }
    }
}

fn user_in(body: &[u8]) -> Result<User, &'static str> {
    let document: Value = serde_json::from_slice(body).map_err(|_| "it is not JSON")?;
    if let Some(fault) = not_a_user(&Native::read(&document)) {
        return Err(fault);
    }
    serde_json::from_value(document).map_err(|_| "a field has another type than Palm documents")
}
