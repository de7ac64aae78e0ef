//! Patches of which there is nothing to say, as nearly all are: text and null
//! under ordinary keys, no key too many.
//!
//! A backend that sees a patch at a glance has it judged here, member by member.
//! What is not surely plain goes the long way through [`crate::rules::validate`] and
//! [`crate::rules::merge`], and what is comes out the same there.

use crate::rules::limits::Limits;
use crate::rules::merge::{Effect, effect, key_count};
use crate::rules::node::Kind;

/// Whether there is nothing to say of a member of metadata but its length.
pub(crate) fn is_plain_member(value: Kind, has_ordinary_key: bool) -> bool {
    has_ordinary_key && matches!(value, Kind::String | Kind::Null)
}

/// What the user has where a patch writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) is_there: bool,
    /// The same scalar.
    pub(crate) is_same: bool,
}

/// What has been seen of a patch that is plain so far.
pub(crate) struct Plain {
    is_empty: bool,
    key_count: usize,
}

impl Plain {
    /// A patch of a user with that many metadata keys.
    pub(crate) fn of_user(key_count: usize) -> Self {
        Plain { is_empty: true, key_count }
    }

    /// What a member of metadata under an ordinary key does; `None` where it is not plain.
    pub(crate) fn member(&mut self, value: Kind, before: Before) -> Option<Effect> {
        if !is_plain_member(value, true) {
            return None;
        }
        self.is_empty = false;
        let effect = effect(value == Kind::Null, before.is_there, before.is_same);
        self.key_count = key_count(self.key_count, effect);
        Some(effect)
    }

    /// Whether the display_name changes; `None` where it is not plain.
    pub(crate) fn display_name(&mut self, value: Kind, is_same: bool) -> Option<bool> {
        if value != Kind::String {
            return None;
        }
        self.is_empty = false;
        Some(!is_same)
    }

    /// Whether there is nothing to say of the patch as a whole: it is not empty, and no key is too many.
    pub(crate) fn is_plain(&self) -> bool {
        is_plain_as_a_whole(self.is_empty, self.key_count)
    }
}

/// Whether there is nothing to say of a patch but of its members.
fn is_plain_as_a_whole(is_empty: bool, key_count: usize) -> bool {
    let limit = usize::try_from(Limits::default().max_keys).unwrap_or(usize::MAX);
    !is_empty && key_count <= limit
}

/// What a glance at a patch tells, without a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glance {
    /// There is nothing to say of it.
    Plain,
    /// What there is to say of it depends on nothing but the keys and kinds of the
    /// members that are neither text nor null, and on the kind of the display_name.
    Noted,
}

/// A set of kinds: a bit for each, by its number.
#[derive(Clone, Copy, Default)]
pub(crate) struct Kinds(pub(crate) u32);

