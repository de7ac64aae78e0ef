//! One form for the spellings of an e-mail address.
//!
//! Trimmed and lower-cased, nothing else. RFC 5321 section 2.4 lets the local
//! part be case-sensitive; no provider of note treats it so.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::rules::issue::Message;

/// RFC 5321 section 4.5.3.1: 64 octets, `@`, 255 octets.
const MAX_OCTETS: usize = 320;

pub(super) fn normalise(value: &str) -> Result<Cow<'_, str>, Message> {
    match plain(value.as_bytes()) {
        Plain::LowerCase => Ok(Cow::Borrowed(value)),
        Plain::MixedCase => Ok(Cow::Owned(value.to_ascii_lowercase())),
        Plain::Not => normalise_any(value),
    }
}

fn normalise_any(value: &str) -> Result<Cow<'_, str>, Message> {
    let trimmed = value.trim_matches(is_space);
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
    let spaced = |part: &str| part.contains(is_space);
    if spaced(domain) || (!quoted && spaced(local)) {
        return Err(Message::EmailSpace);
    }
    if trimmed.contains(char::is_control) {
        return Err(Message::EmailControl);
    }
    if trimmed.len() > MAX_OCTETS {
        return Err(Message::EmailLong);
    }
    Ok(lower_case(trimmed))
}

/// The same for an address that is plain, where it is; false for any other.
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(super) fn normalise_in_place(value: &mut [u8]) -> bool {
    let plain = plain(value);
    if plain == Plain::MixedCase {
        let (words, rest) = value.as_chunks_mut::<8>();
        for bytes in words {
            let word = u64::from_le_bytes(*bytes);
            *bytes = (word | (upper_case(word) >> 2)).to_le_bytes();
        }
        for byte in rest {
            byte.make_ascii_lowercase();
        }
    }
    plain != Plain::Not
}

/// Whether an address passes all that [`normalise_any`] looks for, as nearly every
/// one does: visible ASCII, and one @ with something on either side.
#[derive(Clone, Copy, PartialEq)]
enum Plain {
    Not,
    LowerCase,
    MixedCase,
}

fn plain(value: &[u8]) -> Plain {
    let (mut is_graphic, mut ats, mut upper) = (true, 0_u32, 0);
    let mut look = |word| {
        is_graphic &= all_graphic(word);
        ats = ats.wrapping_add(at_signs(word));
        upper |= upper_case(word);
    };
    let (words, rest) = value.as_chunks::<8>();
    // What is over, filled up with letters that change nothing.
    let mut over = each(b'a');
    for byte in rest.iter().rev() {
        over = (over << 8) | u64::from(*byte);
    }
    look(over);
    for bytes in words {
        look(u64::from_le_bytes(*bytes));
    }
    let has_sides = value.first() != Some(&b'@') && value.last() != Some(&b'@');
    if is_graphic && ats == 1 && has_sides && value.len() <= MAX_OCTETS {
        if upper == 0 { Plain::LowerCase } else { Plain::MixedCase }
    } else {
        Plain::Not
    }
}

/// The top bit of each of eight bytes. A sum of bytes below it has it where the
/// byte is large enough, and carries nothing over.
const TOP: u64 = each(0x80);

const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The top bits of the bytes that are not below `least`, given that all are ASCII.
fn at_least(word: u64, least: u8) -> u64 {
    word.wrapping_add(each(0x80_u8.wrapping_sub(least))) & TOP
}

/// ASCII that is neither a space nor a control character.
fn all_graphic(word: u64) -> bool {
    word & TOP == 0 && at_least(word, b'!') & !at_least(word, 0x7f) == TOP
}

fn at_signs(word: u64) -> u32 {
    (at_least(word, b'@') & !at_least(word, b'@' + 1)).count_ones()
}

fn upper_case(word: u64) -> u64 {
    at_least(word, b'A') & !at_least(word, b'Z' + 1)
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

#[cfg(test)]
mod tests {
    use super::{normalise, normalise_any, normalise_in_place};
    use alloc::borrow::Cow;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn check(value: &str) {
        assert_eq!(normalise(value), normalise_any(value), "{value:?}");
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
