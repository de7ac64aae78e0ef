//! The fast path's Rust side: judges, in one call, what `fast-path.ts` wrote about a
//! patch to shared memory.

#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "native tests only write down the layout")
)]

use core::cell::Cell;
#[cfg(test)]
use core::mem::offset_of;

use super::protocol::{ABSENT, flag, judgement, member};
use crate::rules::limits::{LIMIT_NAMES, Limits};
use crate::rules::merge::Effect;
use crate::rules::node::Kind;
use crate::rules::patch::{TEXT_FIELDS, TextFields};
use crate::rules::precheck::{Before, Longest, Precheck};

/// The memory that one call shares with JavaScript.
#[repr(C, align(64))]
pub(super) struct Shared {
    /// A byte for each member of the metadata. `fingerprintFast` keeps its text and then
    /// its digits here. First, so that it is aligned.
    pub(super) members: [Cell<u8>; MEMBERS],
    /// In the order of `LIMIT_NAMES`; `ABSENT` for a limit that is not set.
    limits: [Cell<u32>; LIMIT_NAMES.len()],
    /// The lengths of the text fields in UTF-16 units.
    text_lengths: TextFields<Cell<u32>>,
    /// A byte for each text field; see `protocol::member`.
    texts: TextFields<Cell<u8>>,
}

pub(super) const MEMBERS: usize = 64;

/// The offsets of the parts, for JavaScript.
#[cfg(test)]
pub(super) const OFFSETS: [(&str, usize); 4] = [
    ("LIMITS_AT", offset_of!(Shared, limits)),
    ("TEXT_LENGTHS_AT", offset_of!(Shared, text_lengths)),
    ("TEXTS_AT", offset_of!(Shared, texts)),
    ("MEMBERS_AT", offset_of!(Shared, members)),
];

#[allow(unsafe_code, reason = "a static that JavaScript reads and writes between calls")]
// SAFETY: a module without the threads feature has one thread.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared {
    members: [const { Cell::new(0) }; MEMBERS],
    limits: [const { Cell::new(0) }; LIMIT_NAMES.len()],
    text_lengths: [const { Cell::new(0) }; TEXT_FIELDS.len()],
    texts: [const { Cell::new(0) }; TEXT_FIELDS.len()],
};

pub(super) fn shared() -> &'static Shared {
    &SHARED
}

/// Judges a patch by the bytes of `count` members and of the text fields. Unless the
/// call wants a report, it writes each member's [`Effect`] over its byte. `None` if the
/// patch needs the slow path.
pub(super) fn judge(
    flags: u32,
    count: u32,
    keys: u32,
    longest_key: u32,
    longest_value: u32,
) -> Option<u32> {
    let size = |number: u32| usize::try_from(number).ok();
    let is_report = flags & flag::IS_REPORT != 0;
    let has_limits = flags & flag::HAS_LIMITS != 0;
    let is_active = flags & flag::IS_INACTIVE == 0;
    let limits = if has_limits { limits() } else { Limits::default() };
    let mut precheck = Precheck::new(limits, size(keys)?, is_report);
    let mut judgement = judgement::PLAIN;
    for member in SHARED.members.get(..size(count)?)? {
        let (value, before) = seen(member.get());
        let effect = precheck.member(value, before)?;
        if effect != Effect::Nothing {
            judgement |= judgement::NEW_METADATA;
        }
        if !is_report {
            member.set(effect as u8);
        }
    }
    for (index, text) in SHARED.texts.iter().enumerate() {
        let byte = text.get();
        if byte != member::NONE {
            let (value, before) = seen(byte);
            if precheck.text(index, value, before.is_same)? {
                judgement |= judgement::NEW_TEXT << index;
            }
        }
    }
    let mut longest =
        Longest { key: size(longest_key)?, value: size(longest_value)?, ..Longest::default() };
    for (length, cell) in longest.texts.iter_mut().zip(&SHARED.text_lengths) {
        *length = size(cell.get())?;
    }
    precheck.is_plain(&longest, is_active).then_some(judgement)
}

/// The kind of a member's value, and what the user has under its key.
#[inline(always)]
fn seen(byte: u8) -> (Kind, Before) {
    let is_there = byte & member::STORED != 0;
    (Kind::from_u8(byte & 15), Before { is_there, is_same: byte & member::SAME != 0 })
}

fn limits() -> Limits {
    let set = SHARED.limits.each_ref().map(Cell::get);
    Limits::from_options(set.map(|limit| (limit != ABSENT).then_some(limit)))
}
