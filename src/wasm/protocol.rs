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
    "metadata",
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
pub(crate) const VALIDATE_OPTIONS: &[&str] = &["current", "limits", "metadata"];
pub(crate) const APPLY_OPTIONS: &[&str] = &["limits", "metadata"];

/// There is no such value.
pub(crate) const ABSENT: u32 = u32::MAX;

/// The byte of a member or a text field, above the kind of its value.
pub(crate) mod of_member {
    /// The user has the key.
    pub(crate) const STORED: u8 = 64;
    /// The user has the same value.
    pub(crate) const SAME: u8 = 128;
    /// The patch does not have the field.
    pub(crate) const NONE: u8 = 255;
}

/// What is asked of `judge`: a report or, without it, a result.
pub(crate) mod of_call {
    pub(crate) const IS_REPORT: u32 = 1;
    pub(crate) const HAS_LIMITS: u32 = 2;
    /// The user's status is a string other than `active`.
    pub(crate) const IS_INACTIVE: u32 = 4;
}

/// What `judge` answers: 0 where it has to be looked at closely.
pub(crate) mod of_judgement {
    pub(crate) const PLAIN: u32 = 1;
    pub(crate) const NEW_METADATA: u32 = 2;
    /// The first text field changes; the next bits are the next fields.
    pub(crate) const NEW_TEXT: u32 = 4;
}
