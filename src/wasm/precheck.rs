//! The short way of a patch, which `plain.ts` takes: one call, and a byte for
//! each member of the metadata in memory that both know.

use core::cell::Cell;

use super::glue::ABSENT;
use crate::rules::merge::Effect;
use crate::rules::node::Kind;
use crate::rules::precheck::{Before, Glance, Kinds, Plain, glance};

/// Of a member's byte, above the kind of its value: the user has it, and has the same.
const STORED: u8 = 64;
const SAME: u8 = 128;

/// Of a verdict.
const PLAIN: u32 = 1;
const NEW_METADATA: u32 = 2;
const NEW_NAME: u32 = 4;
const NOTED: u32 = 8;

struct Shared([Cell<u8>; 64]);

#[allow(unsafe_code, reason = "shared with JavaScript, between two of its own calls")]
// SAFETY: a module without the threads feature has one thread.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared([const { Cell::new(0) }; 64]);

/// The bytes that JavaScript knows as well.
pub(super) fn shared() -> &'static [Cell<u8>; 64] {
    &SHARED.0
}

/// The kind of a display_name, by its byte; `ABSENT` for none.
fn name_kind(byte: u32) -> Option<Kind> {
    (byte != ABSENT).then(|| Kind::from_u8(byte as u8 & 15))
}

/// Judges a patch of which there is no user, as [`glance`] does; 0 where somebody must look closer.
pub(super) fn glanced(members: u32, keys: u32, others: u32, name: u32) -> u32 {
    match glance(members, keys, Kinds(others), name_kind(name)) {
        Some(Glance::Plain) => PLAIN,
        Some(Glance::Noted) => NOTED,
        None => 0,
    }
}

/// Judges a patch by the bytes of `count` members of metadata under ordinary keys, that of the
/// display_name (`ABSENT` for none), and how many keys the user has. Writes to each
/// byte what the member does: nothing, replace, add, remove. `None` where somebody
/// must look closer.
pub(super) fn verdict(count: u32, name: u32, key_count: u32) -> Option<u32> {
    let mut plain = Plain::of_user(usize::try_from(key_count).ok()?);
    let mut verdict = PLAIN;
    for member in SHARED.0.get(..usize::try_from(count).ok()?)? {
        let byte = member.get();
        let before = Before { is_there: byte & STORED != 0, is_same: byte & SAME != 0 };
        let effect = plain.member(Kind::from_u8(byte & 15), before)?;
        if effect != Effect::Nothing {
            verdict |= NEW_METADATA;
        }
        member.set(effect as u8);
    }
    if let Some(kind) = name_kind(name) {
        let is_same = name & u32::from(SAME) != 0;
        if plain.display_name(kind, is_same)? {
            verdict |= NEW_NAME;
        }
    }
    plain.is_plain().then_some(verdict)
}
