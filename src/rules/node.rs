//! The seam between the rules and the values they judge.
//!
//! Every rule is generic over [`Node`], so that it is written once and runs on
//! `serde_json::Value` (native, [`crate::native::value`]) and on live JavaScript
//! objects (`wasm`) alike. A backend says what a value *is* and builds new
//! values; it decides nothing.
//!
//! What a backend promises:
//! - A value is classified once, when it is read. Every member of a container
//!   is read once, so what was checked is what is used, even behind a getter
//!   that answers differently each time.
//! - Nothing that was read is ever written to.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

use crate::rules::patch::{METADATA, TEXT_FIELDS, TextFields};

/// What a value is, seen from JSON.
///
/// The kinds from [`Kind::Undefined`] on exist only in JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(dead_code, reason = "native values have six of them")]
pub(crate) enum Kind {
    Null = 0,
    Bool,
    Number,
    String,
    Array,
    /// A plain object: made by `{}`, `JSON.parse` or `Object.create(null)`, in any realm.
    Object,
    Undefined,
    /// A string with a lone surrogate, which UTF-8 cannot carry.
    IllFormed,
    /// `NaN` or an infinity, which `JSON.stringify` turns into null.
    NotFinite,
    BigInt,
    Function,
    Symbol,
    /// Any other object: Date, Map, a boxed primitive, an instance of a class.
    Instance,
    /// A getter or proxy threw when the value was read.
    Unreadable,
}

impl Kind {
    /// Every kind, in the order of its number.
    #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
    pub(crate) const ALL: [Kind; 14] = {
        use Kind::*;
        [
            Null, Bool, Number, String, Array, Object, Undefined, IllFormed, NotFinite, BigInt,
            Function, Symbol, Instance, Unreadable,
        ]
    };

    /// The kind a backend reported as a number; anything unknown is `Unreadable`.
    #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
    #[inline(always)]
    pub(crate) fn from_u8(kind: u8) -> Kind {
        Kind::ALL.get(usize::from(kind)).copied().unwrap_or(Kind::Unreadable)
    }

    /// The word for messages and `params.actual`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "boolean",
            Kind::Number => "number",
            Kind::String | Kind::IllFormed => "string",
            Kind::Array => "array",
            Kind::Object => "object",
            Kind::Undefined => "undefined",
            Kind::NotFinite => "not_finite",
            Kind::BigInt => "bigint",
            Kind::Function => "function",
            Kind::Symbol => "symbol",
            Kind::Instance => "class_instance",
            Kind::Unreadable => "unreadable",
        }
    }
}

