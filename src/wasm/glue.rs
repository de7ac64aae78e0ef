//! What `glue.js` offers: the one place that names it.
//!
//! Whatever touches a caller's value can throw, so it is imported with `catch`:
//! an exception that passed through Rust would skip its destructors.

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/wasm/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = kindOf)]
    pub(crate) fn kind_of(value: &JsValue) -> u8;
    #[wasm_bindgen(catch)]
    pub(crate) fn members(object: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) fn items(array: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(js_name = hasMember, catch)]
    pub(crate) fn has_member(object: &JsValue, key: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) fn member(object: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = memberCount, catch)]
    pub(crate) fn member_count(object: &JsValue) -> Result<u32, JsValue>;
    #[wasm_bindgen(js_name = keyFlags)]
    pub(crate) fn key_flags(key: &JsValue) -> u8;
    #[wasm_bindgen(js_name = charCount)]
    pub(crate) fn char_count(text: &JsValue) -> u32;
    #[wasm_bindgen(js_name = objectOf)]
    pub(crate) fn object_of(members: &Array) -> JsValue;
    #[wasm_bindgen(js_name = copyWith, catch)]
    pub(crate) fn copy_with(
        object: &JsValue,
        removed: &Array,
        written: &Array,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = reportOfValid)]
    pub(crate) fn report_of_valid() -> JsValue;
    #[wasm_bindgen(js_name = bytesOf, catch)]
    pub(crate) fn bytes_of(value: &JsValue) -> Result<Option<Uint8Array>, JsValue>;
    #[wasm_bindgen(js_name = lowerCase)]
    pub(crate) fn lower_case(text: &str) -> String;
    #[wasm_bindgen(js_name = isBrowser, catch)]
    pub(crate) fn is_browser() -> Result<bool, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) fn now() -> Result<f64, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) fn send(fetch: &JsValue, url: &str, init: &Object) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = readText, catch)]
    pub(crate) fn read_text(answer: &JsValue, max_bytes: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = systemCode, catch)]
    pub(crate) fn system_code(error: &JsValue) -> Result<Option<String>, JsValue>;
}
