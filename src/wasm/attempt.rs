//! One attempt: send, read, and say what came of it.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use super::body::{self, Answer, Fault};
use super::glue;
use super::node::JsNode;
use super::watch::{Interrupt, Watch};
use crate::answer::{Verdict, failure_message, not_a_user, verdict};
use crate::error::{Error, ErrorCode, Outcome};
use crate::problem::{Problem, redact};
use crate::request::METHOD;
use crate::retry::retry_after_ms;

#[wasm_bindgen]
extern "C" {
    /// `JSON.parse` of a text that is in JavaScript already.
    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
}

/// A request as every attempt sends it.
pub(crate) struct Wire {
    /// The caller's fetch, or undefined for the global one.
    pub(crate) fetch: JsValue,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: JsValue,
    /// What must not come back in an error: the key and the texts of the patch.
    pub(crate) secrets: Vec<String>,
}

/// What an attempt leaves for the caller's eyes.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
}

/// Sends once. The time limit covers the body.
pub(crate) async fn attempt(
    wire: &Wire,
    timeout_ms: u32,
    signal: Option<&AbortSignal>,
    seen: &mut Seen,
) -> Result<JsValue, Error> {
    let controller = AbortController::new().ok();
    let watch = Watch::new(Some(timeout_ms), signal);
    let exchange = exchange(wire, controller.as_ref().map(AbortController::signal), seen);
    match watch.guard(exchange).await {
        Ok(result) => result,
        Err(interrupt) => {
            if let Some(controller) = controller {
                controller.abort();
            }
            Err(interrupted(interrupt, timeout_ms))
        }
    }
}

fn interrupted(interrupt: Interrupt, timeout_ms: u32) -> Error {
    match interrupt {
        Interrupt::Aborted => aborted(Outcome::Unknown),
        Interrupt::Elapsed => {
            let message = format!("No whole answer within {timeout_ms} ms.");
            let mut error = Error::new(ErrorCode::Timeout, Outcome::Unknown, message);
            error.details_mut().retryable = true;
            error
        }
    }
}

pub(crate) fn aborted(outcome: Outcome) -> Error {
    Error::new(ErrorCode::Aborted, outcome, "The call was aborted by its signal.")
}

async fn exchange(
    wire: &Wire,
    signal: Option<AbortSignal>,
    seen: &mut Seen,
) -> Result<JsValue, Error> {
    let init = init(wire, signal).map_err(|_| network(&JsValue::UNDEFINED))?;
    let sent = glue::send(&wire.fetch, &wire.url, &init).map_err(|error| network(&error))?;
    let answer = JsFuture::from(Promise::resolve(&sent)).await.map_err(|error| network(&error))?;
    let answer: Answer = answer.unchecked_into();
    let status = answer.status().ok().and_then(|status| status.as_f64()).unwrap_or(0.0) as u16;
    seen.status = (status != 0).then_some(status);
    seen.request_id = ["x-request-id", "request-id"]
        .iter()
        .find_map(|name| answer.header(name))
        .map(|id| redact(id, &wire.secrets));
    match verdict(status) {
        Verdict::Success => success(&answer, status).await,
        Verdict::Failure { code, outcome, retryable } => {
            let mut error = Error::new(code, outcome, failure_message(code, status));
            let details = error.details_mut();
            details.retryable = retryable;
            details.retry_after_ms = retry_after(&answer);
            details.problem = problem(&answer, &wire.secrets).await;
            Err(error)
        }
    }
}

fn init(wire: &Wire, signal: Option<AbortSignal>) -> Result<Object, JsValue> {
    let headers = Object::new();
    for (name, value) in &wire.headers {
        Reflect::set(&headers, &JsValue::from_str(name), &JsValue::from_str(value))?;
    }
    let init = Object::new();
    let set = |name: &str, value: &JsValue| Reflect::set(&init, &JsValue::from_str(name), value);
    set("method", &JsValue::from_str(METHOD))?;
    set("headers", &headers)?;
    set("body", &wire.body)?;
    // Followed, a redirect would carry the patch to a place nobody checked.
    set("redirect", &JsValue::from_str("manual"))?;
    if let Some(signal) = signal {
        set("signal", &signal)?;
    }
    Ok(init)
}

async fn success(answer: &Answer, status: u16) -> Result<JsValue, Error> {
    let text = match body::read(answer).await {
        Ok(text) => text,
        Err(Fault::Broken(error)) => return Err(network(&error)),
        Err(Fault::TooLarge) => return Err(bad_response(status, "it is larger than 8 MiB")),
    };
    let document = parse(&text).map_err(|_| bad_response(status, "it is not JSON"))?;
    let node = JsNode::read(document);
    match not_a_user(&node) {
        Some(fault) => Err(bad_response(status, fault)),
        None => Ok(node.into_value()),
    }
}

fn bad_response(status: u16, fault: &str) -> Error {
    let message =
        format!("Status {status}: the change is stored, but the answer is no user: {fault}.");
    Error::new(ErrorCode::BadResponse, Outcome::Applied, message)
}

fn retry_after(answer: &Answer) -> Option<u64> {
    let header = answer.header("retry-after")?;
    let date = answer.header("date");
    retry_after_ms(&header, date.as_deref(), js_sys::Date::now() as u64)
}

/// The problem document of a failure. One that cannot be read is no reason to
/// hide the status, which has been read.
async fn problem(answer: &Answer, secrets: &[String]) -> Option<Problem> {
    if !answer.header("content-type").is_some_and(|kind| kind.contains("json")) {
        body::cancel(answer);
        return None;
    }
    let text = body::read(answer).await.ok()?;
    let document = parse(&text).ok()?;
    let field = |name: &str| Reflect::get(&document, &JsValue::from_str(name)).ok();
    let text = |name: &str| field(name)?.as_string();
    let status = field("status").and_then(|status| status.as_f64());
    let problem = Problem {
        kind: text("type"),
        title: text("title"),
        status: status.filter(|status| (100.0..600.0).contains(status)).map(|s| s as u16),
        detail: text("detail"),
    };
    Some(problem.redacted(secrets)).filter(|problem| !problem.is_empty())
}

/// No answer, or half of one. Only a system's code is taken from what fetch
/// threw: the rest can hold the request.
fn network(error: &JsValue) -> Error {
    let message = match glue::system_code(error) {
        Ok(Some(code)) => format!("The connection failed or broke ({code})."),
        _ => "The connection failed or broke.".to_owned(),
    };
    let mut error = Error::new(ErrorCode::Network, Outcome::Unknown, message);
    error.details_mut().retryable = true;
    error
}

/// Texts of a value, to keep out of errors.
pub(crate) fn texts(value: &JsValue, into: &mut Vec<String>) {
    if let Some(text) = value.as_string() {
        into.push(text);
    } else if value.is_object() {
        let values = match value.dyn_ref::<Array>() {
            Some(array) => array.clone(),
            None => Object::values(value.unchecked_ref()),
        };
        for value in values.iter() {
            texts(&value, into);
        }
    }
}
