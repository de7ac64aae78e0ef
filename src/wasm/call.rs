//! `updateUser`: checks everything, then sends, then sends again where that may help.

use std::time::Duration;

use js_sys::{Function, JSON, Math, Promise, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Url};

use super::attempt::{Seen, Wire, aborted, attempt, texts};
use super::convert::{Options, limits, to_js};
use super::glue;
use super::node::JsNode;
use super::watch::{Interrupt, Watch};
use crate::error::{Details, Error, ErrorCode, Outcome};
use crate::json::valid;
use crate::node::{Kind, Node};
use crate::request::{
    ACCEPT, ApiKey, CONTENT_TYPE, DEFAULT_BASE_URL, UrlParts, base_url, check_header,
    invalid_user_id, user_path,
};
use crate::retry::{Decision, RetryPolicy};
use crate::validate::Scope;

/// The longest delay a timer keeps: a longer one fires at once.
const MAX_DELAY_MS: u32 = i32::MAX as u32;
const DEFAULT_TIMEOUT_MS: u32 = 30_000;
const MAX_RETRIES: u32 = 100;

const OPTION_NAMES: [&str; 13] = [
    "apiKey",
    "baseUrl",
    "fetch",
    "signal",
    "timeoutMs",
    "totalTimeoutMs",
    "maxRetries",
    "maxRetryAfterMs",
    "headers",
    "current",
    "limits",
    "dangerouslyAllowBrowser",
    "onAttempt",
];

/// A call that has been checked as far as it can be without waiting.
struct Call {
    key: JsValue,
    wire: Wire,
    signal: Option<AbortSignal>,
    timeout_ms: u32,
    total_timeout_ms: Option<u32>,
    policy: RetryPolicy,
    on_attempt: Option<Function>,
}

pub(crate) async fn update_user(
    user_id: JsValue,
    patch: JsValue,
    options: JsValue,
) -> Result<JsValue, Error> {
    let mut call = Call::read(user_id, patch, options)?;
    let started = clock();
    call.authorize().await?;
    call.run(started).await
}

impl Call {
    fn read(user_id: JsValue, patch: JsValue, options: JsValue) -> Result<Self, Error> {
        let options = Options::read(options, "options", &OPTION_NAMES)?;
        let user_id = JsNode::read(user_id);
        if user_id.kind() != Kind::String {
            return Err(invalid_user_id("The user ID must be a well-formed string."));
        }
        let path = user_path(&user_id.text())?;
        let base = options.string("baseUrl")?;
        // Palm's own address needs no parser, which costs more than all the checks.
        let base = match base.as_deref() {
            None | Some(DEFAULT_BASE_URL) => DEFAULT_BASE_URL.to_owned(),
            Some(base) => base_url(url_parts(base))?,
        };
        let key = options.get("apiKey")?;
        let headers = read_headers(options.get("headers")?, !key.is_undefined())?;
        let fetch = read_fetch(&options)?;
        if key.is_undefined() && fetch.is_undefined() && base == DEFAULT_BASE_URL {
            require_authorization(&headers)?;
        }
        check_environment(&key, options.boolean("dangerouslyAllowBrowser")?)?;
        let patch = read_patch(patch, &options)?;
        let policy = RetryPolicy::default();
        let retries = options.integer("maxRetries", 0, MAX_RETRIES)?;
        let retry_after = options.integer("maxRetryAfterMs", 0, MAX_DELAY_MS)?;
        let mut secrets = Vec::new();
        texts(&patch, &mut secrets);
        let body = JSON::stringify(&patch)
            .map_err(|_| Error::not_sent(ErrorCode::InvalidPatch, "The patch is not JSON."))?;
        Ok(Call {
            wire: Wire { fetch, url: format!("{base}{path}"), headers, body: body.into(), secrets },
            key,
            signal: read_signal(&options)?,
            timeout_ms: options
                .integer("timeoutMs", 1, MAX_DELAY_MS)?
                .unwrap_or(DEFAULT_TIMEOUT_MS),
            total_timeout_ms: options.integer("totalTimeoutMs", 1, MAX_DELAY_MS)?,
            policy: RetryPolicy {
                max_retries: retries.unwrap_or(policy.max_retries),
                max_retry_after_ms: retry_after.map_or(policy.max_retry_after_ms, u64::from),
                ..policy
            },
            on_attempt: read_function(&options, "onAttempt")?,
        })
    }

