//! Reading an answer's body: streamed, bounded, and interruptible.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::ReadableStream;

use super::glue;

/// A user is a few kilobytes; this leaves room and stops a flood.
const MAX_BYTES: u32 = 8 * 1024 * 1024;

#[wasm_bindgen]
extern "C" {
    /// What the call uses of a `Response`. Typed by shape, for any realm's and
    /// any library's; every access is caught.
    pub(crate) type Answer;
    #[wasm_bindgen(method, getter, structural, catch)]
    pub(crate) fn status(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn body(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn headers(this: &Answer) -> Result<Headers, JsValue>;

    type Headers;
    #[wasm_bindgen(method, structural, catch)]
    fn get(this: &Headers, name: &str) -> Result<JsValue, JsValue>;
}

impl Answer {
    /// A header's value, if it can be seen from here.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers().ok()?.get(name).ok()?.as_string()
    }
}

/// Why a body could not be read.
pub(crate) enum Fault {
    /// The connection broke, with what fetch threw.
    Broken(JsValue),
    TooLarge,
}

/// The whole body as a JavaScript string: most likely it goes to `JSON.parse`.
pub(crate) async fn read(answer: &Answer) -> Result<JsValue, Fault> {
    let reading = glue::read_text(answer, MAX_BYTES).map_err(Fault::Broken)?;
    let text = JsFuture::from(Promise::resolve(&reading)).await.map_err(Fault::Broken)?;
    if text.is_undefined() { Err(Fault::TooLarge) } else { Ok(text) }
}

/// Gives the connection back without reading on.
pub(crate) fn cancel(answer: &Answer) {
    if let Ok(body) = answer.body()
        && let Ok(stream) = body.dyn_into::<ReadableStream>()
        && !stream.locked()
    {
        discard(stream.cancel());
    }
}

/// Nobody waits for this promise, and nobody should hear of its failure.
fn discard(promise: Promise) {
    drop(JsFuture::from(promise));
}
