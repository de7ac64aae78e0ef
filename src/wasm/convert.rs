//! Reports, errors and options: the structure that crosses rarely.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::glue;
use super::names::name;
use super::node::JsNode;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::rules::issue::{Issue, IssueCode, Param, Report};
use crate::rules::limits::Limits;
use crate::rules::node::{Kind, Node};
use crate::rules::patch::{DISPLAY_NAME, METADATA};
use crate::rules::suggest::suggest;
use crate::text::{decimal, joined};

/// The place of a new string.
pub(crate) fn text(text: &str) -> u32 {
    glue::text(text.as_ptr(), text.len())
}

/// An object under construction. Names and values are places.
pub(crate) struct Object(u32);

impl Object {
    pub(crate) fn new() -> Self {
        Object(JsNode::object(Vec::new()).place())
    }

    pub(crate) fn put(&self, name: u32, value: u32) -> &Self {
        glue::put(self.0, name, value);
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
        self.put(name, glue::number(value))
    }

    pub(crate) fn place(&self) -> u32 {
        self.0
    }
}

/// An array of what each item becomes.
pub(crate) fn array<T>(items: &[T], place: impl Fn(&T) -> u32) -> u32 {
    let places: Vec<u32> = items.iter().map(place).collect();
    glue::array_of(places.as_ptr(), u32::try_from(places.len()).unwrap_or(0)) >> 4
}

/// A list of texts.
pub(crate) fn texts(items: &[String]) -> u32 {
    array(items, |item| text(item))
}

/// The report of `validatePatch`.
pub(crate) fn report(report: &Report) -> u32 {
    let object = Object::new();
    object
        .put(name!("valid"), glue::flag(report.is_valid()))
        .put(name!("errors"), array(&report.errors, issue))
        .put(name!("warnings"), array(&report.warnings, issue));
    if report.truncated {
        object.put(name!("truncated"), glue::flag(true));
    }
    object.place()
}

fn issue(issue: &Issue) -> u32 {
    let params = if issue.params.is_empty() { 0 } else { params(issue) };
    glue::issue(
        constant(issue.code.as_str()),
        constant(issue.severity.as_str()),
        array(&issue.path, |key| key_text(key)),
        text(&issue.pointer),
        text(&issue.message),
        params,
    )
}

/// The place of a key of a path, which most often is a field.
fn key_text(key: &str) -> u32 {
    match key {
        METADATA => name!("metadata"),
        DISPLAY_NAME => name!("display_name"),
        key => text(key),
    }
}

fn params(issue: &Issue) -> u32 {
    let params = Object::new();
    for (name, param) in issue.params.iter() {
        let value = match param {
            Param::Count(count) => glue::number((*count).into()),
            Param::Name(Cow::Borrowed(name)) => constant(name),
            Param::Name(Cow::Owned(name)) => text(name),
        };
        params.put(constant(name), value);
    }
    params.place()
}

/// The place of a code or a name.
fn constant(constant: &'static str) -> u32 {
    glue::constant(constant.as_ptr(), constant.len())
}

/// What the TypeScript side makes a `PalmError` of.
pub(crate) fn error(error: &Error) -> u32 {
    let details = error.details();
    let object = Object::new();
    object
        .put(name!("code"), constant(details.code.as_str()))
        .put_text(name!("message"), &details.message)
        .put(name!("outcome"), constant(details.outcome.as_str()))
        .put(name!("retryable"), glue::flag(details.retryable))
        .put_number(name!("attempts"), details.attempts.into());
    if let Some(status) = details.status {
        object.put_number(name!("status"), status.into());
    }
    object.put_optional(name!("requestId"), details.request_id.as_deref());
    if let Some(wait) = details.retry_after_ms {
        object.put_number(name!("retryAfterMs"), wait as f64);
    }
    if let Some(details) = &details.problem {
        object.put(name!("problem"), problem(details));
    }
    if !details.issues.is_empty() {
        object.put(name!("issues"), array(&details.issues, issue));
    }
    object.place()
}

fn problem(problem: &Problem) -> u32 {
    let object = Object::new();
    object
        .put_optional(name!("type"), problem.kind.as_deref())
        .put_optional(name!("title"), problem.title.as_deref());
    if let Some(status) = problem.status {
        object.put_number(name!("status"), status.into());
    }
    object.put_optional(name!("detail"), problem.detail.as_deref()).place()
}

