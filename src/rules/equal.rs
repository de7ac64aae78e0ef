//! Equality of JSON values.

use crate::rules::node::{Kind, MAX_DEPTH, MAX_NESTED_VALUES, Node};

/// Whether two values are the same JSON value, regardless of the order of members.
///
/// Values past [`MAX_DEPTH`] or [`MAX_NESTED_VALUES`], and unreadable ones, count as
/// different. Mistaking equal values for different ones costs a copy; the opposite
/// mistake would lose an update.
pub(crate) fn is_equal<N: Node>(a: &N, b: &N) -> bool {
    a.kind() == b.kind() && (a.is_same(b) || is_equal_inside(a, b))
}

/// [`is_equal`] for two values that are not [the same](Node::is_same).
pub(crate) fn is_equal_inside<N: Node>(a: &N, b: &N) -> bool {
    matches!(a.kind(), Kind::Array | Kind::Object)
        && equal_at(a, b, MAX_DEPTH, &mut { MAX_NESTED_VALUES })
}

fn equal_at<N: Node>(a: &N, b: &N, depth: usize, values_left: &mut usize) -> bool {
    if a.kind() != b.kind() {
        return false;
    }
    if a.is_same(b) {
        return true;
    }
    let (Some(depth), Some(left)) = (depth.checked_sub(1), values_left.checked_sub(1)) else {
        return false;
    };
    *values_left = left;
    match a.kind() {
        Kind::Array => match (a.items(), b.items()) {
            (Ok(a), Ok(b)) => {
                a.len() == b.len()
                    && a.iter().zip(&b).all(|(a, b)| equal_at(a, b, depth, values_left))
            }
            _ => false,
        },
        Kind::Object => match (a.members(), b.member_count()) {
            (Ok(members), Ok(count)) => {
                members.len() == count
                    && members.iter().all(|(key, value)| match b.member(key) {
                        Ok(Some(other)) => equal_at(value, &other, depth, values_left),
                        _ => false,
                    })
            }
            _ => false,
        },
        _ => false,
    }
}
