//! The smallest patch between two users.

use alloc::vec;
use alloc::vec::Vec;

use crate::rules::equal::is_equal;
use crate::rules::issue::{Finding, Findings, Message};
use crate::rules::node::{Change, Kind, Node, Unreadable, field};
use crate::rules::operations::Failure;
use crate::rules::patch::{METADATA, Patch, TEXT_FIELDS, TextField};
use crate::rules::path::Step;

/// The smallest patch that makes the writable fields of `before` equal those of `after`.
///
/// Fails where no patch can: if a metadata value becomes null (null removes the
/// key), or if a display_name disappears (Palm documents no way to remove it).
pub(crate) fn diff<N: Node>(before: &N, after: &N) -> Result<Patch<N>, Failure<N::Key>> {
    let mut patch = Patch::empty();
    for (field, text) in TEXT_FIELDS.iter().zip(&mut patch.texts) {
        *text = diff_text(field, before, after)?;
    }
    let differences = diff_metadata(before, after)?;
    let mut members = Vec::with_capacity(differences.len());
    for (key, value) in differences {
        match value {
            Some(value) if value.kind() == Kind::Null => {
                let path = vec![Step::field(METADATA), Step::Key(key)];
                return Err(unreachable(Message::NullSet, path));
            }
            Some(value) => members.push((key, value)),
            None => members.push((key, N::null())),
        }
    }
    patch.metadata = (!members.is_empty()).then_some(members);
    Ok(patch)
}

fn diff_metadata<N: Node>(before: &N, after: &N) -> Result<Vec<Change<N>>, Unreadable> {
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

/// The object in a field, or an empty object.
fn object_field<N: Node>(document: &N, name: &'static str) -> Result<N, Unreadable> {
    Ok(field(document, name)?
        .filter(|node| node.kind() == Kind::Object)
        .unwrap_or_else(|| N::object(Vec::new())))
}

/// The text to write, if it differs.
fn diff_text<N: Node>(
    text: &TextField,
    before: &N,
    after: &N,
) -> Result<Option<N>, Failure<N::Key>> {
    let is_set = |node: &N| node.kind() != Kind::Null;
    let before = field(before, text.name)?.filter(is_set);
    let after = field(after, text.name)?.filter(is_set);
    match (before, after) {
        (Some(before), Some(after)) if is_equal(&before, &after) => Ok(None),
        (_, Some(after)) => Ok(Some(after)),
        (Some(_), None) if text.is_nullable => Ok(Some(N::null())),
        (Some(_), None) => Err(unreachable(Message::TextRemoved, vec![Step::field(text.name)])),
        (None, None) => Ok(None),
    }
}

fn unreachable<K>(message: Message, path: Vec<Step<K>>) -> Failure<K> {
    let mut findings = Findings::NONE;
    findings.push(Finding::new(message, path));
    Failure::NoPatch(findings)
}
