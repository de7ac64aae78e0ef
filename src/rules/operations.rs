//! The rules as either backend calls them: what is given is checked, what comes
//! out is a value of the same backend.

use alloc::string::String;
use alloc::vec::Vec;

use crate::rules::compose::compose;
use crate::rules::diff::diff;
use crate::rules::invert::invert;
use crate::rules::issue::{Findings, pointer};
use crate::rules::limits::Limits;
use crate::rules::merge::merge;
#[cfg(feature = "json")]
use crate::rules::merge::{Changes, changes};
use crate::rules::node::{Kind, Node, Unreadable};
use crate::rules::patch::Patch;
use crate::rules::validate::{Scope, read};

/// Why an operation has no result.
#[derive(Debug)]
pub(crate) enum Failure<K> {
    /// The patch breaks a rule.
    InvalidPatch(Findings<K>),
    /// No patch can hold what the users hold.
    NoPatch(Findings<K>),
    NotAUser(Kind),
    UnreadableUser,
}

impl<K> From<Unreadable> for Failure<K> {
    fn from(_: Unreadable) -> Self {
        Failure::UnreadableUser
    }
}

type Outcome<T, N> = Result<T, Failure<<N as Node>::Key>>;

/// `Ok(None)` when the patch changes nothing.
#[cfg_attr(
    not(all(feature = "wasm", target_arch = "wasm32")),
    allow(dead_code, reason = "natively the changes are written to the user")
)]
pub(crate) fn apply<N: Node>(user: &N, patch: &N, limits: &Limits) -> Outcome<Option<N>, N> {
    require_user(user)?;
    let fields = user.user_fields();
    let patch = valid(patch, &Scope::User(limits, &fields))?;
    Ok(merge(user, &fields, &patch)?)
}

/// The same, before a user is made of it.
#[cfg(feature = "json")]
pub(crate) fn changes_of<N: Node>(user: &N, patch: &N, limits: &Limits) -> Outcome<Changes<N>, N> {
    require_user(user)?;
    let fields = user.user_fields();
    let patch = valid(patch, &Scope::User(limits, &fields))?;
    Ok(changes(&fields, &patch)?)
}

pub(crate) fn compose_nodes<N: Node>(first: &N, second: &N) -> Outcome<N, N> {
    let first = valid(first, &Scope::Shape)?;
    let second = valid(second, &Scope::Shape)?;
    Ok(compose(first, second).into_node())
}

pub(crate) fn diff_nodes<N: Node>(before: &N, after: &N) -> Outcome<N, N> {
    require_user(before)?;
    require_user(after)?;
    expressible(diff(before, after)?)
}

pub(crate) fn invert_nodes<N: Node>(patch: &N, before: &N) -> Outcome<(N, Vec<String>), N> {
    require_user(before)?;
    let patch = valid(patch, &Scope::Shape)?;
    let inverse = invert(&patch, before)?;
    let lossy = inverse.lossy.iter().map(|path| pointer(path)).collect();
    Ok((expressible(inverse.patch)?, lossy))
}

/// The patch, if it is one.
pub(crate) fn valid<N: Node>(patch: &N, scope: &Scope<'_, N>) -> Outcome<Patch<N>, N> {
    let (findings, patch) = read(patch, scope);
    if findings.is_valid() { Ok(patch) } else { Err(Failure::InvalidPatch(findings)) }
}

/// A patch made from a user holds that user's values; if they are no JSON, the
/// user is at fault and not a patch.
fn expressible<N: Node>(patch: Patch<N>) -> Outcome<N, N> {
    let (findings, patch) = read(&patch.into_node(), &Scope::Shape);
    if findings.is_valid() { Ok(patch.into_node()) } else { Err(Failure::NoPatch(findings)) }
}

fn require_user<N: Node>(user: &N) -> Outcome<(), N> {
    match user.kind() {
        Kind::Object => Ok(()),
        Kind::Unreadable => Err(Failure::UnreadableUser),
        kind => Err(Failure::NotAUser(kind)),
    }
}
