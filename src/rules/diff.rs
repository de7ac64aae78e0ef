//! The smallest patch between two users.

use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;

use crate::error::Error;
use crate::rules::issue::{Issue, IssueCode};
use crate::rules::node::{Kind, Node, Unreadable, field, is_equal};
use crate::rules::patch::{DISPLAY_NAME, METADATA, Patch};

/// The smallest patch that turns `before` into `after` in metadata and display_name.
///
/// Fails where no patch can: a metadata value that becomes null (null removes),
/// a display_name that goes away (Palm documents no way to remove it).
pub(crate) fn diff<N: Node>(before: &N, after: &N) -> Result<Patch<N>, Error> {
    let name = diff_name(before, after).map_err(unreadable)?.map_err(unreachable_name)?;
    let metadata = diff_metadata(before, after).map_err(unreadable)?;
    let mut members = Vec::with_capacity(metadata.len());
    for (key, value) in metadata {
        match value {
            Some(value) if value.kind() == Kind::Null => {
                return Err(unreachable_null(&crate::rules::node::Key::text(&key)));
            }
            Some(value) => members.push((key, value)),
            None => members.push((key, N::null())),
        }
    }
    Ok(Patch { metadata: (!members.is_empty()).then_some(members), display_name: name })
}

type Differences<N> = Vec<crate::rules::node::Change<N>>;

fn diff_metadata<N: Node>(before: &N, after: &N) -> Result<Differences<N>, Unreadable> {
    let before = object_field(before, METADATA)?;
    let after = object_field(after, METADATA)?;
    let mut differences = Vec::new();
    for (key, value) in after.members()? {
        if value.kind() == Kind::Undefined {
            continue;
        }
        if !before.member(&key)?.is_some_and(|before| is_equal(&before, &value)) {
            differences.push((key, Some(value)));
        }
    }
    for (key, _) in before.members()? {
        if after.member(&key)?.is_none_or(|after| after.kind() == Kind::Undefined) {
            differences.push((key, None));
        }
    }
    Ok(differences)
}

/// The object in a field, or an empty one.
fn object_field<N: Node>(document: &N, name: &'static str) -> Result<N, Unreadable> {
    Ok(field(document, name)?
        .filter(|node| node.kind() == Kind::Object)
        .unwrap_or_else(|| N::object(Vec::new())))
}

/// The name to set, if any; `Err(())` inside where it would have to be removed.
fn diff_name<N: Node>(before: &N, after: &N) -> Result<Result<Option<N>, ()>, Unreadable> {
    let is_set = |node: &N| node.kind() != Kind::Null;
    let before = field(before, DISPLAY_NAME)?.filter(is_set);
    let after = field(after, DISPLAY_NAME)?.filter(is_set);
    Ok(match (before, after) {
        (Some(before), Some(after)) if is_equal(&before, &after) => Ok(None),
        (_, Some(after)) => Ok(Some(after)),
        (Some(_), None) => Err(()),
        (None, None) => Ok(None),
    })
}

fn unreadable(_: Unreadable) -> Error {
    Error::invalid_value("A getter or proxy threw when a user was read.", Vec::new())
}

fn unreachable_name((): ()) -> Error {
    let message = "No patch can remove display_name; Palm documents no way to.";
    let path = vec![DISPLAY_NAME.to_owned()];
    Error::invalid_value(message, vec![Issue::new(IssueCode::WrongType, path, message, &[])])
}

fn unreachable_null(key: &str) -> Error {
    let message = "No patch can set a metadata value to null; null removes the key.";
    let path = vec![METADATA.to_owned(), key.to_owned()];
    Error::invalid_value(message, vec![Issue::new(IssueCode::WrongType, path, message, &[])])
}
