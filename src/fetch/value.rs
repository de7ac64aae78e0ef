//! The backend over `JsValue`, and conversions of users and patches from and to it.
//!
//! These use the platform's JSON functions, not serde-wasm-bindgen, which takes a key
//! `__proto__` for the prototype, and `undefined` for the null that removes a key.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, Function, JSON, JsString, Number, Object, Reflect};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::{Error, Message, Outcome};
use crate::native::patch::UserPatch;
use crate::native::user::User;
use crate::rules::node::{Change, Key, Kind, Node, Unreadable};
use crate::rules::operations::valid;
use crate::rules::patch::Patch;
use crate::rules::validate::Scope;
use crate::text::{ParamName, Params};

/// A JavaScript value and its kind.
#[derive(Clone)]
struct JsNode {
    value: JsValue,
    kind: Kind,
}

/// The name of a member.
#[derive(Clone)]
struct JsKey {
    text: String,
    is_well_formed: bool,
}

impl JsNode {
    fn read(value: JsValue) -> Self {
        let kind = kind(&value);
        JsNode { value, kind }
    }
}

fn kind(value: &JsValue) -> Kind {
    match value.js_typeof().as_string().as_deref() {
        Some("undefined") => Kind::Undefined,
        Some("boolean") => Kind::Bool,
        Some("number") if Number::is_finite(value) => Kind::Number,
        Some("number") => Kind::NotFinite,
        Some("bigint") => Kind::BigInt,
        Some("symbol") => Kind::Symbol,
        Some("function") => Kind::Function,
        Some("string") if is_well_formed(value.unchecked_ref()) => Kind::String,
        Some("string") => Kind::IllFormed,
        _ if value.is_null() => Kind::Null,
        _ if Array::is_array(value) => Kind::Array,
        // A proxy may throw.
        _ => match is_plain(value) {
            Ok(true) => Kind::Object,
            Ok(false) => Kind::Instance,
            Err(_) => Kind::Unreadable,
        },
    }
}

fn is_well_formed(text: &JsString) -> bool {
    text.is_valid_utf16()
}

/// Whether an object was made by `{}`, `JSON.parse` or `Object.create(null)`, in any realm.
fn is_plain(value: &JsValue) -> Result<bool, JsValue> {
    let parent = |value: &JsValue| Reflect::get_prototype_of(value).map(JsValue::from);
    let prototype = parent(value)?;
    Ok(prototype.is_null() || {
        let has_own = Object::has_own(prototype.unchecked_ref::<Object>(), &"isPrototypeOf".into());
        parent(&prototype)?.is_null() && has_own
    })
}

impl Key for JsKey {
    fn from_static(text: &'static str) -> Self {
        JsKey { text: text.into(), is_well_formed: true }
    }

    fn is(&self, name: &'static str) -> bool {
        self.text == name
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.text)
    }

    fn is_well_formed(&self) -> bool {
        self.is_well_formed
    }

    fn is_inherited(&self) -> bool {
        self.text.is_inherited()
    }
}

impl Node for JsNode {
    type Key = JsKey;

    fn kind(&self) -> Kind {
        self.kind
    }

    fn members(&self) -> Result<Vec<(JsKey, Self)>, Unreadable> {
        let read = || -> Result<_, JsValue> {
            let mut members = Vec::new();
            for key in Reflect::own_keys(&self.value)? {
                let Some(text) = key.dyn_ref::<JsString>() else { continue };
                let member = Reflect::get_own_property_descriptor(
                    self.value.unchecked_ref::<Object>(),
                    &key,
                )?;
                if !Reflect::get(&member, &"enumerable".into())?.is_truthy() {
                    continue;
                }
                let value = match Reflect::get(&self.value, &key) {
                    Ok(value) => JsNode::read(value),
                    Err(_) => JsNode { value: JsValue::UNDEFINED, kind: Kind::Unreadable },
                };
                let key = JsKey { is_well_formed: is_well_formed(text), text: text.into() };
                members.push((key, value));
            }
            Ok(members)
        };
        read().map_err(|_| Unreadable)
    }

    fn items(&self) -> Result<Vec<Self>, Unreadable> {
        let array: &Array = self.value.unchecked_ref();
        let item = |index| Reflect::get_u32(array, index).map(JsNode::read);
        (0..array.length()).map(item).collect::<Result<_, _>>().map_err(|_| Unreadable)
    }

