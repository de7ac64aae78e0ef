//! Whether a patch may be applied or sent. Plain patches take a fast path that
//! allocates nothing. It follows the same rules as the npm package's fast path.

use alloc::string::String;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::native::value::{Native, kind};
use crate::rules::limits::{Limits, is_within};
use crate::rules::node::{ACTIVE, Current, STATUS, is_inherited};
use crate::rules::operations::valid;
use crate::rules::patch::{METADATA, Patch, TEXT_FIELDS};
use crate::rules::precheck::{Before, Longest, Precheck};
use crate::rules::validate::Scope;

/// Checks a patch against the limits. With a user, metadata keys are counted after the
/// merge; without one, in the patch alone.
pub(crate) fn check(patch: &Value, user: Option<&Value>, limits: &Limits) -> Result<(), Error> {
    if is_plain(patch, user, limits, false) {
        return Ok(());
    }
    let patch = Native::read(patch);
    let _: Patch<_> = match user.map(Native::read) {
        Some(user) => valid(&patch, &Scope::User(limits, &Current::new(&user)))?,
        None => valid(&patch, &Scope::Patch(limits))?,
    };
    Ok(())
}

/// Whether a patch is plain, so that the rules find nothing wrong with it. For a
/// report they find nothing to warn of either.
pub(crate) fn is_plain(
    patch: &Value,
    user: Option<&Value>,
    limits: &Limits,
    is_report: bool,
) -> bool {
    let Some(patch) = patch.as_object() else { return false };
    let counts = limits.max_keys != u32::MAX;
    let stored = user.filter(|_| counts).and_then(|user| user.get(METADATA));
    let stored = stored.and_then(Value::as_object);
    let keys = stored.map_or(0, Map::len);
    let mut precheck = Precheck::new(limits.clone(), keys, is_report);
    let mut longest = Longest::default();
    for (name, value) in patch {
        if name == METADATA {
            let Some(members) = value.as_object() else { return false };
            // Below the limit, it does not matter which keys the user has.
            let stored =
                stored.filter(|_| !is_within(keys.saturating_add(members.len()), limits.max_keys));
            if !are_plain(members, stored, &mut precheck, &mut longest) {
                return false;
            }
            continue;
        }
        let index = TEXT_FIELDS.iter().position(|field| field.name == name);
        let Some(index) = index.filter(|index| precheck.text(*index, kind(value), false).is_some())
        else {
            return false;
        };
        if let Some(text) = longest.texts.get_mut(index) {
            *text = length(value);
        }
    }
    let status = user.filter(|_| is_report).and_then(|user| user.get(STATUS));
    let is_active = status.and_then(Value::as_str).is_none_or(|status| status == ACTIVE);
    precheck.is_plain(&longest, is_active)
}

/// Whether the metadata members of a patch are plain. If `stored` is given, the keys
/// that it has are not counted as new.
fn are_plain(
    members: &Map<String, Value>,
    stored: Option<&Map<String, Value>>,
    precheck: &mut Precheck,
    longest: &mut Longest,
) -> bool {
    members.iter().all(|(key, value)| {
        let is_there = stored.is_some_and(|stored| stored.contains_key(key));
        longest.key = longest.key.max(key.len());
        longest.value = longest.value.max(length(value));
        !is_inherited(key)
            && precheck.member(kind(value), Before { is_there, is_same: false }).is_some()
    })
}

/// The length of a text in bytes, never fewer than its code points.
fn length(value: &Value) -> usize {
    value.as_str().map_or(0, str::len)
}