/// An object of options whose names are known, each read once.
pub(crate) struct Options {
    what: &'static str,
    members: Vec<(u32, JsNode)>,
}

impl Options {
    /// Refuses anything but an object with these names, so that a misspelt option is not ignored.
    pub(crate) fn read(
        node: JsNode,
        what: &'static str,
        known: &[(u32, &'static str)],
    ) -> Result<Self, Error> {
        let mut options = Options { what, members: Vec::new() };
        if node.kind() == Kind::Undefined {
            return Ok(options);
        }
        if node.kind() != Kind::Object {
            return Err(Error::invalid_options(&joined(&[what, " must be a plain object."])));
        }
        let unreadable = |_| Error::invalid_options(&joined(&[what, " could not be read."]));
        for (key, value) in node.members().map_err(unreadable)? {
            let name = glue::name_of(key.place());
            if !known.iter().any(|(place, _)| *place == name) {
                return Err(unknown(what, &crate::rules::node::Key::text(&key), known));
            }
            options.members.push((name, value));
        }
        Ok(options)
    }

    /// The option, or undefined.
    pub(crate) fn get(&self, name: u32) -> JsNode {
        let found = self.members.iter().find(|(known, _)| *known == name);
        found.map_or(JsNode::UNDEFINED, |(_, node)| *node)
    }

    pub(crate) fn boolean(&self, name: u32) -> Result<bool, Error> {
        let value = self.get(name);
        match value.kind() {
            Kind::Undefined => Ok(false),
            Kind::Bool => Ok(glue::number_at(value.place()) != 0.0),
            _ => Err(self.must_be(name, &["a boolean"])),
        }
    }

    /// A whole number from `min` to `max`.
    pub(crate) fn integer(&self, name: u32, min: u32, max: u32) -> Result<Option<u32>, Error> {
        let value = self.get(name);
        if value.kind() == Kind::Undefined {
            return Ok(None);
        }
        if value.kind() == Kind::Number {
            let number = glue::number_at(value.place());
            let whole = number as u32;
            if f64::from(whole) == number && (min..=max).contains(&whole) {
                return Ok(Some(whole));
            }
        }
        Err(self.must_be(
            name,
            &["a whole number from ", &decimal(min as usize), " to ", &decimal(max as usize)],
        ))
    }

    pub(crate) fn must_be(&self, name: u32, expected: &[&str]) -> Error {
        let name = super::names::text(name);
        let expected = joined(expected);
        Error::invalid_options(&joined(&[self.what, ".", name, " must be ", &expected, "."]))
    }
}

fn unknown(what: &str, name: &str, known: &[(u32, &'static str)]) -> Error {
    let known: Vec<&'static str> = known.iter().map(|(_, name)| *name).collect();
    Error::invalid_options(&match suggest(name, &known) {
        Some(name) => joined(&[what, " has an unknown name; did you mean ", name, "?"]),
        None => {
            let mut message = joined(&[what, " has an unknown name; known are"]);
            for (index, name) in known.iter().enumerate() {
                message.push_str(if index == 0 { " " } else { ", " });
                message.push_str(name);
            }
            message.push('.');
            message
        }
    })
}

/// A name with its place, for the names of options.
macro_rules! known {
    ($($name:literal),* $(,)?) => { &[$((name!($name), $name)),*] };
}
pub(crate) use known;

/// The `limits` of an options object.
pub(crate) fn limits(node: JsNode) -> Result<Limits, Error> {
    if node.kind() == Kind::Undefined {
        return Ok(Limits::default());
    }
    let known = known!["maxKeys", "maxKeyLength", "maxValueLength", "maxDisplayNameLength"];
    let options = Options::read(node, "limits", known)?;
    let length = |name| options.integer(name, 0, u32::MAX);
    Ok(Limits {
        max_keys: length(name!("maxKeys"))?.unwrap_or(Limits::default().max_keys),
        max_key_length: length(name!("maxKeyLength"))?,
        max_value_length: length(name!("maxValueLength"))?,
        max_display_name_length: length(name!("maxDisplayNameLength"))?,
    })
}

/// The report on options that are wrong, for a function that never throws.
pub(crate) fn report_of(error: &Error) -> u32 {
    let mut found = Report::default();
    found.push(Issue::new(IssueCode::InvalidOptions, Vec::new(), error.message(), &[]));
    report(&found)
}
