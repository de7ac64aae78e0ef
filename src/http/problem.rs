//! Problem details (RFC 9457): the server's own account of a failure.

use alloc::string::String;

use crate::error::Problem;
use crate::rules::node::{Kind, Node, field};

/// The longest text of a problem that is kept, in characters.
const LONGEST: usize = 1000;

impl Problem {
    /// The problem that a document describes, if it is one.
    pub(crate) fn read<N: Node>(document: &N) -> Option<Problem> {
        let member = |name| field(document, name).ok().flatten();
        let status = member("status").and_then(|node| node.number());
        let problem = Problem {
            kind: text(document, "type"),
            title: text(document, "title"),
            status: status.filter(|status| (100.0..600.0).contains(status)).map(|s| s as u16),
            detail: text(document, "detail"),
        };
        Some(problem).filter(|problem| *problem != Problem::default())
    }
}

/// The text of a member, cut to a bounded length.
pub(crate) fn text<N: Node>(document: &N, name: &'static str) -> Option<String> {
    if document.kind() != Kind::Object {
        return None;
    }
    let text = field(document, name).ok().flatten().filter(|node| node.kind() == Kind::String)?;
    let text = text.text();
    Some(match text.char_indices().nth(LONGEST) {
        Some((end, _)) => [text.get(..end).unwrap_or_default(), "…"].concat(),
        None => text.into_owned(),
    })
}
