//! What JavaScript knows as well: `generate.rs` writes it down there.

/// The options of `updateUser`.
pub(crate) const CALL_OPTIONS: &[&str] = &[
    "apiKey",
    "baseUrl",
    "fetch",
    "signal",
    "timeoutMs",
    "totalTimeoutMs",
    "maxRetries",
    "maxRetryAfterMs",
    "headers",
    "current",
    "limits",
    "dangerouslyAllowBrowser",
    "onAttempt",
];

/// The options of `getUser`: all but what belongs to a patch.
pub(crate) const READ_OPTIONS: &[&str] = &[
    "apiKey",
    "baseUrl",
    "fetch",
    "signal",
    "timeoutMs",
    "totalTimeoutMs",
    "maxRetries",
    "maxRetryAfterMs",
    "headers",
    "dangerouslyAllowBrowser",
    "onAttempt",
];

/// The options of `validatePatch` and `applyPatch`.
pub(crate) const VALIDATE_OPTIONS: &[&str] = &["current", "limits"];
pub(crate) const APPLY_OPTIONS: &[&str] = &["limits"];

/// The members of `limits`.
pub(crate) const LIMITS: &[&str] =
    &["maxKeys", "maxKeyLength", "maxValueLength", "maxDisplayNameLength"];
