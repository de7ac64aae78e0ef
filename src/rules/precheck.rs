//! The precheck: whether a patch is plain, as nearly all are. A plain patch has
//! strings, null, booleans and numbers under ordinary keys, within every limit.
//!
//! A fast path summarises a patch as kinds and lengths, and has it judged here. For a
//! plain patch the result equals that of [`crate::rules::validate`] and
//! [`crate::rules::merge`]. Any other patch goes there, from the beginning.

use crate::rules::limits::{Bounds, Limits, allows_keys, is_within};
use crate::rules::merge::{Effect, effect, key_count};
use crate::rules::node::Kind;
use crate::rules::patch::{TEXT_FIELDS, TextFields};

/// Whether a metadata member needs no check but those of its lengths.
#[inline(always)]
pub(crate) fn is_plain_member(value: Kind, has_ordinary_key: bool) -> bool {
    has_ordinary_key && matches!(value, Kind::String | Kind::Null)
}

/// What the user has where the patch writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) is_there: bool,
    /// The same scalar.
    pub(crate) is_same: bool,
}

/// The greatest lengths, in UTF-16 units: never fewer than the code points that the
/// limits count.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Longest {
    pub(crate) key: usize,
    pub(crate) value: usize,
    pub(crate) texts: TextFields<usize>,
}

/// The state of a precheck: the patch is plain so far.
pub(crate) struct Precheck {
    limits: Limits,
    /// Whether warnings matter too, as they do for a report.
    is_report: bool,
    is_empty: bool,
    keys_before: usize,
    keys_after: usize,
}

impl Precheck {
    /// Begins a precheck. `keys` is the user's number of metadata keys, 0 without a user.
    #[inline(always)]
    pub(crate) fn new(limits: Limits, keys: usize, is_report: bool) -> Self {
        Precheck { limits, is_report, is_empty: true, keys_before: keys, keys_after: keys }
    }

    /// The effect of a metadata member under an ordinary key; `None` if it is not plain.
    #[inline(always)]
    pub(crate) fn member(&mut self, value: Kind, before: Before) -> Option<Effect> {
        let is_plain = match value {
            // These are warnings, not errors.
            Kind::Bool | Kind::Number => !self.is_report,
            value => is_plain_member(value, true),
        };
        if !is_plain {
            return None;
        }
        self.is_empty = false;
        let effect = effect(value == Kind::Null, before.is_there, before.is_same);
        self.keys_after = key_count(self.keys_after, effect);
        Some(effect)
    }

    /// Whether the text field with this index changes; `None` if it is not plain.
    #[inline(always)]
    pub(crate) fn text(&mut self, field: usize, value: Kind, is_same: bool) -> Option<bool> {
        if !TEXT_FIELDS.get(field)?.takes(value) {
            return None;
        }
        self.is_empty = false;
        Some(!is_same)
    }

    /// Whether the patch as a whole is plain.
    #[inline(always)]
    pub(crate) fn is_plain(&self, longest: &Longest, is_active: bool) -> bool {
        let Bounds { keys, key, value, texts } = self.limits.bounds();
        allows_keys(keys, self.keys_before, self.keys_after)
            && is_within(longest.key, key)
            && is_within(longest.value, value)
            && longest.texts.iter().zip(texts).all(|(length, limit)| is_within(*length, limit))
            && !(self.is_report && (self.is_empty || !is_active))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    const ABSENT: Before = Before { is_there: false, is_same: false };
    const OTHER: Before = Before { is_there: true, is_same: false };
    const SAME: Before = Before { is_there: true, is_same: true };

    fn plain(precheck: &Precheck) -> bool {
        precheck.is_plain(&Longest::default(), true)
    }

    /// Expects these effects of the members, for a user with `keys` keys; `None` if they are not plain.
    #[track_caller]
    fn check(keys: usize, members: &[(Kind, Before)], expect: Option<&[Effect]>) {
        let mut precheck = Precheck::new(Limits::default(), keys, true);
        let effects: Option<Vec<Effect>> =
            members.iter().map(|(value, before)| precheck.member(*value, *before)).collect();
        assert_eq!(effects.filter(|_| plain(&precheck)).as_deref(), expect);
    }

    #[test]
    fn effects() {
        check(3, &[(Kind::String, ABSENT)], Some(&[Effect::Add]));
        check(3, &[(Kind::String, OTHER)], Some(&[Effect::Replace]));
        check(3, &[(Kind::String, SAME)], Some(&[Effect::Nothing]));
        check(3, &[(Kind::Null, ABSENT)], Some(&[Effect::Nothing]));
        check(3, &[(Kind::Null, OTHER)], Some(&[Effect::Remove]));
        // A stored null exists, so a patch removes it.
        check(3, &[(Kind::Null, SAME)], Some(&[Effect::Remove]));
    }

    #[test]
    fn fifty_keys_after_the_merge() {
        check(49, &[(Kind::String, ABSENT)], Some(&[Effect::Add]));
        check(50, &[(Kind::String, ABSENT)], None);
        check(50, &[(Kind::String, OTHER)], Some(&[Effect::Replace]));
        let swap = [(Kind::Null, OTHER), (Kind::String, ABSENT)];
        check(50, &swap, Some(&[Effect::Remove, Effect::Add]));
        // The user has too many already, but gets no more.
        check(60, &[(Kind::Null, OTHER)], Some(&[Effect::Remove]));
        check(60, &swap, Some(&[Effect::Remove, Effect::Add]));
        check(60, &[(Kind::String, ABSENT)], None);
    }

    #[test]
    fn kinds() {
        check(3, &[], None);
        for kind in Kind::ALL {
            let mut apply = Precheck::new(Limits::default(), 0, false);
            let mut report = Precheck::new(Limits::default(), 0, true);
            let scalars = [Kind::String, Kind::Null, Kind::Bool, Kind::Number];
            assert_eq!(apply.member(kind, ABSENT).is_some(), scalars.contains(&kind));
            assert_eq!(report.member(kind, ABSENT).is_some(), scalars[..2].contains(&kind));
            let is_taken = TEXT_FIELDS[0].takes(kind);
            assert_eq!(apply.text(0, kind, true), is_taken.then_some(false));
            assert_eq!(apply.text(0, kind, false), is_taken.then_some(true));
            assert_eq!(apply.text(TEXT_FIELDS.len(), kind, false), None);
            assert!(!is_plain_member(kind, false));
        }
    }

    #[test]
    fn empty_patches_and_users_that_are_not_active() {
        let apply = Precheck::new(Limits::default(), 0, false);
        assert!(apply.is_plain(&Longest::default(), false));
        let mut report = Precheck::new(Limits::default(), 0, true);
        assert!(!report.is_plain(&Longest::default(), true));
        assert_eq!(report.text(0, Kind::String, false), Some(true));
        assert!(report.is_plain(&Longest::default(), true));
        assert!(!report.is_plain(&Longest::default(), false));
    }

    #[test]
    fn limits() {
        let limits = Limits {
            max_key_length: Some(2),
            max_value_length: Some(3),
            max_display_name_length: Some(4),
            ..Limits::default()
        };
        let precheck = Precheck::new(limits, 0, false);
        let check = |key, value, text, expect| {
            let longest = Longest { key, value, texts: [text; TEXT_FIELDS.len()] };
            assert_eq!(precheck.is_plain(&longest, true), expect);
        };
        check(2, 3, 4, true);
        check(3, 3, 4, false);
        check(2, 4, 4, false);
        check(2, 3, 5, false);
    }
}
