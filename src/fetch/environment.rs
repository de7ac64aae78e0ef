//! The JavaScript platform: its clocks, its URL parser, and whether it is a browser.

use alloc::string::String;
use core::time::Duration;

use js_sys::{Date, Math, Reflect, global};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Url;

use crate::http::request::UrlParts;
use crate::native::call::Moment;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now, catch)]
    fn performance_now() -> Result<f64, JsValue>;
}

/// Milliseconds on a monotonic clock.
pub(super) fn clock() -> f64 {
    performance_now().unwrap_or_else(|_| Date::now())
}

pub(super) fn since(started: f64) -> Duration {
    millis(clock() - started)
}

pub(super) fn moment(started: f64) -> Moment {
    Moment { elapsed: since(started), now: millis(Date::now()), random: Math::random() }
}

fn millis(number: f64) -> Duration {
    Duration::try_from_secs_f64(number / 1000.0).unwrap_or_default()
}

/// Whether this runs on a user's device, where a key can be read. The same test as
/// `isBrowser` in the npm package.
pub(super) fn is_browser() -> bool {
    let global = global();
    let path = |names: &[&str]| {
        names.iter().try_fold(JsValue::from(global.clone()), |value, name| {
            Reflect::get(&value, &JsValue::from_str(name)).ok()
        })
    };
    let text = |names: &[&str]| path(names).and_then(|value| value.as_string());
    // First, the servers that look like browsers.
    if text(&["navigator", "userAgent"]).as_deref() == Some("Cloudflare-Workers")
        || text(&["process", "versions", "node"]).is_some()
        || text(&["Deno", "version", "deno"]).is_some()
        || text(&["EdgeRuntime"]).is_some()
    {
        return false;
    }
    path(&["document"]).is_some_and(|document| !document.is_undefined())
        || path(&["WorkerGlobalScope"])
            .and_then(|scope| scope.dyn_into::<js_sys::Function>().ok())
            .is_some_and(|scope| is_instance(&global, &scope))
        || text(&["navigator", "product"]).as_deref() == Some("ReactNative")
}

/// Whether a value is an instance of a class.
fn is_instance(value: &JsValue, class: &JsValue) -> bool {
    let Ok(prototype) = Reflect::get(class, &"prototype".into()) else { return false };
    prototype.is_object() && prototype.unchecked_ref::<js_sys::Object>().is_prototype_of(value)
}

/// The parts of a URL, or of a path on the page's own origin, from the platform's parser.
pub(crate) fn parse_url(text: &str, has_key: bool) -> Option<UrlParts> {
    let origin = own_origin();
    let is_path = text.starts_with('/');
    let url = if is_path { Url::new_with_base(text, origin.as_deref()?) } else { Url::new(text) };
    let url = url.ok()?;
    let is_own = origin.is_some_and(|origin| origin != "null" && origin == url.origin());
    // `//` and `/\` begin another host's name.
    if is_path && !is_own {
        return None;
    }
    let is_set = |part: String| !part.is_empty();
    Some(UrlParts {
        protocol: url.protocol(),
        hostname: url.hostname(),
        host: url.host(),
        pathname: url.pathname(),
        has_credentials: is_set(url.username()) || is_set(url.password()),
        has_query_or_fragment: is_set(url.search()) || is_set(url.hash()),
        is_own: is_own && !has_key,
    })
}

fn own_origin() -> Option<String> {
    let location = Reflect::get(&global(), &"location".into()).ok()?;
    Reflect::get(&location, &"origin".into()).ok()?.as_string()
}
