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
use crate::text::{ParamName, Params, fill, messages, named};

named! {
    /// What went wrong. Codes are stable.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum ErrorCode {
        /// The patch breaks a rule; see the issues.
        InvalidPatch = "invalid_patch",
        /// The user ID cannot be one segment of a path.
        InvalidUserId = "invalid_user_id",
        /// A value that cannot be used: not an e-mail, not a phone number, not a user.
        InvalidValue = "invalid_value",
        /// The key is not of the form `sk_test_…` or `sk_live_…`.
        InvalidApiKey = "invalid_api_key",
        /// A secret key in a browser.
        UnsafeEnvironment = "unsafe_environment",
        /// An option of the call is wrong.
        InvalidOptions = "invalid_options",
        /// 400, or another 4xx without a code of its own.
        BadRequest = "bad_request",
        /// 401.
        Unauthorized = "unauthorized",
        /// 403.
        Forbidden = "forbidden",
        /// 404.
        NotFound = "not_found",
        /// 409 or 412.
        Conflict = "conflict",
        /// 429.
        RateLimited = "rate_limited",
        /// 5xx.
        ServerError = "server_error",
        /// No answer: the connection failed or broke.
        Network = "network",
        /// No answer in time, or a 408.
        Timeout = "timeout",
        /// The caller's signal was aborted.
        Aborted = "aborted",
        /// An answer that is not Palm's: a redirect, HTML, a document that is no user.
        BadResponse = "bad_response",
        /// Nobody is signed in, or the session has expired: 401 where no key was sent.
        SignedOut = "signed_out",
        /// A gateway does not let the caller act on this user.
        NotAllowed = "not_allowed",
        /// A gateway may not be called from pages of this origin.
        OriginNotAllowed = "origin_not_allowed",
        /// A field that a gateway does not let a page change; see the issues.
        FieldNotAllowed = "field_not_allowed",
        /// A body that a gateway does not take: it is too large.
        TooLarge = "too_large",
        /// A body that a gateway does not take: it is not `application/json`, or it is compressed.
        UnsupportedMediaType = "unsupported_media_type",
        /// A method that a gateway does not serve.
        MethodNotAllowed = "method_not_allowed",
        /// A path that a gateway does not serve; most likely the base URL is wrong.
        RouteNotFound = "route_not_found",
        /// A gateway's connection to Palm failed or broke.
        PalmUnreachable = "palm_unreachable",
        /// Palm did not accept the key of a gateway.
        PalmRefusedKey = "palm_refused_key",
        /// Palm did not answer a gateway in time.
        PalmTimeout = "palm_timeout",
        /// A gateway failed; its log has the reason under the request ID.
        GatewayFailed = "gateway_failed",
    }
}

/// The codes of what only the npm package can do: run the module, load it, and lose an instance of it.
#[cfg(test)]
pub(crate) const JAVASCRIPT_CODES: &[(&str, &str)] = &[
    (
        "unsupported_engine",
        " WebAssembly cannot run here; the message says which version or policy to set.",
    ),
    ("not_ready", " `palm-user/web` was used before its `init()`."),
    ("internal", " The stack or the memory was full; the next call starts afresh."),
];

named! {
    /// What the server can have done.
    ///
    /// The order is by how much: over several attempts the greatest counts.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Outcome {
        /// Nothing: no request left.
        NotSent = "not_sent",
        /// Nothing: it answered that it refused.
        Rejected = "rejected",
        /// The change may be stored, or may not.
        Unknown = "unknown",
        /// The change is stored.
        Applied = "applied",
    }
}

