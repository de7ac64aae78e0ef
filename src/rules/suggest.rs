//! The name that was probably meant.

use alloc::string::String;
use alloc::vec::Vec;

/// The known name that an unknown one resembles, if any: the same letters spelt
/// differently (`displayName`), its beginning (`meta`), its last word (`name`), or
/// at most two typing errors.
pub(crate) fn suggest<'a>(
    unknown: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A longer name is no misspelling, and the distance takes quadratic time.
    if unknown.len() > 40 {
        return None;
    }
    let unknown = fold(unknown);
    if unknown.len() < 3 {
        return None;
    }
    known.into_iter().find(|name| {
        let name = fold(name);
        name.starts_with(&unknown) || name.ends_with(&unknown) || distance(&unknown, &name) <= 2
    })
}

/// The name's letters and digits, in lower case.
fn fold(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The Levenshtein distance, one row at a time.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        for (cell, to) in row.iter_mut().skip(1).zip(b.bytes()) {
            let replaced = diagonal.saturating_add(usize::from(from != to));
            diagonal = *cell;
            left = replaced.min(left.saturating_add(1)).min(diagonal.saturating_add(1));
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn names_the_likely_field() {
        let check = |unknown: &str, expect: Option<&str>| {
            assert_eq!(suggest(unknown, ["metadata", "display_name"]), expect, "{unknown}");
        };
        check("displayName", Some("display_name"));
        check("display-name", Some("display_name"));
        check("DisplayName", Some("display_name"));
        check("name", Some("display_name"));
        check("meta", Some("metadata"));
        check("metaData", Some("metadata"));
        check("metdata", Some("metadata"));
        check("meatdata", Some("metadata"));
        check("status", None);
        check("vault", None);
        check("id", None);
        check("", None);
        check("__proto__", None);
        check(&"m".repeat(1000), None);
    }
}
