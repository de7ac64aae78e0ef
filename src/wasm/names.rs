//! The names that Rust and JavaScript share. Each is interned once per instance, so
//! asking for a member by name passes a number and no text.

use super::imports;
use crate::rules::patch::TEXT_FIELDS;

/// In the order of their handles, beginning with 1. The rules' own names come first:
/// they are looked up by text.
const NAMES: &[&str] = &[
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
pub(crate) const NULL: u32 = NAMES.len() as u32 + 1;

/// Passes the names to JavaScript, once per instance.
pub(crate) fn intern() {
    for name in NAMES {
        imports::intern(name.as_ptr(), name.len());
    }
    imports::intern_null();
}

/// The name with that handle.
pub(crate) fn text(handle: u32) -> &'static str {
    let index = usize::try_from(handle).ok().and_then(|handle| handle.checked_sub(1));
    index.and_then(|index| NAMES.get(index)).copied().unwrap_or_default()
}

/// The handle of a name; 0 if it is not listed.
pub(crate) const fn handle(name: &str) -> u32 {
    let mut rest = NAMES;
    let mut handle = 1_u32;
    while let [first, others @ ..] = rest {
        if equal(first.as_bytes(), name.as_bytes()) {
            return handle;
        }
        rest = others;
        handle = handle.wrapping_add(1);
    }
    0
}

const fn equal(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([x, more_a @ ..], [y, more_b @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (more_a, more_b);
    }
    a.is_empty() && b.is_empty()
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
