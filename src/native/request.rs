//! The options of a call, and the request made from them.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::error::{Error, Message};
use crate::http::attempt::Action;
use crate::http::request::{
    ACCEPT, ApiKey, CONTENT_TYPE, DEFAULT_BASE_URL, METHOD, UrlParts, base_url, check_header,
    user_path,
};
use crate::http::retry::RetryPolicy;
use crate::native::check::check;
use crate::native::patch::UserPatch;
use crate::native::user::User;
use crate::rules::limits::Limits;

/// The options of a call. They are checked when the call is made.
///
/// ```
/// use std::time::Duration;
/// use palm_user::{ApiKey, CallOptions, Limits, RetryPolicy};
///
/// let options = CallOptions::new()
///     .api_key(ApiKey::parse("sk_test_0000")?)
///     .limits(Limits::default().max_value_length(500))
///     .retry(RetryPolicy::default().max_retries(4))
///     .timeout(Duration::from_secs(5))
///     .total_timeout(Duration::from_secs(20));
///
/// // Your own gateway adds the key:
/// let gateway = CallOptions::new()
///     .base_url("https://app.example.com/api/palm")
///     .header("authorization", "Bearer of-the-session");
/// # let user: palm_user::User = r#"{"id": "1", "object": "user", "created_at": "", "updated_at": "",
/// #     "metadata": {}, "status": "active"}"#.parse()?;
/// // With the user, metadata keys are counted after the merge:
/// let options = options.current(user);
/// # let _ = (options, gateway);
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone)]
pub struct CallOptions {
    pub(crate) base_url: String,
    pub(crate) api_key: Option<ApiKey>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) limits: Limits,
    pub(crate) current: Option<User>,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
    pub(crate) total_timeout: Option<Duration>,
}

impl Default for CallOptions {
    fn default() -> Self {
        CallOptions {
            base_url: DEFAULT_BASE_URL.to_owned(),
            api_key: None,
            headers: Vec::new(),
            limits: Limits::default(),
            current: None,
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(30),
            total_timeout: None,
        }
    }
}

impl CallOptions {
    /// The defaults: a call to Palm itself, which needs a key, with two retries.
    pub fn new() -> Self {
        CallOptions::default()
    }

    /// Where the call goes: https, or http on a loopback host. [`DEFAULT_BASE_URL`] by default.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// The secret key. Without one, `base_url` must be a gateway that adds it.
    #[must_use]
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.api_key = Some(key);
        self
    }

    /// Adds a header, such as a session's `authorization` for a gateway.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How large a patch may be.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The current user, so that metadata keys are counted in the merged result.
    #[must_use]
    pub fn current(mut self, user: User) -> Self {
        self.current = Some(user);
        self
    }

    /// How often the call is retried, and how long it waits in between.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The time limit for one attempt, its body included; 30 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time limit for the whole call, waits included; none by default.
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }
}

/// Shows neither the key nor the headers.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("base_url", &self.base_url)
            .field("api_key", &self.api_key)
            .field("limits", &self.limits)
            .field("retry", &self.retry)
            .field("timeout", &self.timeout)
            .field("total_timeout", &self.total_timeout)
            .finish_non_exhaustive()
    }
}

/// A checked request. `Debug` shows neither the key nor the body.
///
/// With the feature `http` it can be converted into an `http::Request` for any client.
///
/// ```
/// use palm_user::{ApiKey, Call, CallOptions, UserPatch};
///
/// let options = CallOptions::new().api_key(ApiKey::parse("sk_test_0000")?);
/// let call = Call::update_user("palm_usr_1a2b", &UserPatch::new().remove("notes"), &options)?;
/// let request = call.request();
/// assert_eq!(request.method, "PATCH");
/// assert_eq!(request.body.as_deref(), Some(r#"{"metadata":{"notes":null}}"#));
/// assert!(request.headers.contains(&("authorization".into(), "Bearer sk_test_0000".into())));
/// assert!(!format!("{request:?}").contains("sk_test"));
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// `PATCH` or `GET`.
    pub method: &'static str,
    /// An absolute URL.
    pub url: String,
    /// Names are in lower case; `authorization` holds the key.
    pub headers: Vec<(String, String)>,
    /// JSON in UTF-8; `None` for a `GET`.
    pub body: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// Checks everything, and returns the request of a call.
    pub(crate) fn new(
        user_id: &str,
        patch: Option<&UserPatch>,
        options: &CallOptions,
    ) -> Result<(Request, Action), Error> {
        let path = user_path(user_id)?;
        let base = base_url(parse_url(&options.base_url, options.api_key.is_some()))?;
        let mut headers = headers(options, &base)?;
        headers.push(("accept".to_owned(), ACCEPT.to_owned()));
        let Some(patch) = patch else {
            let request =
                Request { method: "GET", url: format!("{base}{path}"), headers, body: None };
            return Ok((request, Action::Read));
        };
        headers.push(("content-type".to_owned(), CONTENT_TYPE.to_owned()));
        let patch = patch.as_value();
        check(patch, options.current.as_ref().map(User::as_value), &options.limits)?;
        let body = Some(patch.to_string());
        let request = Request { method: METHOD, url: format!("{base}{path}"), headers, body };
        Ok((request, Action::Update))
    }
}

/// The caller's headers, and the header with the key.
fn headers(options: &CallOptions, base: &str) -> Result<Vec<(String, String)>, Error> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in &options.headers {
        check_header(name, value, options.api_key.is_some())?;
        let name = name.to_ascii_lowercase();
        if headers.iter().any(|(known, _)| *known == name) {
            return Err(Error::not_sent(Message::HeaderTwice));
        }
        headers.push((name, value.clone()));
    }
    match &options.api_key {
        Some(key) => headers.push(("authorization".to_owned(), key.authorization())),
        // Palm answers no request without a key.
        None if base == DEFAULT_BASE_URL
            && !headers.iter().any(|(name, _)| name == "authorization") =>
        {
            return Err(Error::not_sent(Message::KeyMissing));
        }
        None => {}
    }
    Ok(headers)
}

/// Uses the platform's own parser, which every JavaScript runtime has.
#[cfg(all(feature = "fetch", target_arch = "wasm32"))]
fn parse_url(url: &str, has_key: bool) -> Option<UrlParts> {
    crate::fetch::parse_url(url, has_key)
}

#[cfg(not(all(feature = "fetch", target_arch = "wasm32")))]
fn parse_url(url: &str, _has_key: bool) -> Option<UrlParts> {
    let url = url::Url::parse(url).ok()?;
    let hostname = url.host_str().unwrap_or_default().to_owned();
    Some(UrlParts {
        protocol: format!("{}:", url.scheme()),
        host: match url.port() {
            Some(port) => format!("{hostname}:{port}"),
            None => hostname.clone(),
        },
        hostname,
        pathname: url.path().to_owned(),
        has_credentials: !url.username().is_empty() || url.password().is_some(),
        has_query_or_fragment: url.query().is_some() || url.fragment().is_some(),
        is_own: false,
    })
}
