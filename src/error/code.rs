//! The codes of errors, their texts, and what the server may have done.

use crate::text::{messages, named};

named! {
    /// What went wrong. Codes are stable.
    ///
    /// ```
    /// use palm_user::ErrorCode;
    ///
    /// assert_eq!(ErrorCode::RateLimited.as_str(), "rate_limited");
    /// assert_eq!("rate_limited".parse(), Ok(ErrorCode::RateLimited));
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum ErrorCode {
        /// The patch breaks a rule; see the issues.
        InvalidPatch = "invalid_patch",
        /// The user ID cannot be one segment of a path.
        InvalidUserId = "invalid_user_id",
        /// A value that cannot be used: not an e-mail address, not a phone number, not a user.
        InvalidValue = "invalid_value",
        /// The key does not have the form `sk_test_…` or `sk_live_…`.
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
        /// An answer that is not Palm's: a redirect, HTML, a document that is not a user.
        BadResponse = "bad_response",
        /// Nobody is signed in, or the session has expired: 401 where no key was sent.
        SignedOut = "signed_out",
        /// A gateway does not let the caller act on this user.
        NotAllowed = "not_allowed",
        /// A gateway may not be called from pages of this origin.
        OriginNotAllowed = "origin_not_allowed",
        /// A gateway does not let a page change this field; see the issues.
        FieldNotAllowed = "field_not_allowed",
        /// A gateway refused the body: it is too large.
        TooLarge = "too_large",
        /// A gateway refused the body: it is not `application/json`, or it is compressed.
        UnsupportedMediaType = "unsupported_media_type",
        /// A gateway does not serve this method.
        MethodNotAllowed = "method_not_allowed",
        /// A gateway does not serve this path. The base URL is probably wrong.
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

/// The codes that only the npm package uses: for loading, running and replacing the module.
#[cfg(test)]
pub(crate) const JAVASCRIPT_CODES: &[(&str, &str)] = &[
    (
        "unsupported_engine",
        " WebAssembly cannot run here; the message names the version or policy that is needed.",
    ),
    ("not_ready", " `palm-user/web` was used before its `init()`."),
    ("internal", " The call ran out of stack or memory; the next one starts afresh."),
];

named! {
    /// What the server may have done.
    ///
    /// In ascending order: over several attempts, the greatest counts.
    ///
    /// ```
    /// use palm_user::Outcome;
    ///
    /// assert!(Outcome::Rejected < Outcome::Unknown);
    /// assert_eq!(Outcome::NotSent.as_str(), "not_sent");
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Outcome {
        /// Nothing: no request was sent.
        NotSent = "not_sent",
        /// Nothing: it refused the request.
        Rejected = "rejected",
        /// The change may or may not be stored.
        Unknown = "unknown",
        /// The change is stored.
        Applied = "applied",
    }
}

messages! {
    /// The texts of errors. `{at}` and `{issue}` come from the first issue.
    enum Message of ErrorCode {
        InvalidPatch: InvalidPatch = "The patch is invalid{at}: {issue}",
        UserIdNotText: InvalidUserId = "The user ID must be a well-formed string.",
        UserIdEmpty: InvalidUserId = "The user ID is empty.",
        UserIdDots: InvalidUserId = "The user ID is . or .., which a URL treats as a path step.",
        NoPatch: InvalidValue = "No patch can express this{at}: {issue}",
        NotAUser: InvalidValue = "A user must be a plain object, received {actual}.",
        UnreadableUser: InvalidValue = "A getter or proxy threw when the user was read.",
        FingerprintKind: InvalidValue = "The kind of a fingerprint must be exact, email, phone, or that of a vendor, such as uid2_email.",
        NotAnArray: InvalidValue = "fingerprintMany takes an array of strings.",
        Fingerprint: InvalidValue = "{issue}",
        FingerprintAt: InvalidValue = "Value {index}: {issue}",
        KeyNotText: InvalidApiKey = "The API key must be a string.",
        KeyCharacters: InvalidApiKey = "An API key is sk_test_ or sk_live_ followed by letters, digits, _ or -.",
        KeyWhiteSpace: InvalidApiKey = "The API key has white space around it.",
        KeyPrefix: InvalidApiKey = "An API key starts with sk_test_ or sk_live_.",
        KeyMissing: InvalidApiKey = "There is no API key. Pass one, or set the base URL to your own gateway.",
        KeyUndefined: InvalidApiKey = "apiKey returned undefined. Is the environment variable set?",
        KeyFunction: InvalidApiKey = "The apiKey function failed.",
        KeyInBrowser: UnsafeEnvironment = "Anyone can read a secret key in a browser. Leave it out, and call your own gateway.",
        OptionsNotObject: InvalidOptions = "{name} must be a plain object.",
        OptionsUnreadable: InvalidOptions = "A getter or proxy threw when {name} was read.",
        OptionUnknown: InvalidOptions = "{name} has an unknown option; known options are {known}.",
        OptionMisspelt: InvalidOptions = "{name} has an unknown option; did you mean {suggestion}?",
        OptionType: InvalidOptions = "{name} must be {expected}.",
        OptionRange: InvalidOptions = "{name} must be a whole number from {min} to {max}.",
        UrlNotAbsolute: InvalidOptions = "The base URL must be an absolute URL or, on a page, a path such as /api/palm.",
        UrlNotHttps: InvalidOptions = "The base URL must be https. http is allowed for loopback hosts such as localhost and, without a key, for the page's own origin.",
        UrlCredentials: InvalidOptions = "The base URL must not have a user name or password.",
        UrlQuery: InvalidOptions = "The base URL must not have a query or a fragment.",
        HeaderName: InvalidOptions = "The name of a header is not an HTTP token.",
        HeaderValue: InvalidOptions = "The header {name} has a character that is not allowed in a header.",
        HeaderOwn: InvalidOptions = "The call sets the header {name} itself.",
        HeaderAuthorization: InvalidOptions = "There is both an API key and an authorization header; give one of them.",
        HeaderTwice: InvalidOptions = "A header is given twice.",
        BadRequest: BadRequest = "Status {status}: the server refused the request.",
        Unauthorized: Unauthorized = "Status {status}: Palm does not accept the API key.",
        Forbidden: Forbidden = "Status {status}: the API key may not change this user.",
        NotFound: NotFound = "Status {status}: there is no such user.",
        Conflict: Conflict = "Status {status}: the user has changed in the meantime.",
        RateLimited: RateLimited = "Status {status}: too many requests.",
        ServerError: ServerError = "Status {status}: the server failed; the change may or may not be stored.",
        RequestTimeout: Timeout = "Status {status}: the server gave up waiting for the request.",
        Network: Network = "The connection failed or broke.",
        NetworkCode: Network = "The connection failed or broke ({reason}).",
        Timeout: Timeout = "The answer was not complete within {limit} ms.",
        KeyTimeout: Timeout = "The apiKey function took longer than totalTimeoutMs.",
        Aborted: Aborted = "The call was aborted by its signal.",
        NotAnAnswer: BadResponse = "Status {status}: the answer is a redirect, or not an HTTP answer to this call.",
        NotAUserDocument: BadResponse = "The document is not a user: {reason}.",
        ReadFailed: ServerError = "Status {status}: the server failed.",
        ForbiddenHere: Forbidden = "Status {status}: the server does not allow this.",
        NotAUserRead: BadResponse = "Status {status}: the answer is not a user: {reason}.",
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
        NotTheUser: BadResponse = "Status {status}: the change is stored, but the answer is not a user: {reason}.",
    }
}
