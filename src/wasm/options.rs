//! Reading options: all names are known, and an unknown name is an error.

use alloc::vec::Vec;

use super::imports;
use super::names;
use super::node::JsNode;
use crate::error::{Error, Message, Outcome};
use crate::rules::limits::{LIMIT_NAMES, Limits};
use crate::rules::node::{Key, Kind, Node};
use crate::rules::suggest::suggest;
use crate::text::{ParamName, Params};

/// An options object, each member read once.
pub(crate) struct Options {
    what: &'static str,
    members: Vec<(u32, JsNode)>,
}

impl Options {
    /// Reads an object, and refuses names that are not `known`, so no misspelt option is ignored.
    pub(crate) fn read(
        node: JsNode,
        what: &'static str,
        known: &[&'static str],
    ) -> Result<Self, Error> {
        let mut options = Options { what, members: Vec::new() };
        if node.kind() == Kind::Undefined {
            return Ok(options);
        }
        if node.kind() != Kind::Object {
            return Err(Error::of_name(Message::OptionsNotObject, what));
        }
        let unreadable = |_| Error::of_name(Message::OptionsUnreadable, what);
        for (key, value) in node.members().map_err(unreadable)? {
            let name = imports::name_of(key.handle());
            if !known.contains(&names::text(name)) {
                return Err(unknown(what, &key.text(), known));
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
            _ => value.as_bool().ok_or_else(|| self.must_be(name, "a boolean")),
        }
    }

    /// An option that is a whole number from `min` to `max`.
    pub(crate) fn integer(&self, name: u32, min: u32, max: u32) -> Result<Option<u32>, Error> {
        let value = self.get(name);
        if value.kind() == Kind::Undefined {
            return Ok(None);
        }
        if let Some(number) = value.number() {
            let whole = number as u32;
            if f64::from(whole) == number && (min..=max).contains(&whole) {
                return Ok(Some(whole));
            }
        }
        let params = self.named(name).count(ParamName::Min, min as usize);
        let params = params.count(ParamName::Max, max as usize);
        Err(Error::new(Message::OptionRange, Outcome::NotSent, params))
    }

    pub(crate) fn must_be(&self, name: u32, expected: &'static str) -> Error {
        let params = self.named(name).name(ParamName::Expected, expected);
        Error::new(Message::OptionType, Outcome::NotSent, params)
    }

    fn named(&self, name: u32) -> Params {
        let name = [self.what, ".", names::text(name)].concat();
        Params::default().name(ParamName::Name, name)
    }
}

fn unknown(what: &'static str, name: &str, known: &[&'static str]) -> Error {
    let params = Params::default().name(ParamName::Name, what);
    let (message, params) = match suggest(name, known.iter().copied()) {
        Some(name) => (Message::OptionMisspelt, params.name(ParamName::Suggestion, name)),
        None => (Message::OptionUnknown, params.name(ParamName::Known, known.join(", "))),
    };
    Error::new(message, Outcome::NotSent, params)
}

/// The `limits` of an options object.
pub(crate) fn limits(node: JsNode) -> Result<Limits, Error> {
    if node.kind() == Kind::Undefined {
        return Ok(Limits::default());
    }
    let options = Options::read(node, "limits", &LIMIT_NAMES)?;
    let mut set = [None; LIMIT_NAMES.len()];
    for (limit, name) in set.iter_mut().zip(LIMIT_NAMES) {
        *limit = options.integer(names::handle(name), 0, u32::MAX)?;
    }
    Ok(Limits::from_options(set))
}
