//! One attempt: send, read, and report what was seen. The rules decide what it means.

use alloc::string::String;
use alloc::vec::Vec;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use core::time::Duration;

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, Headers, ReadableStreamDefaultReader, RequestInit,
    RequestRedirect, Response,
};

use super::environment::is_browser;
use super::value::method;
use crate::http::attempt::MAX_BODY_BYTES;
use crate::native::attempt::{Answer, Attempt};
use crate::native::request::Request;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch, catch)]
    fn global_fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32, argument: &str) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    ByTime,
    ByCaller,
}

/// A future that ends at a time limit or at the caller's signal. Dropping it removes
/// its timer and its listener.
pub(super) struct Interruption<'a> {
    promise: JsFuture,
    timer: JsValue,
    listener: Option<(&'a AbortSignal, Function)>,
}

const BY_TIME: &str = "timeout";

impl<'a> Interruption<'a> {
    pub(super) fn new(limit: Duration, signal: Option<&'a AbortSignal>) -> Self {
        // A timer with a longer delay than this fires at once.
        let ms = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX).min(i32::MAX.cast_unsigned());
        let mut timer = JsValue::UNDEFINED;
        let mut listener = None;
        let promise = Promise::new(&mut |resolve: Function, _| {
            timer = set_timeout(&resolve, ms, BY_TIME);
            if let Some(signal) = signal {
                drop(signal.add_event_listener_with_callback("abort", &resolve));
                listener = Some((signal, resolve));
            }
        });
        Interruption { promise: JsFuture::from(promise), timer, listener }
    }
}

impl Future for Interruption<'_> {
    type Output = Ended;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ended> {
        // An abort resolves the promise with its event.
        Pin::new(&mut self.promise).poll(context).map(|reason| match reason {
            Ok(reason) if reason == BY_TIME => Ended::ByTime,
            _ => Ended::ByCaller,
        })
    }
}

impl Drop for Interruption<'_> {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
        if let Some((signal, listener)) = &self.listener {
            drop(signal.remove_event_listener_with_callback("abort", listener));
        }
    }
}

/// Aborts the request when dropped.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends the request once. The time limit covers the body.
pub(super) async fn exchange(
    request: &Request,
    limit: Duration,
    signal: Option<&AbortSignal>,
    fetch: Option<&JsValue>,
) -> Attempt {
    let mut begun = None;
    let ended = {
        let Ok(controller) = AbortController::new() else { return Attempt::lost() };
        let request_end = AbortOnDrop(controller);
        let request_signal = request_end.0.signal();
        let mut sending = pin!(send(request, &request_signal, fetch, &mut begun));
        let mut interruption = pin!(Interruption::new(limit, signal));
        // Do not wait for a fetch that ignores its signal.
        poll_fn(|context| match sending.as_mut().poll(context) {
            Poll::Ready(body) => Poll::Ready(Ok(body)),
            Poll::Pending => interruption.as_mut().poll(context).map(Err),
        })
        .await
    };
    let attempt = match (ended, begun.take()) {
        (Ok(Ok(body)), Some(answer)) => return Attempt::answered(answer.with_body(body)),
        (Ok(Ok(_)), None) => (Attempt::lost(), None),
        (Ok(Err(error)), answer) => (Attempt::lost_with(system_code(&error)), answer),
        (Err(Ended::ByTime), answer) => (Attempt::timed_out(limit), answer),
        (Err(Ended::ByCaller), answer) => (Attempt::aborted(), answer),
    };
    match attempt {
        (attempt, Some(answer)) => attempt.amid(answer),
        (attempt, None) => attempt,
    }
}

async fn send(
    request: &Request,
    signal: &AbortSignal,
    fetch: Option<&JsValue>,
    begun: &mut Option<Answer>,
) -> Result<Vec<u8>, JsValue> {
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(signal));
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    init.set_headers(&headers);
    match &request.body {
        Some(body) => init.set_body(&body.as_str().into()),
        // Only browsers have a cache to bypass, and workerd may not know the member.
        None if is_browser() => init.set_cache(web_sys::RequestCache::NoStore),
        None => {}
    }
    let promise = match fetch {
        None => global_fetch(&request.url, &init)?,
        Some(fetch) => {
            let url = JsValue::from_str(&request.url);
            let (function, this) = match method(fetch, "fetch") {
                // A service binding needs its `this`.
                Some(function) => (function, fetch),
                None => (fetch.clone().dyn_into()?, &JsValue::UNDEFINED),
            };
            Promise::resolve(&function.call2(this, &url, &init)?)
        }
    };
    let response: Response = JsFuture::from(promise).await?.dyn_into()?;
    let answer =
        ["content-type", "content-length", "retry-after", "date", "x-request-id", "request-id"]
            .into_iter()
            .fold(Answer::new(response.status(), Vec::new()), |answer, name| {
                match response.headers().get(name) {
                    Ok(Some(value)) => answer.header(name, value),
                    _ => answer,
                }
            });
    let is_read = answer.reads_body();
    *begun = Some(answer);
    read(&response, is_read).await
}

/// The body: one chunk past the limit if it is too long, and empty if it is not to be read.
async fn read(response: &Response, is_read: bool) -> Result<Vec<u8>, JsValue> {
    let mut body = Vec::new();
    let Some(stream) = response.body() else { return Ok(body) };
    if !is_read {
        // Frees the connection. Nothing waits for this, and its failure does not matter.
        drop(JsFuture::from(stream.cancel()));
        return Ok(body);
    }
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
    while body.len() <= MAX_BODY_BYTES {
        let part = JsFuture::from(reader.read()).await?;
        if Reflect::get(&part, &"done".into())?.is_truthy() {
            return Ok(body);
        }
        let chunk: Uint8Array = Reflect::get(&part, &"value".into())?.dyn_into()?;
        body.extend(chunk.to_vec());
    }
    drop(JsFuture::from(reader.cancel()));
    Ok(body)
}

/// The system's code for a lost connection, such as ECONNRESET. Nothing else of what
/// fetch throws is kept: it may hold the request.
fn system_code(error: &JsValue) -> Option<String> {
    let get = |value: &JsValue, name: &str| Reflect::get(value, &name.into()).ok();
    let code = get(error, "code").and_then(|code| code.as_string());
    let code = code.or_else(|| get(&get(error, "cause")?, "code")?.as_string())?;
    let is_code = code.len() <= 41
        && code.len() >= 3
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    is_code.then_some(code)
}