impl Kinds {
    pub(crate) fn with(self, kind: Kind) -> Self {
        Kinds(self.0 | 1 << (kind as u32))
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn has(self, kind: Kind) -> bool {
        self.0 & (1 << (kind as u32)) != 0
    }
}

/// Judges a patch by how many members of metadata are not undefined, how many of
/// these not null, the kinds of those that are neither text nor null under an
/// ordinary key, and the kind of the display_name. `None` where somebody must look closer.
pub(crate) fn glance(members: u32, keys: u32, others: Kinds, name: Option<Kind>) -> Option<Glance> {
    let is_empty = members == 0 && matches!(name, None | Some(Kind::Undefined));
    if !is_plain_as_a_whole(is_empty, usize::try_from(keys).ok()?) {
        return None;
    }
    let with_name =
        name.filter(|kind| *kind != Kind::String).map_or(others, |kind| others.with(kind));
    // These hold something to go into.
    let deep = [Kind::Array, Kind::Object, Kind::Instance, Kind::Unreadable];
    match with_name {
        kinds if kinds.is_empty() => Some(Glance::Plain),
        kinds if deep.iter().any(|kind| kinds.has(*kind)) => None,
        _ => Some(Glance::Noted),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    const ABSENT: Before = Before { is_there: false, is_same: false };
    const OTHER: Before = Before { is_there: true, is_same: false };
    const SAME: Before = Before { is_there: true, is_same: true };

    /// The members of a patch of a user with `keys` keys; what each does, if all is plain.
    #[track_caller]
    fn check(keys: usize, members: &[(Kind, Before)], expect: Option<&[Effect]>) {
        let mut plain = Plain::of_user(keys);
        let effects: Option<Vec<Effect>> =
            members.iter().map(|(value, before)| plain.member(*value, *before)).collect();
        assert_eq!(effects.filter(|_| plain.is_plain()).as_deref(), expect);
    }

    #[test]
    fn effects() {
        check(3, &[(Kind::String, ABSENT)], Some(&[Effect::Add]));
        check(3, &[(Kind::String, OTHER)], Some(&[Effect::Replace]));
        check(3, &[(Kind::String, SAME)], Some(&[Effect::Nothing]));
        check(3, &[(Kind::Null, ABSENT)], Some(&[Effect::Nothing]));
        check(3, &[(Kind::Null, OTHER)], Some(&[Effect::Remove]));
        // A stored null: it is there, and a patch removes it.
        check(3, &[(Kind::Null, SAME)], Some(&[Effect::Remove]));
    }

    #[test]
    fn fifty_keys_after_the_merge() {
        check(49, &[(Kind::String, ABSENT)], Some(&[Effect::Add]));
        check(50, &[(Kind::String, ABSENT)], None);
        check(50, &[(Kind::String, OTHER)], Some(&[Effect::Replace]));
        let swap = [(Kind::Null, OTHER), (Kind::String, ABSENT)];
        check(50, &swap, Some(&[Effect::Remove, Effect::Add]));
    }

    #[test]
    fn what_there_is_something_to_say_of() {
        check(3, &[], None);
        for kind in 0..=u8::MAX {
            let kind = Kind::from_u8(kind);
            if !matches!(kind, Kind::String | Kind::Null) {
                check(3, &[(Kind::String, ABSENT), (kind, ABSENT)], None);
                assert_eq!(Plain::of_user(0).display_name(kind, true), None);
            }
        }
        assert!(!is_plain_member(Kind::String, false));
        assert_eq!(Plain::of_user(0).display_name(Kind::Null, false), None);
        assert_eq!(Plain::of_user(0).display_name(Kind::String, false), Some(true));
        assert_eq!(Plain::of_user(0).display_name(Kind::String, true), Some(false));
    }

    #[track_caller]
    fn glanced(
        members: u32,
        keys: u32,
        others: &[Kind],
        name: Option<Kind>,
        expect: Option<Glance>,
    ) {
        let others = others.iter().fold(Kinds::default(), |kinds, kind| kinds.with(*kind));
        assert_eq!(glance(members, keys, others, name), expect);
    }

    #[test]
    fn at_a_glance() {
        glanced(3, 2, &[], None, Some(Glance::Plain));
        glanced(0, 0, &[], Some(Kind::String), Some(Glance::Plain));
        glanced(3, 2, &[], Some(Kind::String), Some(Glance::Plain));
        glanced(3, 2, &[], Some(Kind::Null), Some(Glance::Noted));
        glanced(3, 2, &[], Some(Kind::Undefined), Some(Glance::Noted));
        glanced(3, 2, &[], Some(Kind::Object), None);
        // Nothing to send.
        glanced(0, 0, &[], None, None);
        glanced(0, 0, &[Kind::Undefined], None, None);
        glanced(0, 0, &[], Some(Kind::Undefined), None);
        // Nulls do not count.
        glanced(60, 50, &[], None, Some(Glance::Plain));
        glanced(60, 51, &[], None, None);
        for kind in (0..=u8::MAX).map(Kind::from_u8) {
            let deep = [Kind::Array, Kind::Object, Kind::Instance, Kind::Unreadable];
            let expect = (!deep.contains(&kind)).then_some(Glance::Noted);
            glanced(3, 3, &[Kind::Number, kind], Some(Kind::String), expect);
            // Of these nobody is told.
            assert_eq!(is_plain_member(kind, true), matches!(kind, Kind::String | Kind::Null));
        }
    }
}