messages! {
    /// What an error says. `{at}` and `{issue}` are of its first issue.
    enum Message of ErrorCode {
        InvalidPatch: InvalidPatch = "The patch is invalid{at}: {issue}",
        UserIdNotText: InvalidUserId = "The user ID must be a well-formed string.",
        UserIdEmpty: InvalidUserId = "The user ID is empty.",
        UserIdDots: InvalidUserId = "The user ID is . or .., a step in a path.",
        NoPatch: InvalidValue = "No patch can express this{at}: {issue}",
        NotAUser: InvalidValue = "A user must be a plain object, received {actual}.",
        UnreadableUser: InvalidValue = "A getter or proxy threw when the user was read.",
        FingerprintKind: InvalidValue = "The kind of a fingerprint is exact, email, phone, or that of a vendor, such as uid2_email.",
        NotAnArray: InvalidValue = "fingerprintMany takes an array of strings.",
        Fingerprint: InvalidValue = "{issue}",
        FingerprintAt: InvalidValue = "Value {index}: {issue}",
        KeyNotText: InvalidApiKey = "The API key must be a string.",
        KeyCharacters: InvalidApiKey = "An API key is sk_test_ or sk_live_ and then letters, digits, _ or -.",
        KeyWhiteSpace: InvalidApiKey = "The API key has white space around it.",
        KeyPrefix: InvalidApiKey = "An API key starts with sk_test_ or sk_live_.",
        KeyMissing: InvalidApiKey = "There is no API key: give one, or set the base URL to a gateway of your own.",
        KeyUndefined: InvalidApiKey = "apiKey gave undefined. Is the environment variable set?",
        KeyFunction: InvalidApiKey = "The apiKey function failed.",
        KeyInBrowser: UnsafeEnvironment = "A secret key in a browser is readable by everybody; leave it out, and call a gateway of your own.",
        OptionsNotObject: InvalidOptions = "{name} must be a plain object.",
        OptionsUnreadable: InvalidOptions = "A getter or proxy threw when {name} was read.",
        OptionUnknown: InvalidOptions = "{name} has an unknown option; the known ones are {known}.",
        OptionMisspelt: InvalidOptions = "{name} has an unknown option; did you mean {suggestion}?",
        OptionType: InvalidOptions = "{name} must be {expected}.",
        OptionRange: InvalidOptions = "{name} must be a whole number from {min} to {max}.",
        UrlNotAbsolute: InvalidOptions = "The base URL must be an absolute URL or, on a page, a path such as /api/palm.",
        UrlNotHttps: InvalidOptions = "The base URL must be https; http is for loopback hosts such as localhost and, without a key, for the page's own origin.",
        UrlCredentials: InvalidOptions = "The base URL must not have a user name or password.",
        UrlQuery: InvalidOptions = "The base URL must not have a query or a fragment.",
        HeaderName: InvalidOptions = "The name of a header is not an HTTP token.",
        HeaderValue: InvalidOptions = "The header {name} has a character that a header cannot carry.",
        HeaderOwn: InvalidOptions = "The call sets the header {name} itself.",
        HeaderAuthorization: InvalidOptions = "There is an authorization header beside the API key; give one of them.",
        HeaderTwice: InvalidOptions = "A header is given twice.",
        BadRequest: BadRequest = "Status {status}: the server refused the request.",
        Unauthorized: Unauthorized = "Status {status}: Palm does not accept the API key.",
        Forbidden: Forbidden = "Status {status}: the API key may not change this user.",
        NotFound: NotFound = "Status {status}: there is no such user.",
        Conflict: Conflict = "Status {status}: the user changed meanwhile.",
        RateLimited: RateLimited = "Status {status}: too many requests.",
        ServerError: ServerError = "Status {status}: the server failed; the change may be stored or not.",
        RequestTimeout: Timeout = "Status {status}: the server gave up waiting for the request.",
        Network: Network = "The connection failed or broke.",
        NetworkCode: Network = "The connection failed or broke ({reason}).",
        Timeout: Timeout = "No whole answer within {limit} ms.",
        KeyTimeout: Timeout = "The apiKey function took longer than totalTimeoutMs.",
        Aborted: Aborted = "The call was aborted by its signal.",
        NotAnAnswer: BadResponse = "Status {status}: the answer is a redirect or no HTTP answer to this call.",
        NotAUserDocument: BadResponse = "The document is no user: {reason}.",
        ReadFailed: ServerError = "Status {status}: the server failed.",
        ForbiddenHere: Forbidden = "Status {status}: the server does not allow this.",
        NotAUserRead: BadResponse = "Status {status}: the answer is no user: {reason}.",
        SignedOut: SignedOut = "Status {status}: nobody is signed in, or the session has expired.",
        NotAllowed: NotAllowed = "Status {status}: the gateway refused the request.",
        OriginNotAllowed: OriginNotAllowed = "Status {status}: the gateway refused the request.",
        FieldNotAllowed: FieldNotAllowed = "Status {status}: the gateway refused the request.",
        TooLarge: TooLarge = "Status {status}: the gateway refused the request.",
        UnsupportedMediaType: UnsupportedMediaType = "Status {status}: the gateway refused the request.",
        MethodNotAllowed: MethodNotAllowed = "Status {status}: the gateway refused the request.",
        RouteNotFound: RouteNotFound = "Status {status}: the gateway refused the request.",
        PatchRefused: InvalidPatch = "Status {status}: the gateway refused the request.",
        UserIdRefused: InvalidUserId = "Status {status}: the gateway refused the request.",
        AnswerRefused: BadResponse = "Status {status}: the gateway failed.",
        PalmUnreachable: PalmUnreachable = "Status {status}: the gateway failed.",
        PalmRefusedKey: PalmRefusedKey = "Status {status}: the gateway failed.",
        PalmTimeout: PalmTimeout = "Status {status}: the gateway failed.",
        GatewayFailed: GatewayFailed = "Status {status}: the gateway failed.",
        NotTheUser: BadResponse = "Status {status}: the change is stored, but the answer is no user: {reason}.",
    }
}

