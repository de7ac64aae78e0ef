//! The operations that a backend calls. Each checks what it is given, and returns a
//! value of the same backend.

use alloc::string::String;
use alloc::vec::Vec;

use crate::rules::issue::Findings;
use crate::rules::limits::Limits;
use crate::rules::merge;
use crate::rules::node::{Current, Kind, Node, Unreadable};
use crate::rules::patch::Patch;
use crate::rules::path::pointer;
use crate::rules::validate::{Scope, read};
use crate::rules::{compose, diff, invert};

/// Why an operation failed.
#[derive(Debug)]
pub(crate) enum Failure<K> {
    /// The patch breaks a rule.
    InvalidPatch(Findings<K>),
    /// No patch can express the values of these users.
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

/// The user after the patch; `Ok(None)` if the patch changes nothing.
#[cfg_attr(
    not(any(test, all(feature = "wasm", target_arch = "wasm32"))),
    allow(dead_code, reason = "native code changes the user where it lies")
)]
pub(crate) fn apply<N: Node>(user: &N, patch: &N, limits: &Limits) -> Outcome<Option<N>, N> {
    require_user(user)?;
    let current = Current::new(user);
    let patch = valid(patch, &Scope::User(limits, &current))?;
    Ok(merge::merge(user, current.fields(), &patch)?)
}

pub(crate) fn compose<N: Node>(first: &N, second: &N) -> Outcome<N, N> {
    let first = valid(first, &Scope::Shape)?;
    let second = valid(second, &Scope::Shape)?;
    Ok(compose::compose(first, second).into_node())
}

pub(crate) fn diff<N: Node>(before: &N, after: &N) -> Outcome<N, N> {
    require_user(before)?;
    require_user(after)?;
    expressible(diff::diff(before, after)?)
}

pub(crate) fn invert<N: Node>(patch: &N, before: &N) -> Outcome<(N, Vec<String>), N> {
    require_user(before)?;
    let patch = valid(patch, &Scope::Shape)?;
    let inverse = invert::invert(&patch, before)?;
    let lossy = inverse.lossy.iter().map(|path| pointer(path)).collect();
    Ok((expressible(inverse.patch)?, lossy))
}

/// The patch, if it is valid.
pub(crate) fn valid<N: Node>(patch: &N, scope: &Scope<'_, N>) -> Outcome<Patch<N>, N> {
    let (findings, patch) = read(patch, scope);
    if findings.is_valid() { Ok(patch) } else { Err(Failure::InvalidPatch(findings)) }
}

/// A patch that was made from a user holds that user's values. If JSON cannot
/// represent them, the user is at fault.
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