    /// Asks for the key, which may take a while, and puts it on the request.
    async fn authorize(&mut self) -> Result<(), Error> {
        if self.key.is_undefined() {
            return Ok(());
        }
        let key = match self.key.dyn_ref::<Function>() {
            None => self.key.clone(),
            Some(provider) => {
                let unavailable =
                    |_| Error::not_sent(ErrorCode::InvalidApiKey, "The apiKey function failed.");
                let asked = provider.call0(&JsValue::UNDEFINED).map_err(unavailable)?;
                let watch = Watch::new(self.total_timeout_ms, self.signal.as_ref());
                match watch.guard(JsFuture::from(Promise::resolve(&asked))).await {
                    Ok(key) => key.map_err(unavailable)?,
                    Err(Interrupt::Aborted) => return Err(aborted(Outcome::NotSent)),
                    Err(Interrupt::Elapsed) => {
                        let message = "The apiKey function took longer than totalTimeoutMs.";
                        return Err(Error::not_sent(ErrorCode::Timeout, message));
                    }
                }
            }
        };
        let Some(key) = key.as_string() else {
            let message = "The API key must be a string.";
            return Err(Error::not_sent(ErrorCode::InvalidApiKey, message));
        };
        let key = ApiKey::parse(&key)?;
        self.wire.headers.push(("authorization".to_owned(), key.authorization()));
        self.wire.secrets.push(key.expose().to_owned());
        Ok(())
    }

    async fn run(&self, started: f64) -> Result<JsValue, Error> {
        let mut outcome = Outcome::NotSent;
        let mut attempts: u32 = 0;
        loop {
            if self.signal.as_ref().is_some_and(AbortSignal::aborted) {
                return Err(finish(aborted(Outcome::NotSent), outcome, attempts));
            }
            attempts = attempts.saturating_add(1);
            let sent = clock();
            let mut seen = Seen::default();
            let timeout_ms = self.timeout_ms.min(self.remaining(started).unwrap_or(u32::MAX));
            let signal = self.signal.as_ref();
            let result = attempt(&self.wire, timeout_ms.max(1), signal, &mut seen).await;
            let mut error = match result {
                Ok(user) => {
                    self.report(attempts, &seen, sent, None, None);
                    return Ok(user);
                }
                Err(error) => error,
            };
            error.details_mut().status = seen.status;
            error.details_mut().request_id.clone_from(&seen.request_id);
            let error = finish(error, outcome, attempts);
            outcome = error.outcome();
            let remaining = self.remaining(started).map(|ms| Duration::from_millis(ms.into()));
            let decision = self.policy.decide(&error, attempts, remaining, Math::random());
            let wait = match decision {
                Decision::RetryAfter(wait) => u32::try_from(wait.as_millis()).ok(),
                Decision::GiveUp => None,
            };
            self.report(attempts, &seen, sent, wait, Some(&error));
            let Some(wait) = wait else { return Err(error) };
            let watch = Watch::new(Some(wait), self.signal.as_ref());
            if watch.interrupted().await == Interrupt::Aborted {
                return Err(finish(aborted(Outcome::NotSent), outcome, attempts));
            }
        }
    }

    /// What is left of the time for the whole call, in milliseconds.
    fn remaining(&self, started: f64) -> Option<u32> {
        let total = f64::from(self.total_timeout_ms?);
        Some((total - (clock() - started)).max(0.0) as u32)
    }

