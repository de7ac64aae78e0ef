//! The names that Rust and JavaScript share. Each is interned once per instance, so
//! asking for a member by name passes a number and no text.

use super::imports;
use crate::fingerprint::FingerprintKind;
use crate::rules::patch::TEXT_FIELDS;

/// One text, with a line break after each name, and their number.
macro_rules! names {
    ($($name:literal,)*) => {
        const NAMES: &str = concat!($($name, "\n"),*);
        const COUNT: u32 = [$($name),*].len() as u32;
    };
}

// In the order of their handles, beginning with 1. The rules' own names come first:
// they are looked up by text.
names![
    "metadata",
    "display_name",
    "status",
    "active",
    "id",
    "object",
    "created_at",
    "updated_at",
    "user",
    "",
    "exact",
    "email",
    "phone",
    "uid2_email",
    "uid2_phone",
    "meta_email",
    "meta_phone",
    "google_email",
    "google_phone",
    // reports and errors
    "attempts",
    "requestId",
    "retryAfterMs",
    "patch",
    "report",
    "lossy",
    "not_sent",
    "rejected",
    "unknown",
    "applied",
    // options
    "current",
    "limits",
    "maxKeys",
    "maxKeyLength",
    "maxValueLength",
    "maxDisplayNameLength",
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
    // of a signal and a URL
    "aborted",
    "addEventListener",
    "removeEventListener",
    "protocol",
    "hostname",
    "host",
    "pathname",
    "username",
    "password",
    "search",
    "hash",
    "isOwn",
    // between the call's rules and its plumbing
    "url",
    "init",
    "method",
    "redirect",
    "fault",
    "answer",
    "retryAfter",
    "date",
    "systemCode",
    "contentLength",
    "bodyStart",
    "previous",
    "now",
    "remainingMs",
    "random",
    "waitMs",
    "network",
    "timeout",
    "too_large",
    "not_json",
    "error",
    "isGateway",
    // of problem details
    "type",
    "outcome",
];

/// The handle of null, which follows the names.
pub(crate) const NULL: u32 = COUNT + 1;

/// Passes the names to JavaScript, once per instance.
pub(crate) fn intern() {
    imports::intern(NAMES.as_ptr(), NAMES.len());
}

/// The name with that handle; no text for any other number.
pub(crate) fn text(handle: u32) -> &'static str {
    let (mut number, mut start) = (1, 0);
    for (at, byte) in NAMES.bytes().enumerate() {
        if byte == b'\n' {
            if number == handle {
                return NAMES.get(start..at).unwrap_or_default();
            }
            number = number.wrapping_add(1);
            start = at.wrapping_add(1);
        }
    }
    ""
}

const FIRST_KIND: u32 = handle("exact");

/// The kind of fingerprint whose name has that handle.
#[inline(always)]
pub(crate) fn kind(handle: u32) -> Option<FingerprintKind> {
    let index = usize::try_from(handle.wrapping_sub(FIRST_KIND)).ok()?;
    FingerprintKind::KINDS.get(index).copied()
}

/// The handle of a name; 0 if it is not listed.
pub(crate) const fn handle(name: &str) -> u32 {
    let mut rest = NAMES.as_bytes();
    let mut handle = 1_u32;
    let mut left = Some(name.as_bytes());
    while let [byte, others @ ..] = rest {
        left = match left {
            Some([]) if *byte == b'\n' => return handle,
            Some([first, more @ ..]) if *first == *byte => Some(more),
            _ => None,
        };
        if *byte == b'\n' {
            handle = handle.wrapping_add(1);
            left = Some(name.as_bytes());
        }
        rest = others;
    }
    0
}

/// The handle of a name. A name that is not listed does not compile.
macro_rules! name {
    ($name:literal) => {
        const {
            let handle = $crate::wasm::names::handle($name);
            assert!(handle != 0, "src/wasm/names.rs does not list the name");
            handle
        }
    };
}
pub(crate) use name;

/// The rules look text fields up by name, so each must be listed.
const _: () = {
    let mut rest = TEXT_FIELDS.as_slice();
    while let [field, others @ ..] = rest {
        assert!(handle(field.name) != 0, "src/wasm/names.rs does not list a text field");
        rest = others;
    }
};

/// [`kind`] takes the kinds of fingerprints to be listed in their order.
const _: () = {
    let (mut rest, mut next) = (FingerprintKind::KINDS.as_slice(), FIRST_KIND);
    while let [kind, others @ ..] = rest {
        assert!(
            handle(kind.as_str()) == next,
            "src/wasm/names.rs lists the kinds in another order"
        );
        (rest, next) = (others, next.wrapping_add(1));
    }
};
