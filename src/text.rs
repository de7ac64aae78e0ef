//! Messages without `core::fmt`, which is a quarter of a small module.

use alloc::string::String;

/// The parts, one after the other.
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut text =
        String::with_capacity(parts.iter().fold(0, |sum, part| part.len().saturating_add(sum)));
    for part in parts {
        text.push_str(part);
    }
    text
}
