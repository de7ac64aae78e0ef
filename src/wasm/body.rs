//! Reading an answer's body: streamed, bounded, and interruptible.

use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

/// A user is a few kilobytes; this leaves room and stops a flood.
pub(crate) const MAX_BYTES: usize = 8 * 1024 * 1024;

#[wasm_bindgen]
extern "C" {
    /// What the call uses of a `Response`. Typed by shape, for any realm's and
    /// any library's; every access is caught.
    pub(crate) type Answer;
    #[wasm_bindgen(method, getter, structural, catch)]
    pub(crate) fn status(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn body(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn text(this: &Answer) -> Result<JsValue, JsValue>;
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

/// The whole body as text.
pub(crate) async fn read(answer: &Answer) -> Result<String, Fault> {
    let body = answer.body().map_err(Fault::Broken)?;
    let bytes = match body.dyn_into::<ReadableStream>() {
        Ok(stream) if !stream.locked() => read_stream(&stream).await?,
        // No stream: an empty body, or a fetch that is not the platform's.
        _ => {
            let text = answer.text().map_err(Fault::Broken)?;
            let text = JsFuture::from(Promise::resolve(&text)).await.map_err(Fault::Broken)?;
            text.as_string().unwrap_or_default().into_bytes()
        }
    };
    // JSON text is UTF-8 and may start with a byte order mark that is no part of it.
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
    Ok(text.into_owned())
}

async fn read_stream(stream: &ReadableStream) -> Result<Vec<u8>, Fault> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(Fault::Broken)?;
        let field = |name: &str| Reflect::get(&chunk, &JsValue::from_str(name));
        if field("done").map_err(Fault::Broken)?.is_truthy() {
            return Ok(bytes);
        }
        let value = field("value").map_err(Fault::Broken)?;
        let Some(chunk) = value.dyn_ref::<Uint8Array>() else {
            return Err(Fault::Broken(JsValue::UNDEFINED));
        };
        if bytes.len().saturating_add(chunk.byte_length() as usize) > MAX_BYTES {
            discard(reader.cancel());
            return Err(Fault::TooLarge);
        }
        bytes.extend(chunk.to_vec());
    }
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
