//! The functions that the module imports from `glue.js` and `report.js`.
//!
//! They take and return numbers: handles of values, and pointers into the module's
//! memory. No caller's value can make them throw. If one throws all the same (the
//! stack is full), the instance is replaced; it keeps nothing between calls.

use wasm_bindgen::prelude::*;

pub(crate) use super::protocol::ABSENT;

#[wasm_bindgen(module = "/src/wasm/glue.js")]
extern "C" {
    pub(crate) fn describe(handle: u32, out: *mut u32, capacity: u32, limit: u32) -> u32;
    #[wasm_bindgen(js_name = describeAgain)]
    pub(crate) fn describe_again(first: u32, count: u32, out: *mut u8);
    pub(crate) fn member(object: u32, key: u32) -> u32;
    pub(crate) fn field(object: u32, name: u32) -> u32;
    pub(crate) fn property(object: u32, name: u32) -> u32;
    #[wasm_bindgen(js_name = memberCount)]
    pub(crate) fn member_count(object: u32) -> u32;
    pub(crate) fn same(a: u32, b: u32) -> bool;
    #[wasm_bindgen(js_name = nameOf)]
    pub(crate) fn name_of(handle: u32) -> u32;
    #[wasm_bindgen(js_name = charCount)]
    pub(crate) fn char_count(text: u32) -> u32;
    #[wasm_bindgen(js_name = copyWith)]
    pub(crate) fn copy_with(object: u32, changes: *const u32, count: u32) -> u32;
    #[wasm_bindgen(js_name = arrayOf)]
    pub(crate) fn array_of(handles: *const u32, count: u32) -> u32;
    pub(crate) fn put(object: u32, name: u32, value: u32);
    #[wasm_bindgen(js_name = push)]
    pub(crate) fn number(value: f64) -> u32;
    #[wasm_bindgen(js_name = numberAt)]
    pub(crate) fn number_at(handle: u32) -> f64;
    pub(crate) fn text(pointer: *const u8, length: usize) -> u32;
    pub(crate) fn intern(pointer: *const u8, length: usize);
    pub(crate) fn encode(handle: u32, pointer: *mut u8, capacity: usize) -> u32;
    #[wasm_bindgen(js_name = encodedBound)]
    pub(crate) fn encoded_bound(handle: u32) -> usize;
    #[wasm_bindgen(js_name = lowerCase)]
    pub(crate) fn lower_case(pointer: *const u8, length: usize) -> u32;
    #[wasm_bindgen(js_name = bytesOf)]
    pub(crate) fn bytes_of(handle: u32, pointer: *mut u8, capacity: usize) -> u32;
    #[wasm_bindgen(js_name = encodeItems)]
    pub(crate) fn encode_items(
        array: u32,
        index: u32,
        most: u32,
        lengths: *mut u32,
        bytes: *mut u8,
        capacity: usize,
    ) -> u32;
    pub(crate) fn item(array: u32, index: u32) -> u32;
    #[wasm_bindgen(js_name = isPast)]
    pub(crate) fn is_past(array: u32, index: u32) -> bool;
    #[wasm_bindgen(js_name = appendHex)]
    pub(crate) fn append_hex(array: u32, digits: *const u8, count: u32);
    #[wasm_bindgen(js_name = parseUrl)]
    pub(crate) fn parse_url(handle: u32) -> u32;
}

#[wasm_bindgen(module = "/src/wasm/report.js")]
extern "C" {
    pub(crate) fn report(words: *const u32) -> u32;
    pub(crate) fn error(words: *const u32) -> u32;
}

/// What the tests use to pass values in, as instance.ts does in the package.
#[cfg(feature = "json")]
#[wasm_bindgen(module = "/src/wasm/glue.js")]
extern "C" {
    pub fn attach(memory: &JsValue);
    pub fn hold(value: &JsValue) -> u32;
    pub fn take(handle: u32) -> JsValue;
}
