//! Problem details (RFC 9457): the server's own account of a failure.

use alloc::string::String;
use core::fmt;

use crate::rules::node::{Kind, Node, field};

/// Problem details (RFC 9457): the server's own account of a failure.
///
/// `Debug` shows only the status: the texts may repeat what was sent.
///
/// ```
/// let problem: palm_user::Problem =
///     serde_json::from_str(r#"{"title": "Not found", "status": 404, "detail": "No such user."}"#)?;
/// assert_eq!(problem.title.as_deref(), Some("Not found"));
/// assert_eq!(format!("{problem:?}"), "Problem { status: Some(404), .. }");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Problem {
    /// A URI that names the problem type: `https://api.getpalm.com/problems/validation_error`.
    #[cfg_attr(
        feature = "json",
        serde(rename = "type", skip_serializing_if = "Option::is_none", default)
    )]
    pub kind: Option<String>,
    /// The problem type in words.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none", default))]
    pub title: Option<String>,
    /// The HTTP status according to the document.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none", default))]
    pub status: Option<u16>,
    /// What happened in this case.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none", default))]
    pub detail: Option<String>,
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem").field("status", &self.status).finish_non_exhaustive()
    }
}

/// A longer text is cut to this many characters.
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

/// The text of a member, cut to [`LONGEST`].
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
