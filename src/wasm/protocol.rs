//! The constants that JavaScript shares. `generate.rs` writes its copy.

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

/// The options of `getUser`: all but those for a patch.
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

/// Stands for a value that does not exist.
pub(crate) const ABSENT: u32 = u32::MAX;

/// The byte of a member or a text field: its value's kind in the low four bits, and these.
pub(crate) mod member {
    /// The user has the key.
    pub(crate) const STORED: u8 = 64;
    /// The user has the same value.
    pub(crate) const SAME: u8 = 128;
    /// The patch does not have the field.
    pub(crate) const NONE: u8 = 255;
}

/// The flags of `judgePatch`.
pub(crate) mod flag {
    /// The call wants a report; without this flag, a user.
    pub(crate) const IS_REPORT: u32 = 1;
    pub(crate) const HAS_LIMITS: u32 = 2;
    /// The user's status is a string other than `active`.
    pub(crate) const IS_INACTIVE: u32 = 4;
}

/// The bits that `judgePatch` returns; none if the patch needs the slow path.
pub(crate) mod judgement {
    pub(crate) const PLAIN: u32 = 1;
    pub(crate) const NEW_METADATA: u32 = 2;
    /// The first text field changes; the following bits are the other text fields.
    pub(crate) const NEW_TEXT: u32 = 4;
}
