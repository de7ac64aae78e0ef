//! The backend over live JavaScript objects.
//!
//! Strings and untouched subtrees stay in JavaScript, where each value of a call has a
//! handle. Only handles and kinds cross. The rules never see a JavaScript exception: a
//! getter or proxy that throws reads as `Unreadable`.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::offset_of;
use core::num::NonZeroU32;

use super::imports::{self, ABSENT};
use super::names;
use crate::rules::node::{Change, Key, Kind, MAX_NESTED_VALUES, Node, Unreadable};

/// A JavaScript value: its handle, and its kind in the low four bits. It is never 0,
/// because handle 0 is undefined, whose kind is not 0.
#[derive(Clone, Copy)]
pub(crate) struct JsNode(NonZeroU32);

impl JsNode {
    pub(crate) const UNDEFINED: Self =
        JsNode(NonZeroU32::MIN.saturating_add(Kind::Undefined as u32 - 1));

    /// A value's handle and kind, packed as JavaScript passes them.
    pub(crate) fn from_js(packed: u32) -> Self {
        NonZeroU32::new(packed).map_or(JsNode::UNDEFINED, JsNode)
    }

    fn packed(self) -> u32 {
        self.0.get()
    }

    pub(crate) fn handle(self) -> u32 {
        self.packed() >> 4
    }

    /// The value's own or inherited member of that name.
    pub(crate) fn property(self, name: u32) -> Self {
        JsNode::from_js(imports::property(self.handle(), name))
    }

    /// The handle of the name that equals this string; 0 if none does.
    pub(crate) fn name(self) -> u32 {
        imports::name_of(self.handle())
    }

    /// The text of a string.
    pub(crate) fn to_text(self) -> String {
        text_at(self.handle())
    }

    /// The value, if this is a boolean.
    pub(crate) fn as_bool(self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| imports::number_at(self.handle()) != 0.0)
    }
}

/// The text with that handle.
pub(crate) fn text_at(handle: u32) -> String {
    let mut bytes = vec![0; imports::encoded_bound(handle)];
    let written = imports::encode(handle, bytes.as_mut_ptr(), bytes.len());
    bytes.truncate(usize::try_from(written).unwrap_or(0));
    utf8(bytes)
}

/// Bytes that `encode` wrote, as a string.
#[allow(unsafe_code, reason = "a check for what no encoder writes would cost code and time")]
fn utf8(bytes: Vec<u8>) -> String {
    debug_assert!(core::str::from_utf8(&bytes).is_ok());
    // SAFETY: `encode` writes what a TextEncoder writes, or ASCII.
    unsafe { String::from_utf8_unchecked(bytes) }
}

/// The name of a member: the handle of a string, and flags from `describe` in the low
/// four bits.
#[derive(Clone, Copy)]
pub(crate) struct JsKey(u32);

const ILL_FORMED: u32 = 1;
const INHERITED: u32 = 2;

impl JsKey {
    pub(crate) fn handle(self) -> u32 {
        self.0 >> 4
    }
}

impl Key for JsKey {
    fn from_static(text: &'static str) -> Self {
        JsKey(names::handle(text) << 4)
    }

    fn is(&self, name: &'static str) -> bool {
        imports::name_of(self.handle()) == names::handle(name)
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(text_at(self.handle()))
    }

    fn is_well_formed(&self) -> bool {
        self.0 & ILL_FORMED == 0
    }

    fn is_ordinary(&self) -> bool {
        self.0 & (ILL_FORMED | INHERITED) == 0
    }

    fn is_inherited(&self) -> bool {
        self.0 & INHERITED != 0
    }
}

/// What `describe` writes: the number of members, and the bytes of the first ones.
const DESCRIBED: usize = 64;
#[repr(C)]
struct Description {
    count: u32,
    bytes: [u8; DESCRIBED],
}

