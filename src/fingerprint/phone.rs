//! One form for the spellings of a phone number: E.164 with its `+`.
//!
//! ITU-T E.164 section 6: at most 15 digits, the country code first, which
//! never starts with 0. A national number is refused rather than guessed.

use alloc::borrow::Cow;
use alloc::string::String;

use super::is_invisible;
use crate::rules::issue::Message;

const MIN_DIGITS: usize = 8;
const MAX_DIGITS: usize = 15;

pub(super) fn normalise(value: &str) -> Result<Cow<'_, str>, Message> {
    let compact: String = value.chars().filter(|c| !is_separator(*c)).collect();
    if compact.is_empty() {
        return Err(Message::PhoneEmpty);
    }
    let digits = compact
        .strip_prefix('+')
        .or_else(|| compact.strip_prefix("00"))
        .ok_or(Message::PhoneNational)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Message::PhoneNotDigits);
    }
    if digits.starts_with('0') {
        return Err(Message::PhoneZero);
    }
    // "+44 (0)20 …": the 0 is dialled only inside the country (E.123 section 7).
    if has_trunk_prefix(value) {
        return Err(Message::PhoneTrunk);
    }
    if digits.len() < MIN_DIGITS {
        return Err(Message::PhoneShort);
    }
    if digits.len() > MAX_DIGITS {
        return Err(Message::PhoneLong);
    }
    Ok(Cow::Owned(["+", digits].concat()))
}

/// What people write between digits.
fn is_separator(c: char) -> bool {
    is_nothing(c)
        || matches!(c, '-' | '.' | '(' | ')' | '/')
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn is_nothing(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

fn has_trunk_prefix(value: &str) -> bool {
    let mut rest = value.chars().filter(|c| !is_nothing(*c));
    let mut window = [' '; 3];
    loop {
        let [_, b, c] = window;
        let Some(next) = rest.next() else { return false };
        window = [b, c, next];
        if window == ['(', '0', ')'] {
            return true;
        }
    }
}