/// A getter or a proxy threw while a value was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// The name of an object's member.
pub(crate) trait Key: Clone {
    /// A key made by the rules, such as `metadata`.
    fn from_static(text: &'static str) -> Self;
    /// Whether it is that name, which the rules know.
    fn is(&self, name: &'static str) -> bool;
    /// The key as text; a lone surrogate reads as U+FFFD.
    fn text(&self) -> Cow<'_, str>;
    /// Whether UTF-8 can carry the key.
    fn is_well_formed(&self) -> bool;
    /// Whether every JavaScript object inherits a member of that name from
    /// `Object.prototype` (ECMA-262 section 20.1.3 and annex B.2.2), as `__proto__`.
    fn is_inherited(&self) -> bool;

    /// Whether there is nothing to say of the key but its length.
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
    // The shortest is `valueOf`; most keys begin otherwise.
    key.len() >= 7
        && key.starts_with(['_', 'c', 'h', 'i', 'p', 't', 'v'])
        && OBJECT_PROTOTYPE.contains(&key)
}

/// What an object has under a key, seen from another value.
pub(crate) enum Stored<N> {
    Absent,
    /// The same scalar, or the very same container.
    Same,
    /// Another scalar, or another container that may hold the same.
    Other(N),
}

/// What the rules look at of a user, each field read once.
pub(crate) struct UserFields<N> {
    pub(crate) metadata: Result<Option<N>, Unreadable>,
    /// How many keys `metadata` has; 0 where it is no object.
    pub(crate) metadata_count: usize,
    pub(crate) texts: TextFields<Result<Option<N>, Unreadable>>,
    /// False where the status is a string other than `active`.
    pub(crate) is_active: bool,
}

/// A user whose fields are read when they are first asked for: after the patch,
/// whose getters may change the user.
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

/// One change of a member: `None` removes it.
pub(crate) type Change<N> = (<N as Node>::Key, Option<N>);

/// A value the rules can judge.
pub(crate) trait Node: Clone {
    type Key: Key;

    fn kind(&self) -> Kind;

    /// The own enumerable members of an [`Kind::Object`], in order.
    fn members(&self) -> Result<Vec<(Self::Key, Self)>, Unreadable>;

    /// The items of an [`Kind::Array`], in order; a hole reads as undefined and ends the list.
    fn items(&self) -> Result<Vec<Self>, Unreadable>;

    /// The own member of an object, if there is one.
    fn member(&self, key: &Self::Key) -> Result<Option<Self>, Unreadable>;

    /// The same of a field of a document, by its known name.
    fn field(&self, name: &'static str) -> Result<Option<Self>, Unreadable> {
        self.member(&Self::Key::from_static(name))
    }

    /// Calls back with what an object has under each of these keys, seen from
    /// the value beside it.
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

    /// What the rules look at of a user.
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

    /// How many own enumerable members an object has.
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

    /// Equal scalars, or the same container.
    fn is_same(&self, other: &Self) -> bool;

    fn null() -> Self;

    /// A new object with these members, in order.
    fn object(members: Vec<(Self::Key, Self)>) -> Self;

    /// A new array with these items.
    fn array(items: Vec<Self>) -> Self;

    /// A shallow copy of an object with these changes: what it had keeps its
    /// place, new members are appended, everything else is shared.
    fn with(&self, changes: &[Change<Self>]) -> Result<Self, Unreadable>;
}

/// The deepest nesting that is read, the outermost value being level 1.
pub(crate) const MAX_DEPTH: usize = 64;

/// How many nested values are read of one patch, or compared of two values.
/// Shared references make a small object graph an endless document.
pub(crate) const MAX_NESTED_VALUES: usize = 1_000_000;

/// A field of a document by its known name. A member that cannot be read is an error.
pub(crate) fn field<N: Node>(document: &N, name: &'static str) -> Result<Option<N>, Unreadable> {
    known_field(document.field(name)?)
}

/// A field that was read: an error where that threw, and `undefined` is none.
pub(crate) fn known_field<N: Node>(member: Option<N>) -> Result<Option<N>, Unreadable> {
    match member {
        Some(node) if node.kind() == Kind::Unreadable => Err(Unreadable),
        Some(node) if node.kind() == Kind::Undefined => Ok(None),
        member => Ok(member),
    }
}

/// The field of a user's status, and the status of one that may be changed.
pub(crate) const STATUS: &str = "status";
pub(crate) const ACTIVE: &str = "active";

/// Whether a user may be changed, as far as its status says.
pub(crate) fn is_active<N: Node>(status: Result<Option<N>, Unreadable>) -> bool {
    let status = status.ok().flatten().filter(|status| status.kind() == Kind::String);
    status.is_none_or(|status| status.is_text(ACTIVE))
}

/// Whether two values are the same JSON value, whatever the order of members.
///
/// Values nested past [`MAX_DEPTH`], more than [`MAX_NESTED_VALUES`] and
/// unreadable ones count as different: taking equal values for different ones
/// costs a copy, the contrary an update.
pub(crate) fn is_equal<N: Node>(a: &N, b: &N) -> bool {
    a.kind() == b.kind() && (a.is_same(b) || is_equal_inside(a, b))
}

/// Whether two values that are not the same one are equal containers.
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