/// Maps each member of an object, or each item of an array.
fn describe<T>(handle: u32, of: impl Fn(JsKey, JsNode) -> T) -> Result<Vec<T>, Unreadable> {
    let mut description = Description { count: 0, bytes: [0; DESCRIBED] };
    let limit = u32::try_from(MAX_NESTED_VALUES).unwrap_or(u32::MAX).saturating_add(1);
    let out = (&raw mut description).cast::<u32>();
    let first = imports::describe(handle, out, DESCRIBED as u32, limit);
    if first == 0 {
        return Err(Unreadable);
    }
    let more;
    let count = usize::try_from(description.count).unwrap_or(0);
    let bytes = if count <= DESCRIBED {
        description.bytes.get(..count).unwrap_or_default()
    } else {
        let mut bytes = vec![0; count];
        imports::describe_again(first, description.count, bytes.as_mut_ptr());
        more = bytes;
        more.as_slice()
    };
    let mut key = first.wrapping_sub(2);
    // The length is known, so the vector never grows.
    Ok(Vec::from_iter(bytes.iter().map(|byte| {
        let byte = u32::from(*byte);
        key = key.wrapping_add(2);
        let value = (key.wrapping_add(1) << 4) | (byte & 15);
        of(JsKey((key << 4) | (byte >> 4)), JsNode::from_js(value))
    })))
}

/// JavaScript reads members and changes in place, as pairs of a key and a value; 0 is no value.
const _: () = {
    assert!(size_of::<(JsKey, JsNode)>() == 8 && offset_of!((JsKey, JsNode), 1) == 4);
    assert!(size_of::<Change<JsNode>>() == 8 && offset_of!(Change<JsNode>, 1) == 4);
};

impl Node for JsNode {
    type Key = JsKey;

    fn kind(&self) -> Kind {
        Kind::from_u8((self.packed() & 15) as u8)
    }

    fn members(&self) -> Result<Vec<(JsKey, Self)>, Unreadable> {
        describe(self.handle(), |key, value| (key, value))
    }

    fn items(&self) -> Result<Vec<Self>, Unreadable> {
        describe(self.handle(), |_, value| value)
    }

    fn member(&self, key: &JsKey) -> Result<Option<Self>, Unreadable> {
        Ok(member(imports::member(self.handle(), key.handle())))
    }

    fn field(&self, name: &'static str) -> Result<Option<Self>, Unreadable> {
        Ok(member(imports::field(self.handle(), names::handle(name))))
    }

    fn member_count(&self) -> Result<usize, Unreadable> {
        match imports::member_count(self.handle()) {
            ABSENT => Err(Unreadable),
            count => usize::try_from(count).map_err(|_| Unreadable),
        }
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_text())
    }

    fn number(&self) -> Option<f64> {
        (self.kind() == Kind::Number).then(|| imports::number_at(self.handle()))
    }

    fn is_text(&self, text: &'static str) -> bool {
        let handle = names::handle(text);
        self.handle() == handle || imports::same(self.handle(), handle)
    }

    fn char_count(&self) -> usize {
        usize::try_from(imports::char_count(self.handle())).unwrap_or(usize::MAX)
    }

    fn is_same(&self, other: &Self) -> bool {
        self.handle() == other.handle() || imports::same(self.handle(), other.handle())
    }

    fn null() -> Self {
        JsNode::from_js((names::NULL << 4) | Kind::Null as u32)
    }

    fn object(members: Vec<(JsKey, Self)>) -> Self {
        copy_with(0, members.as_ptr().cast(), members.len())
    }

    fn array(items: Vec<Self>) -> Self {
        let handles: Vec<u32> = items.iter().map(|item| item.handle()).collect();
        let count = u32::try_from(handles.len()).unwrap_or(0);
        JsNode::from_js(imports::array_of(handles.as_ptr(), count))
    }

    fn with(&self, changes: &[Change<Self>]) -> Result<Self, Unreadable> {
        match copy_with(self.handle(), changes.as_ptr().cast(), changes.len()) {
            copy if copy.kind() == Kind::Unreadable => Err(Unreadable),
            copy => Ok(copy),
        }
    }
}

fn copy_with(handle: u32, changes: *const u32, count: usize) -> JsNode {
    JsNode::from_js(imports::copy_with(handle, changes, u32::try_from(count).unwrap_or(0)))
}

fn member(packed: u32) -> Option<JsNode> {
    (packed != ABSENT).then(|| JsNode::from_js(packed))
}