    fn report(
        &self,
        attempt: u32,
        seen: &Seen,
        sent: f64,
        retry_in_ms: Option<u32>,
        error: Option<&Error>,
    ) {
        let Some(listener) = &self.on_attempt else { return };
        let report = AttemptReport {
            attempt,
            status: seen.status,
            request_id: seen.request_id.as_deref(),
            duration_ms: (clock() - sent).max(0.0),
            retry_in_ms,
            error: error.map(Error::details),
        };
        // A listener looks on; what it throws is not the call's failure.
        let _ = listener.call1(&JsValue::UNDEFINED, &to_js(&report));
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttemptReport<'a> {
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_in_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Details>,
}

/// Over all attempts, the most that the server can have done counts.
fn finish(mut error: Error, before: Outcome, attempts: u32) -> Error {
    let details = error.details_mut();
    details.outcome = details.outcome.max(before);
    details.attempts = attempts;
    error
}

fn clock() -> f64 {
    glue::now().unwrap_or(0.0)
}

fn url_parts(url: &str) -> Option<UrlParts> {
    let url = Url::new(url).ok()?;
    Some(UrlParts {
        protocol: url.protocol(),
        hostname: url.hostname(),
        host: url.host(),
        pathname: url.pathname(),
        has_credentials: !url.username().is_empty() || !url.password().is_empty(),
        has_query_or_fragment: !url.search().is_empty() || !url.hash().is_empty(),
    })
}

/// A key in a browser is everybody's key.
fn check_environment(key: &JsValue, allowed: bool) -> Result<(), Error> {
    if key.is_undefined() || allowed || !glue::is_browser().unwrap_or(true) {
        return Ok(());
    }
    let message = "A secret key in a browser is readable by everybody; leave apiKey out and call \
                   your own gateway, or set dangerouslyAllowBrowser.";
    Err(Error::not_sent(ErrorCode::UnsafeEnvironment, message))
}

/// Palm answers nobody without a key: most likely an environment variable is missing.
fn require_authorization(headers: &[(String, String)]) -> Result<(), Error> {
    if headers.iter().any(|(name, _)| name == "authorization") {
        return Ok(());
    }
    let message = "There is no API key: give apiKey, or set baseUrl to a gateway of your own.";
    Err(Error::not_sent(ErrorCode::InvalidApiKey, message))
}

fn read_patch(patch: JsValue, options: &Options) -> Result<JsValue, Error> {
    let limits = limits(options.get("limits")?)?;
    let current = super::current(options)?;
    let patch = JsNode::read(patch);
    let patch = match &current {
        Some(user) => valid(&patch, &Scope::User(&limits, user))?,
        None => valid(&patch, &Scope::Patch(&limits))?,
    };
    Ok(patch.into_node().into_value())
}

fn read_headers(headers: JsValue, has_key: bool) -> Result<Vec<(String, String)>, Error> {
    let mut read = vec![
        ("accept".to_owned(), ACCEPT.to_owned()),
        ("content-type".to_owned(), CONTENT_TYPE.to_owned()),
    ];
    let headers = JsNode::read(headers);
    if headers.kind() == Kind::Undefined {
        return Ok(read);
    }
    let bad = || Error::invalid_options("options.headers must be a plain object of strings.");
    if headers.kind() != Kind::Object {
        return Err(bad());
    }
    for (name, value) in headers.members().map_err(|_| bad())? {
        let name = crate::node::Key::text(&name).into_owned();
        if value.kind() != Kind::String {
            return Err(bad());
        }
        let value = value.text().into_owned();
        check_header(&name, &value, has_key)?;
        let name = name.to_ascii_lowercase();
        if read.iter().any(|(known, _)| *known == name) {
            return Err(Error::invalid_options("options.headers names a header twice."));
        }
        read.push((name, value));
    }
    Ok(read)
}

fn read_fetch(options: &Options) -> Result<JsValue, Error> {
    let fetch = options.get("fetch")?;
    let is_binding = || {
        let method = Reflect::get(&fetch, &JsValue::from_str("fetch"));
        fetch.is_object() && method.is_ok_and(|method| method.is_function())
    };
    if fetch.is_undefined() || fetch.is_function() || is_binding() {
        return Ok(fetch);
    }
    Err(options.must_be("fetch", "a function or an object with a method fetch"))
}

/// Any realm's signal, so by its shape.
fn read_signal(options: &Options) -> Result<Option<AbortSignal>, Error> {
    let signal = options.get("signal")?;
    if signal.is_undefined() {
        return Ok(None);
    }
    let member = |name: &str| Reflect::get(&signal, &JsValue::from_str(name));
    let is_signal = signal.is_object()
        && member("aborted").is_ok_and(|aborted| aborted.as_bool().is_some())
        && member("addEventListener").is_ok_and(|method| method.is_function())
        && member("removeEventListener").is_ok_and(|method| method.is_function());
    if is_signal {
        Ok(Some(signal.unchecked_into()))
    } else {
        Err(options.must_be("signal", "an AbortSignal"))
    }
}

fn read_function(options: &Options, name: &str) -> Result<Option<Function>, Error> {
    let function = options.get(name)?;
    if function.is_undefined() {
        return Ok(None);
    }
    function.dyn_into().map(Some).map_err(|_| options.must_be(name, "a function"))
}
