//! One form for the spellings of an e-mail address.
//!
//! Without invisible marks, trimmed and lower-cased, nothing else. RFC 5321 section 2.4 lets the local
//! part be case-sensitive; no provider of note treats it so.

use alloc::borrow::Cow;
use alloc::string::String;

use super::is_invisible;
use crate::rules::issue::Message;

/// RFC 5321 section 4.5.3.1: 64 octets, `@`, 255 octets.
const MAX_OCTETS: usize = 320;

pub(super) fn normalise(
    value: &str,
    lower_case: fn(&str) -> String,
) -> Result<Cow<'_, str>, Message> {
    match ascii_case(value.as_bytes()) {
        Case::Lower => Ok(Cow::Borrowed(value)),
        Case::Mixed => Ok(Cow::Owned(value.to_ascii_lowercase())),
        Case::Other => normalise_any(value, lower_case).map(Cow::Owned),
    }
}

/// The same without what some providers ignore in the local part, at these domains:
/// dots, and a `+` with what follows it. Both vendors' pages are named in `fingerprint.json`.
pub(super) fn without_alias<'a>(
    value: &'a str,
    lower_case: fn(&str) -> String,
    domains: &[&str],
) -> Result<Cow<'a, str>, Message> {
    let address = normalise(value, lower_case)?;
    let Some((local, domain)) = address.rsplit_once('@') else { return Ok(address) };
    if !domains.contains(&domain) {
        return Ok(address);
    }
    let name: String = local.chars().take_while(|c| *c != '+').filter(|c| *c != '.').collect();
    if name.is_empty() {
        return Err(Message::EmailNoLocalPart);
    }
    Ok(Cow::Owned([&name, "@", domain].concat()))
}

fn normalise_any(value: &str, lower_case: fn(&str) -> String) -> Result<String, Message> {
    let visible: String = value.chars().filter(|c| !is_invisible(*c)).collect();
    let trimmed = visible.trim();
    let (local, domain) = trimmed.rsplit_once('@').ok_or(match trimmed {
        "" => Message::EmailEmpty,
        _ => Message::EmailNoAt,
    })?;
    if local.is_empty() {
        return Err(Message::EmailNoLocalPart);
    }
    if domain.is_empty() {
        return Err(Message::EmailNoDomain);
    }
    // Only a quoted local part may hold an @ or a space (RFC 5321 section 4.1.2).
    let quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
    if !quoted && local.contains('@') {
        return Err(Message::EmailTwoAts);
    }
    let spaced = |part: &str| part.contains(char::is_whitespace);
    if spaced(domain) || (!quoted && spaced(local)) {
        return Err(Message::EmailSpace);
    }
    if trimmed.contains(char::is_control) {
        return Err(Message::EmailControl);
    }
    let lower = lower_case(trimmed);
    if lower.len() > MAX_OCTETS { Err(Message::EmailLong) } else { Ok(lower) }
}

/// The same for an address that is plain, where it is; false for any other.
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(super) fn normalise_in_place(value: &mut [u8]) -> bool {
    let case = ascii_case(value);
    if case == Case::Mixed {
        let (words, rest) = value.as_chunks_mut::<8>();
        for bytes in words {
            let word = u64::from_le_bytes(*bytes);
            *bytes = (word | (upper_case(word) >> 2)).to_le_bytes();
        }
        for byte in rest {
            byte.make_ascii_lowercase();
        }
    }
    case != Case::Other
}

/// Whether an address passes all that [`normalise_any`] looks for, as nearly all
/// do: visible ASCII, and one @ with something on either side.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    Other,
    Lower,
    Mixed,
}

#[inline(always)]
fn ascii_case(value: &[u8]) -> Case {
    let (words, rest) = value.as_chunks::<8>();
    // The last word is filled up with letters, which change nothing.
    let mut last = each(b'a');
    for byte in rest.iter().rev() {
        last = (last << 8) | u64::from(*byte);
    }
    let (mut graphic, mut ats, mut upper) = (all_graphic(last), at_signs(last), upper_case(last));
    for bytes in words {
        let word = u64::from_le_bytes(*bytes);
        graphic &= all_graphic(word);
        ats = ats.wrapping_add(at_signs(word));
        upper |= upper_case(word);
    }
    let has_sides = value.first() != Some(&b'@') && value.last() != Some(&b'@');
    if graphic && ats == 1 && has_sides && value.len() <= MAX_OCTETS {
        if upper == 0 { Case::Lower } else { Case::Mixed }
    } else {
        Case::Other
    }
}

/// The top bit of each of eight bytes. A sum of bytes below it has it where the
/// byte is large enough, and carries nothing over.
const TOP: u64 = each(0x80);

const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The top bits of the bytes that are not below `least`, given that all are ASCII.
#[inline(always)]
fn at_least(word: u64, least: u8) -> u64 {
    word.wrapping_add(each(0x80_u8.wrapping_sub(least))) & TOP
}

/// ASCII that is neither a space nor a control character.
#[inline(always)]
fn all_graphic(word: u64) -> bool {
    word & TOP == 0 && at_least(word, b'!') & !at_least(word, 0x7f) == TOP
}

#[inline(always)]
fn at_signs(word: u64) -> u32 {
    (at_least(word, b'@') & !at_least(word, b'@' + 1)).count_ones()
}

#[inline(always)]
fn upper_case(word: u64) -> u64 {
    at_least(word, b'A') & !at_least(word, b'Z' + 1)
}

#[cfg(test)]
mod tests {
    use super::{Message, normalise_in_place};
    use alloc::borrow::Cow;
    use alloc::string::{String, ToString};
    use proptest::prelude::*;

    fn normalise_any(value: &str) -> Result<String, Message> {
        super::normalise_any(value, str::to_lowercase)
    }

    fn normalise(value: &str) -> Result<Cow<'_, str>, Message> {
        super::normalise(value, str::to_lowercase)
    }

    fn check(value: &str) {
        assert_eq!(normalise(value).map(Cow::into_owned), normalise_any(value), "{value:?}");
        let mut bytes = value.as_bytes().to_vec();
        match normalise_in_place(&mut bytes) {
            true => assert_eq!(bytes, normalise_any(value).unwrap().as_bytes(), "{value:?}"),
            false => assert_eq!(bytes, value.as_bytes()),
        }
    }

    /// Every character of ASCII at every place among eight bytes, and the longest address.
    #[test]
    fn each_byte() {
        for byte in 0..128_u8 {
            for before in 0..9 {
                check(&["a".repeat(before), char::from(byte).into(), "b@C.d".into()].concat());
                check(&["a@", &"b".repeat(before), &char::from(byte).to_string()].concat());
            }
        }
        for length in 316..320 {
            check(&["Ab@", &"c".repeat(length)].concat());
        }
        assert_eq!(normalise("a@b"), Ok(Cow::Borrowed("a@b")));
    }

    proptest! {
        #[test]
        fn any_address(value in "[a-cA-C.+]{0,20}@?[!-~]{0,20}|.{0,30}") {
            check(&value);
        }
    }
}
