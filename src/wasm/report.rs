//! Writes reports and errors for JavaScript, as one array of words: each message is a
//! number and its parameters. `report.js` makes the texts.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::imports;
use super::names::name;
use super::node::{JsKey, JsNode};
use crate::error::{self, Error, Message, Outcome};
use crate::fingerprint;
use crate::rules::issue::{self, Finding, Findings};
use crate::rules::node::Node;
use crate::rules::operations::Failure;
use crate::rules::path::Step;
use crate::text::{Param, Params};

/// Why an export failed.
pub(crate) enum Failed {
    Operation(Failure<JsKey>),
    /// A value cannot be fingerprinted; with its index if there are several.
    Fingerprint(issue::Message, Option<usize>),
    Call(Error),
}

impl From<Failure<JsKey>> for Failed {
    fn from(failure: Failure<JsKey>) -> Self {
        Failed::Operation(failure)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::Call(error)
    }
}

/// The handle of a report.
pub(crate) fn report(findings: &Findings<JsKey>) -> u32 {
    let mut words = Words(Vec::with_capacity(32));
    words.findings(&findings.errors);
    words.findings(&findings.warnings);
    words.push(findings.is_truncated.into());
    imports::report(words.0.as_ptr())
}

/// The handle of the members of a `PalmError`.
pub(crate) fn failed(failed: &Failed) -> u32 {
    let of_finding;
    let (message, params, findings) = match failed {
        Failed::Call(error) => return self::error(error),
        Failed::Operation(failure) => {
            let (message, params) = error::described(failure);
            let findings = match failure {
                Failure::InvalidPatch(found) | Failure::NoPatch(found) => found.errors.as_slice(),
                _ => &[],
            };
            (message, params, findings)
        }
        Failed::Fingerprint(fault, index) => {
            let path = index.map(Step::Index).into_iter().collect();
            of_finding = [Finding::new(*fault, path)];
            let (message, params) = fingerprint::described(*index);
            (message, params, of_finding.as_slice())
        }
    };
    write_error(message, &params, Outcome::NotSent, false, 0, findings)
}

/// The handle of the members of a `PalmError`.
pub(crate) fn error(error: &Error) -> u32 {
    let details = error.details();
    let (message, outcome, attempts) = (details.message, details.outcome, details.attempts);
    let object = write_error(message, &details.params, outcome, details.retryable, attempts, &[]);
    let object = Object(object);
    if let Some(status) = details.status {
        object.put_number(name!("status"), status.into());
    }
    object.put_optional(name!("requestId"), details.request_id.as_deref());
    if let Some(wait) = details.retry_after_ms {
        object.put_number(name!("retryAfterMs"), wait as f64);
    }
    object.handle()
}

fn write_error(
    message: Message,
    params: &Params,
    outcome: Outcome,
    retryable: bool,
    attempts: u32,
    findings: &[Finding<JsKey>],
) -> u32 {
    let mut words = Words(Vec::with_capacity(32));
    words.push(message as u32);
    words.params(params);
    words.push(outcome as u32);
    words.push(retryable.into());
    words.push(attempts);
    words.findings(findings);
    imports::error(words.0.as_ptr())
}

/// The words that `report.js` reads.
struct Words(Vec<u32>);

impl Words {
    fn push(&mut self, word: u32) {
        self.0.push(word);
    }

    fn count(&mut self, count: usize) {
        self.push(u32::try_from(count).unwrap_or(0));
    }

    fn findings(&mut self, findings: &[Finding<JsKey>]) {
        self.count(findings.len());
        for finding in findings {
            self.push(finding.message as u32);
            self.params(&finding.params);
            self.count(finding.path.len());
            for step in &finding.path {
                match step {
                    Step::Key(key) => self.push(key.handle() << 1),
                    Step::Index(index) => self.count(index.wrapping_mul(2).wrapping_add(1)),
                }
            }
        }
    }

    /// For each, the number of its name, and its value: a number, or the address and length
    /// of a text.
    fn params(&mut self, params: &Params) {
        self.count(params.as_slice().len());
        for (name, param) in params.as_slice() {
            let (kind, text) = match param {
                Param::Count(count) => {
                    self.push((*name as u32) << 2);
                    self.push(*count);
                    continue;
                }
                Param::Name(Cow::Borrowed(text)) => (1, *text),
                Param::Name(Cow::Owned(text)) => (2, text.as_str()),
            };
            self.push(((*name as u32) << 2) | kind);
            self.count(text.as_ptr().addr());
            self.count(text.len());
        }
    }
}

/// The handle of a new string.
pub(crate) fn text(text: &str) -> u32 {
    imports::text(text.as_ptr(), text.len())
}

/// A JavaScript object under construction. Names and values are handles.
pub(crate) struct Object(u32);

impl Object {
    pub(crate) fn new() -> Self {
        Object(JsNode::object(Vec::new()).handle())
    }

    pub(crate) fn put(&self, name: u32, value: u32) -> &Self {
        imports::put(self.0, name, value);
        self
    }

    pub(crate) fn put_text(&self, name: u32, value: &str) -> &Self {
        self.put(name, text(value))
    }

    pub(crate) fn put_optional(&self, name: u32, value: Option<&str>) -> &Self {
        match value {
            Some(value) => self.put_text(name, value),
            None => self,
        }
    }

    pub(crate) fn put_number(&self, name: u32, value: f64) -> &Self {
        self.put(name, imports::number(value))
    }

    pub(crate) fn handle(&self) -> u32 {
        self.0
    }
}

/// The handle of an array of the items' handles.
pub(crate) fn array<T>(items: &[T], handle: impl Fn(&T) -> u32) -> u32 {
    let handles: Vec<u32> = items.iter().map(handle).collect();
    imports::array_of(handles.as_ptr(), u32::try_from(handles.len()).unwrap_or(0)) >> 4
}

/// The handle of an array of texts.
pub(crate) fn texts(items: &[String]) -> u32 {
    array(items, |item| text(item))
}
