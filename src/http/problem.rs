//! Problem details without what was sent.

use alloc::string::String;

use crate::error::Problem;
use crate::rules::node::{Kind, Node, field};

/// A server that repeats what it was sent must not put it in our logs.
pub(crate) const REDACTED: &str = "[redacted]";

/// The longest text of a problem that is kept, in characters.
const LONGEST: usize = 1000;

impl Problem {
    /// The problem that a document describes, if it is one.
    pub(crate) fn read<N: Node>(document: &N) -> Option<Problem> {
        if document.kind() != Kind::Object {
            return None;
        }
        let member = |name| field(document, name).ok().flatten();
        let text = |name| {
            let text = member(name).filter(|node| node.kind() == Kind::String)?;
            Some(text.text().into_owned())
        };
        let status = member("status").and_then(|node| node.number());
        let problem = Problem {
            kind: text("type"),
            title: text("title"),
            status: status.filter(|status| (100.0..600.0).contains(status)).map(|s| s as u16),
            detail: text("detail"),
        };
        Some(problem).filter(|problem| !problem.is_empty())
    }

    /// The problem without the texts that were sent, each cut to a bounded length.
    #[cfg_attr(
        not(target_arch = "wasm32"),
        allow(dead_code, reason = "native code knows what was sent, and says nothing of it")
    )]
    pub(crate) fn redacted(self, sent: &[String]) -> Self {
        let redact = |text: Option<String>| text.map(|text| redact(&text, sent));
        Problem {
            kind: redact(self.kind),
            title: redact(self.title),
            status: self.status,
            detail: redact(self.detail),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Problem::default()
    }
}

/// Shorter values are ordinary words too often: replacing them hides the problem.
const SHORTEST_SENT: usize = 4;

/// A longer text is no explanation, and searching it is work that a server chooses.
const LONGEST_SEARCHED: usize = 16_384;

/// The text without what was sent.
pub(crate) fn redact(text: &str, sent: &[String]) -> String {
    if text.len() > LONGEST_SEARCHED {
        return String::from(REDACTED);
    }
    let mut text = String::from(text);
    for value in sent.iter().filter(|value| value.chars().count() >= SHORTEST_SENT) {
        text = replace(&text, value);
    }
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Without `str::replace`: its search is ten times the size of this.
fn replace(text: &str, value: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(value) {
            replaced.push_str(REDACTED);
            rest = after;
        } else {
            replaced.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::{REDACTED, redact};
    use alloc::borrow::ToOwned;

    #[test]
    fn what_was_sent_is_not_repeated() {
        let sent = ["sk_test_secret".to_owned(), "Premium plan".to_owned(), "a".to_owned()];
        let check = |text: &str, expect: &str| {
            assert_eq!(redact(text, &sent), expect);
        };
        check("bad value 'Premium plan' at /metadata", "bad value '[redacted]' at /metadata");
        check("key sk_test_secret is disabled", "key [redacted] is disabled");
        check("a key is missing", "a key is missing");
        assert_eq!(redact(&"x".repeat(5000), &sent).chars().count(), 1001);
        assert_eq!(redact(&"x".repeat(20_000), &sent), REDACTED);
    }
}
