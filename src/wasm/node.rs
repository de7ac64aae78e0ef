//! The backend over live JavaScript objects.
//!
//! Strings and untouched subtrees stay in JavaScript, where each value of a call
//! has a place; what crosses is a kind per value. Rules never see a JavaScript
//! exception: what a getter or proxy throws is `Unreadable`.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::glue::{self, ABSENT, SAME};
use super::names;
use crate::node::{Change, Key, Kind, MAX_NESTED_VALUES, Node, Stored, Unreadable, UserFields};

/// A JavaScript value: its place, and in the low four bits its kind.
#[derive(Clone, Copy)]
pub(crate) struct JsNode(u32);

impl JsNode {
    pub(crate) const UNDEFINED: Self = JsNode(Kind::Undefined as u32);

    /// What JavaScript calls the place and kind of a value.
    pub(crate) fn from_js(packed: u32) -> Self {
        JsNode(packed)
    }

    pub(crate) fn place(self) -> u32 {
        self.0 >> 4
    }

    /// What the value or its prototype has under a name.
    pub(crate) fn property(self, name: u32) -> Self {
        JsNode(glue::property(self.place(), name))
    }

    /// The place of the name that a string equals; 0 for any other value.
    pub(crate) fn name(self) -> u32 {
        glue::name_of(self.place())
    }

    /// The text of a string.
    pub(crate) fn to_text(self) -> String {
        text_at(self.place())
    }
}

/// The text at a place.
pub(crate) fn text_at(place: u32) -> String {
    let mut bytes = vec![0; glue::encoded_bound(place)];
    let written = glue::encode(place, bytes.as_mut_ptr(), bytes.len());
    bytes.truncate(usize::try_from(written).unwrap_or(0));
    utf8(bytes)
}

/// Bytes that `encode` wrote.
#[allow(unsafe_code, reason = "looking for what an encoder cannot write is code and time")]
fn utf8(bytes: Vec<u8>) -> String {
    debug_assert!(core::str::from_utf8(&bytes).is_ok());
    // SAFETY: `encode` writes what a TextEncoder writes, or ASCII.
    unsafe { String::from_utf8_unchecked(bytes) }
}

/// The name of a member: the place of a string, and in the low four bits what
/// `describe` said of it.
#[derive(Clone, Copy)]
pub(crate) struct JsKey(u32);

const ILL_FORMED: u32 = 1;
const INHERITED: u32 = 2;
/// It is the name at place 1 or 2, the two fields of a patch.
const NAMED: [u32; 2] = [4, 8];

impl JsKey {
    pub(crate) fn place(self) -> u32 {
        self.0 >> 4
    }
}

impl Key for JsKey {
    fn from_static(text: &'static str) -> Self {
        JsKey(names::place(text) << 4)
    }

    fn is(&self, text: &'static str) -> bool {
        let place = names::place(text);
        let index = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
        match index.and_then(|index| NAMED.get(index)) {
            Some(flag) => self.0 & flag != 0,
            None => glue::same(self.place(), place),
        }
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(text_at(self.place()))
    }

    fn is_well_formed(&self) -> bool {
        self.0 & ILL_FORMED == 0
    }

    fn is_inherited(&self) -> bool {
        self.0 & INHERITED != 0
    }
}

/// What `describe` writes: how many, and the bytes of the first.
const DESCRIBED: usize = 64;
#[repr(C)]
struct Description {
    count: u32,
    bytes: [u8; DESCRIBED],
}

/// What each member of an object or item of an array becomes.
fn describe<T>(place: u32, of: impl Fn(JsKey, JsNode) -> T) -> Result<Vec<T>, Unreadable> {
    let mut description = Description { count: 0, bytes: [0; DESCRIBED] };
    let limit = u32::try_from(MAX_NESTED_VALUES).unwrap_or(u32::MAX).saturating_add(1);
    let out = (&raw mut description).cast::<u32>();
    let first = glue::describe(place, out, DESCRIBED as u32, limit);
    if first == 0 {
        return Err(Unreadable);
    }
    let more;
    let count = usize::try_from(description.count).unwrap_or(0);
    let bytes = if count <= DESCRIBED {
        description.bytes.get(..count).unwrap_or_default()
    } else {
        let mut bytes = vec![0; count];
        glue::describe_again(first, description.count, bytes.as_mut_ptr());
        more = bytes;
        more.as_slice()
    };
    let mut members = Vec::with_capacity(count);
    let mut place = first;
    for byte in bytes {
        let byte = u32::from(*byte);
        let value = place.wrapping_add(1);
        members.push(of(JsKey((place << 4) | (byte >> 4)), JsNode((value << 4) | (byte & 15))));
        place = value.wrapping_add(1);
    }
    Ok(members)
}