/// Problem details (RFC 9457): the server's own account of a failure.
///
/// Its `Debug` form shows the status alone: the texts may repeat what was sent.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Problem {
    /// A URI that names the kind: `https://api.getpalm.com/problems/validation_error`.
    #[cfg_attr(
        feature = "json",
        serde(rename = "type", skip_serializing_if = "Option::is_none", default)
    )]
    pub kind: Option<String>,
    /// The kind in words.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none", default))]
    pub title: Option<String>,
    /// The HTTP status, as the document gives it.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none", default))]
    pub status: Option<u16>,
    /// What happened this time.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none", default))]
    pub detail: Option<String>,
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem").field("status", &self.status).finish_non_exhaustive()
    }
}

/// A failure of this crate. It holds neither the key nor a value of the patch.
///
/// What the server said is in [`Error::problem`] alone, and not in the `Display`
/// and `Debug` forms: a server may repeat what it was sent.
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
    /// A gateway explains the failure: the npm package takes its sentence for the message.
    pub(crate) is_gateway: bool,
    pub(crate) issues: Vec<Issue>,
    #[cfg(feature = "json")]
    pub(crate) source: Option<Source>,
}

/// The error of an HTTP client.
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

    /// How many requests were sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The ID that the last answer gave to the request, for Palm's support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the last answer asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after_ms.map(Duration::from_millis)
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

    /// The error that names something: an option, a header.
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

/// What a failed operation says: its message, and what is wrong in detail.
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

/// Where an issue lies. A key can be as long as anybody likes, a message cannot.
fn at(issue: &Issue) -> String {
    const LONGEST: usize = 80;
    if issue.pointer.is_empty() {
        return String::new();
    }
    match issue.pointer.char_indices().nth(LONGEST) {
        Some((end, _)) => [" at ", issue.pointer.get(..end).unwrap_or_default(), "…"].concat(),
        None => [" at ", &issue.pointer].concat(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fill(self.0.message.template(), |name| match (name, self.issues()) {
            ("at", [issue, ..]) => at(issue),
            ("issue", [issue, ..]) => issue.message.clone(),
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
