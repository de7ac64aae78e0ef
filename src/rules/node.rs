//! The interface between the rules and the values they judge.
//!
//! Every rule is generic over [`Node`]: it is written once, and runs on
//! `serde_json::Value` ([`crate::native::value`]) and on live JavaScript objects
//! (`wasm`). A backend says what a value *is* and builds new values. It decides
//! nothing.
//!
//! A backend guarantees:
//! - It classifies a value once, when it reads it, and reads every member of a
//!   container once. So what was checked is what is used, even behind a getter that
//!   answers differently each time.
//! - It never writes to a value it has read.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

pub(crate) use crate::rules::kind::Kind;
use crate::rules::patch::{METADATA, TEXT_FIELDS, TextFields};

/// A getter or a proxy threw while a value was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// The name of an object's member.
pub(crate) trait Key: Clone {
    /// A key made by the rules, such as `metadata`.
    fn from_static(text: &'static str) -> Self;
    /// Whether the key equals a name that the rules know.
    fn is(&self, name: &'static str) -> bool;
    /// The key as text; a lone surrogate reads as U+FFFD.
    fn text(&self) -> Cow<'_, str>;
    /// Whether UTF-8 can encode the key.
    fn is_well_formed(&self) -> bool;
    /// Whether every JavaScript object inherits a member of that name from
    /// `Object.prototype`, as with `__proto__`.
    fn is_inherited(&self) -> bool;

    /// Whether the key needs no check but that of its length.
    fn is_ordinary(&self) -> bool {
        self.is_well_formed() && !self.is_inherited()
    }
}

/// The members of `Object.prototype`: ECMA-262 section 20.1.3 and annex B.2.2.
const OBJECT_PROTOTYPE: [&str; 12] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

impl Key for String {
    fn from_static(text: &'static str) -> Self {
        text.to_owned()
    }

    fn is(&self, name: &'static str) -> bool {
        self == name
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }

    fn is_well_formed(&self) -> bool {
        true
    }

    fn is_inherited(&self) -> bool {
        is_inherited(self)
    }
}

/// Whether `Object.prototype` has a member of that name.
pub(crate) fn is_inherited(key: &str) -> bool {
    // `valueOf` is the shortest. Most keys begin with another letter.
    key.len() >= 7
        && key.starts_with(['_', 'c', 'h', 'i', 'p', 't', 'v'])
        && OBJECT_PROTOTYPE.contains(&key)
}

/// What an object has under a key, compared with another value.
pub(crate) enum Stored<N> {
    Absent,
    /// An equal scalar, or the identical container.
    Same,
    /// A different scalar, or a different container, whose contents may still be equal.
    Other(N),
}

/// The parts of a user that the rules look at, each read once.
pub(crate) struct UserFields<N> {
    pub(crate) metadata: Result<Option<N>, Unreadable>,
    /// The number of keys in `metadata`; 0 if it is not an object.
    pub(crate) metadata_count: usize,
    pub(crate) texts: TextFields<Result<Option<N>, Unreadable>>,
    /// False if the status is a string other than `active`.
    pub(crate) is_active: bool,
}

/// A user whose fields are read on first use. That is after the patch was read: a
/// getter of the patch may change the user.
pub(crate) struct Current<'a, N> {
    user: &'a N,
    fields: OnceCell<UserFields<N>>,
}

impl<'a, N: Node> Current<'a, N> {
    pub(crate) fn new(user: &'a N) -> Self {
        Current { user, fields: OnceCell::new() }
    }

    pub(crate) fn fields(&self) -> &UserFields<N> {
        self.fields.get_or_init(|| self.user.user_fields())
    }
}

impl<N: Node> UserFields<N> {
    /// The stored metadata, if it is an object.
    pub(crate) fn metadata_object(&self) -> Option<&N> {
        self.metadata.as_ref().ok()?.as_ref().filter(|node| node.kind() == Kind::Object)
    }
}

/// A change to a member; `None` removes it.
pub(crate) type Change<N> = (<N as Node>::Key, Option<N>);

/// A value the rules can judge.
pub(crate) trait Node: Clone {
    type Key: Key;

    /// Whether all values of this backend are JSON. Then none needs to be copied.
    const IS_JSON: bool = false;