impl Node for JsNode {
    type Key = JsKey;

    fn kind(&self) -> Kind {
        Kind::from_u8((self.0 & 15) as u8)
    }

    fn members(&self) -> Result<Vec<(JsKey, Self)>, Unreadable> {
        describe(self.place(), |key, value| (key, value))
    }

    fn items(&self) -> Result<Vec<Self>, Unreadable> {
        describe(self.place(), |_, value| value)
    }

    fn member(&self, key: &JsKey) -> Result<Option<Self>, Unreadable> {
        match glue::member(self.place(), key.place()) {
            ABSENT => Ok(None),
            packed => Ok(Some(JsNode(packed))),
        }
    }

    fn stored(
        &self,
        members: &[(JsKey, Self)],
        mut each: impl FnMut(&JsKey, &Self, Stored<Self>),
    ) -> Result<(), Unreadable> {
        let mut pairs: Vec<u32> = Vec::with_capacity(members.len().saturating_mul(2));
        for (key, value) in members {
            pairs.push(key.place());
            pairs.push(value.place());
        }
        let mut found: Vec<u32> = vec![ABSENT; members.len()];
        let count = u32::try_from(members.len()).unwrap_or(0);
        if !glue::stored(self.place(), pairs.as_ptr(), count, found.as_mut_ptr()) {
            return Err(Unreadable);
        }
        for ((key, value), found) in members.iter().zip(found) {
            let stored = match found {
                ABSENT => Stored::Absent,
                SAME => Stored::Same,
                packed => Stored::Other(JsNode(packed)),
            };
            each(key, value, stored);
        }
        Ok(())
    }

    fn user_fields(&self) -> UserFields<Self> {
        let mut fields = [0_u32; 4];
        let is_active = glue::user_fields(self.place(), fields.as_mut_ptr());
        let [metadata, count, display_name, _] = fields;
        let field = |packed| match JsNode(packed) {
            _ if packed == ABSENT => Ok(None),
            node if node.kind() == Kind::Undefined => Ok(None),
            node if node.kind() == Kind::Unreadable => Err(Unreadable),
            node => Ok(Some(node)),
        };
        UserFields {
            metadata: field(metadata),
            metadata_count: usize::try_from(count).unwrap_or(0),
            display_name: field(display_name),
            is_active,
        }
    }

    fn member_count(&self) -> Result<usize, Unreadable> {
        match glue::member_count(self.place()) {
            ABSENT => Err(Unreadable),
            count => usize::try_from(count).map_err(|_| Unreadable),
        }
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_text())
    }

    fn is_text(&self, text: &'static str) -> bool {
        glue::same(self.place(), names::place(text))
    }

    fn char_count(&self) -> usize {
        usize::try_from(glue::char_count(self.place())).unwrap_or(usize::MAX)
    }

    fn is_same(&self, other: &Self) -> bool {
        glue::same(self.place(), other.place())
    }

    fn null() -> Self {
        JsNode((NULL << 4) | Kind::Null as u32)
    }

    fn object(members: Vec<(JsKey, Self)>) -> Self {
        let mut places = Vec::with_capacity(members.len().saturating_mul(2));
        for (key, value) in members {
            places.push(key.place());
            places.push(value.place());
        }
        copy_with(0, &places)
    }

    fn array(items: Vec<Self>) -> Self {
        let places: Vec<u32> = items.iter().map(|item| item.place()).collect();
        JsNode(glue::array_of(places.as_ptr(), u32::try_from(places.len()).unwrap_or(0)))
    }

    fn with(&self, changes: &[Change<Self>]) -> Result<Self, Unreadable> {
        let mut places = Vec::with_capacity(changes.len().saturating_mul(2));
        for (key, change) in changes {
            places.push(key.place());
            places.push(change.map_or(ABSENT, JsNode::place));
        }
        match copy_with(self.place(), &places) {
            JsNode(packed) if packed == Kind::Unreadable as u32 => Err(Unreadable),
            copy => Ok(copy),
        }
    }
}

fn copy_with(place: u32, changes: &[u32]) -> JsNode {
    let count = u32::try_from(changes.len() / 2).unwrap_or(0);
    JsNode(glue::copy_with(place, changes.as_ptr(), count))
}

/// The place of null, which `names::intern` is followed by.
const NULL: u32 = names::NULL;
