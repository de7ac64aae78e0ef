//! The rules as either backend calls them: what is given is checked, what comes
//! out is a value of the same backend.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::Error;
use crate::rules::compose::compose;
use crate::rules::diff::diff;
use crate::rules::invert::invert;
use crate::rules::issue::{Report, pointer};
use crate::rules::limits::Limits;
use crate::rules::merge::merge;
use crate::rules::node::{Kind, Node};
use crate::rules::patch::Patch;
use crate::rules::validate::{Scope, read};
use crate::text::joined;

/// `Ok(None)` when the patch changes nothing.
pub(crate) fn apply<N: Node>(user: &N, patch: &N, limits: &Limits) -> Result<Option<N>, Error> {
    require_user(user, "The user")?;
    let fields = user.user_fields();
    let patch = valid(patch, &Scope::User(limits, &fields))?;
    merge(user, &fields, &patch).map_err(|_| unreadable_user())
}

pub(crate) fn compose_nodes<N: Node>(first: &N, second: &N) -> Result<N, Error> {
    let first = valid(first, &Scope::Shape)?;
    let second = valid(second, &Scope::Shape)?;
    Ok(compose(first, second).into_node())
}

pub(crate) fn diff_nodes<N: Node>(before: &N, after: &N) -> Result<N, Error> {
    require_user(before, "The user before")?;
    require_user(after, "The user after")?;
    let patch = diff(before, after)?.into_node();
    let (report, patch) = read(&patch, &Scope::Shape);
    plain(report)?;
    Ok(patch.into_node())
}

pub(crate) fn invert_nodes<N: Node>(patch: &N, before: &N) -> Result<(N, Vec<String>), Error> {
    require_user(before, "The user before")?;
    let patch = valid(patch, &Scope::Shape)?;
    let inverse = invert(&patch, before).map_err(|_| unreadable_user())?;
    let (report, patch) = read(&inverse.patch.into_node(), &Scope::Shape);
    plain(report)?;
    let lossy = inverse.lossy.iter().map(|path| pointer(path)).collect();
    Ok((patch.into_node(), lossy))
}

/// The patch, if it is one.
pub(crate) fn valid<N: Node>(patch: &N, scope: &Scope<'_, N>) -> Result<Patch<N>, Error> {
    let (report, patch) = read(patch, scope);
    if report.is_valid() { Ok(patch) } else { Err(Error::invalid_patch(report)) }
}

/// A patch made from a user holds that user's values; if they are no JSON, the
/// user is at fault and not a patch.
fn plain(report: Report) -> Result<(), Error> {
    if report.is_valid() {
        return Ok(());
    }
    Err(Error::invalid_value("A user holds a value that no patch can carry.", report.errors))
}

fn require_user<N: Node>(user: &N, what: &str) -> Result<(), Error> {
    if user.kind() == Kind::Object {
        return Ok(());
    }
    let kind = user.kind().name();
    Err(Error::invalid_value(
        &joined(&[what, " must be a plain object; this is ", kind, "."]),
        Vec::new(),
    ))
}

fn unreadable_user() -> Error {
    Error::invalid_value("A getter or proxy threw when the user was read.", Vec::new())
}