    fn kind(&self) -> Kind;

    /// The own enumerable members of a [`Kind::Object`], in order.
    fn members(&self) -> Result<Vec<(Self::Key, Self)>, Unreadable>;

    /// The items of a [`Kind::Array`], in order; a hole reads as undefined and ends the list.
    fn items(&self) -> Result<Vec<Self>, Unreadable>;

    /// An object's own member, if there is one.
    fn member(&self, key: &Self::Key) -> Result<Option<Self>, Unreadable>;

    /// [`Node::member`] by a name that the rules know.
    fn field(&self, name: &'static str) -> Result<Option<Self>, Unreadable> {
        self.member(&Self::Key::from_static(name))
    }

    /// For each of `members`, calls back with what this object has under that key.
    fn stored(
        &self,
        members: &[(Self::Key, Self)],
        mut each: impl FnMut(&Self::Key, &Self, Stored<Self>),
    ) -> Result<(), Unreadable> {
        for (key, value) in members {
            let stored = match self.member(key)? {
                None => Stored::Absent,
                Some(found) if found.is_same(value) => Stored::Same,
                Some(found) => Stored::Other(found),
            };
            each(key, value, stored);
        }
        Ok(())
    }

    /// The parts of a user that the rules look at.
    fn user_fields(&self) -> UserFields<Self> {
        let metadata = field(self, METADATA);
        let object = metadata.as_ref().ok().and_then(Option::as_ref);
        let object = object.filter(|node| node.kind() == Kind::Object);
        UserFields {
            metadata_count: object.and_then(|node| node.member_count().ok()).unwrap_or(0),
            metadata,
            texts: TEXT_FIELDS.map(|text| field(self, text.name)),
            is_active: is_active(field(self, STATUS)),
        }
    }

    /// The number of own enumerable members of an object.
    fn member_count(&self) -> Result<usize, Unreadable>;

    /// The text of a [`Kind::String`].
    fn text(&self) -> Cow<'_, str>;

    /// Whether the value is a string with this text.
    fn is_text(&self, text: &'static str) -> bool {
        self.kind() == Kind::String && self.text() == text
    }

    /// The value of a [`Kind::Number`].
    fn number(&self) -> Option<f64>;

    /// The length of a [`Kind::String`] in Unicode code points.
    fn char_count(&self) -> usize {
        self.text().chars().count()
    }

    /// Whether these are equal scalars or the identical container.
    fn is_same(&self, other: &Self) -> bool;

    fn null() -> Self;

    /// A new object with these members, in order.
    fn object(members: Vec<(Self::Key, Self)>) -> Self;

    /// A new array with these items.
    fn array(items: Vec<Self>) -> Self;

    /// A shallow copy of an object with these changes: existing members keep their
    /// position, new ones are appended, and all other values are shared.
    fn with(&self, changes: &[Change<Self>]) -> Result<Self, Unreadable>;
}

/// The deepest nesting that is read; the outermost value is level 1.
pub(crate) const MAX_DEPTH: usize = 64;

/// The most nested values that one patch, or one comparison, reads. Shared
/// references can make a small object graph an endless document.
pub(crate) const MAX_NESTED_VALUES: usize = 1_000_000;

/// A field of a document, by its known name. An unreadable member is an error.
pub(crate) fn field<N: Node>(document: &N, name: &'static str) -> Result<Option<N>, Unreadable> {
    known_field(document.field(name)?)
}

/// A field as [`Node::field`] gave it: unreadable is an error, and undefined is absent.
pub(crate) fn known_field<N: Node>(member: Option<N>) -> Result<Option<N>, Unreadable> {
    match member {
        Some(node) if node.kind() == Kind::Unreadable => Err(Unreadable),
        Some(node) if node.kind() == Kind::Undefined => Ok(None),
        member => Ok(member),
    }
}

/// A user's status field, and the status of a user who may be changed.
pub(crate) const STATUS: &str = "status";
pub(crate) const ACTIVE: &str = "active";

/// Whether the status allows a change.
pub(crate) fn is_active<N: Node>(status: Result<Option<N>, Unreadable>) -> bool {
    let status = status.ok().flatten().filter(|status| status.kind() == Kind::String);
    status.is_none_or(|status| status.is_text(ACTIVE))
}