    fn member(&self, key: &JsKey) -> Result<Option<Self>, Unreadable> {
        let key = JsValue::from_str(&key.text);
        if !Object::has_own(self.value.unchecked_ref::<Object>(), &key) {
            return Ok(None);
        }
        Reflect::get(&self.value, &key)
            .map(|value| Some(JsNode::read(value)))
            .map_err(|_| Unreadable)
    }

    fn member_count(&self) -> Result<usize, Unreadable> {
        Ok(self.members()?.len())
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.value.as_string().unwrap_or_default())
    }

    fn number(&self) -> Option<f64> {
        self.value.as_f64()
    }

    fn is_same(&self, other: &Self) -> bool {
        Object::is(&self.value, &other.value)
    }

    fn null() -> Self {
        JsNode { value: JsValue::NULL, kind: Kind::Null }
    }

    fn object(members: Vec<(JsKey, Self)>) -> Self {
        // `Object.fromEntries` defines members, so `__proto__` becomes one too.
        let pair = |(key, node): (JsKey, JsNode)| Array::of2(&key.text.into(), &node.value);
        let entries: Array = members.into_iter().map(pair).collect();
        let object = Object::from_entries(&entries).map(JsValue::from);
        JsNode { value: object.unwrap_or_default(), kind: Kind::Object }
    }

    fn array(items: Vec<Self>) -> Self {
        let array: Array = items.into_iter().map(|node| node.value).collect();
        JsNode { value: array.into(), kind: Kind::Array }
    }

    fn with(&self, changes: &[Change<Self>]) -> Result<Self, Unreadable> {
        let mut members = self.members()?;
        for (key, value) in changes {
            let place = members.iter().position(|(known, _)| known.text == key.text);
            match (place.and_then(|place| members.get_mut(place)), value) {
                (Some((_, before)), Some(value)) => *before = value.clone(),
                (Some(_), None) => members.retain(|(known, _)| known.text != key.text),
                (None, Some(value)) => members.push((key.clone(), value.clone())),
                (None, None) => {}
            }
        }
        Ok(Self::object(members))
    }
}

/// ```no_run
/// use palm_user::UserPatch;
/// use wasm_bindgen::JsValue;
///
/// # fn example(form: JsValue) -> Result<(), palm_user::Error> {
/// let patch = UserPatch::try_from(form)?;
/// # Ok(())
/// # }
/// ```
impl TryFrom<JsValue> for UserPatch {
    /// `InvalidPatch`, with the same issues as `validatePatch` in JavaScript.
    type Error = Error;

    fn try_from(value: JsValue) -> Result<Self, Error> {
        let patch: Patch<_> = valid(&JsNode::read(value), &Scope::Shape)?;
        // The checked copy holds nothing but plain JSON.
        UserPatch::from_value(json(&patch.into_node().value)?)
    }
}

/// ```no_run
/// use palm_user::User;
/// use wasm_bindgen::JsValue;
///
/// # fn example(answer: JsValue) -> Result<(), palm_user::Error> {
/// let user = User::try_from(answer)?;
/// # Ok(())
/// # }
/// ```
impl TryFrom<JsValue> for User {
    type Error = Error;

    fn try_from(value: JsValue) -> Result<Self, Error> {
        User::from_value(json(&value)?)
    }
}

impl From<&User> for JsValue {
    fn from(user: &User) -> Self {
        parsed(user.as_value())
    }
}

impl From<&UserPatch> for JsValue {
    fn from(patch: &UserPatch) -> Self {
        parsed(patch.as_value())
    }
}

/// A value by way of its JSON.
fn json(value: &JsValue) -> Result<Value, Error> {
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string());
    text.and_then(|text| serde_json::from_str(&text).ok()).ok_or_else(|| {
        let params = Params::default().name(ParamName::Reason, "it is not JSON");
        Error::new(Message::NotAUserDocument, Outcome::NotSent, params)
    })
}

fn parsed(value: &Value) -> JsValue {
    use alloc::string::ToString;
    JSON::parse(&value.to_string()).unwrap_or_default()
}

/// A value's method of that name.
pub(super) fn method(value: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(value, &name.into()).ok()?.dyn_into().ok()
}
