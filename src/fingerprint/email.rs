//! One form for the spellings of an e-mail address.
//!
//! Trimmed and lower-cased, nothing else. RFC 5321 section 2.4 lets the local
//! part be case-sensitive; no provider of note treats it so.

use alloc::borrow::Cow;
use alloc::string::String;

use super::Fault;
use crate::issue::IssueCode;

/// RFC 5321 section 4.5.3.1: 64 octets, `@`, 255 octets.
const MAX_OCTETS: usize = 320;

pub(super) fn normalise(value: &str) -> Result<Cow<'_, str>, Fault> {
    if is_plain(value.as_bytes()) {
        return Ok(lower_case(value));
    }
    let trimmed = value.trim_matches(is_space);
    let (local, domain) = trimmed.rsplit_once('@').ok_or(fault(match trimmed {
        "" => "An e-mail address is empty.",
        _ => "An e-mail address has no @.",
    }))?;
    if local.is_empty() {
        return Err(fault("An e-mail address has nothing before its @."));
    }
    if domain.is_empty() {
        return Err(fault("An e-mail address has nothing after its @."));
    }
    // Only a quoted local part may hold an @ or a space (RFC 5321 section 4.1.2).
    let quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
    if !quoted && local.contains('@') {
        return Err(fault("An e-mail address has more than one @."));
    }
    let spaced = |part: &str| part.contains(is_space);
    if spaced(domain) || (!quoted && spaced(local)) {
        return Err(fault("An e-mail address has a space in it."));
    }
    if trimmed.contains(char::is_control) {
        return Err(fault("An e-mail address has a control character in it."));
    }
    if trimmed.len() > MAX_OCTETS {
        return Err(fault("An e-mail address is longer than 320 bytes."));
    }
    Ok(lower_case(trimmed))
}

/// Whether an address passes all that [`normalise`] looks for, as nearly every
/// one does: visible ASCII, and one @ with something on either side.
fn is_plain(value: &[u8]) -> bool {
    let mut ats = 0_usize;
    for byte in value {
        if !byte.is_ascii_graphic() {
            return false;
        }
        ats = ats.wrapping_add(usize::from(*byte == b'@'));
    }
    ats == 1 && !value.starts_with(b"@") && !value.ends_with(b"@") && value.len() <= MAX_OCTETS
}

/// White space of Unicode, and the byte order mark that spreadsheets leave.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn lower_case(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return Cow::Owned(unicode_lower_case(text));
    }
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    }
}

/// Unicode's full lower-case mapping (Unicode section 3.13), which both
/// platforms have; the cases hold them to the same answers.
fn unicode_lower_case(text: &str) -> String {
    #[cfg(all(feature = "wasm", target_arch = "wasm32"))]
    return crate::wasm::lower_case(text);
    #[cfg(not(all(feature = "wasm", target_arch = "wasm32")))]
    return text.to_lowercase();
}

fn fault(message: &'static str) -> Fault {
    Fault { code: IssueCode::InvalidEmail, message }
}
