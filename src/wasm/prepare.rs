//! The first step of `updateUser` and `getUser`: checks everything, and says what to
//! send. TypeScript does the sending.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::exports::{current, refuse_metadata};
use super::imports::{self, ABSENT};
use super::names::name;
use super::node::JsNode;
use super::options::{Options, limits};
use super::protocol::{CALL_OPTIONS, READ_OPTIONS};
use super::report::{Failed, Object, text};
use crate::error::{Error, Message, Outcome};
use crate::http::request::{
    ACCEPT, ApiKey, CONTENT_TYPE, DEFAULT_BASE_URL, METHOD, UrlParts, base_url, check_header,
    user_path,
};
use crate::http::retry::RetryPolicy;
use crate::rules::node::{Current, Key, Kind, Node};
use crate::rules::operations::valid;
use crate::rules::patch::Patch;
use crate::rules::validate::Scope;
use crate::text::{ParamName, Params};

/// The longest delay of a timer; a longer one would fire at once.
const MAX_DELAY_MS: u32 = i32::MAX as u32;
const DEFAULT_TIMEOUT_MS: u32 = 30_000;
const MAX_RETRIES: u32 = 100;

/// Checks everything, and returns the handle of what TypeScript needs to make the call.
pub(super) fn prepare(
    user_id: JsNode,
    patch: Option<JsNode>,
    options: JsNode,
    is_browser: bool,
) -> Result<u32, Failed> {
    let known = if patch.is_some() { CALL_OPTIONS } else { READ_OPTIONS };
    let options = Options::read(options, "options", known)?;
    if user_id.kind() != Kind::String {
        return Err(Error::not_sent(Message::UserIdNotText).into());
    }
    let path = user_path(&user_id.text())?;
    let key = options.get(name!("apiKey"));
    let has_key = key.kind() != Kind::Undefined;
    let base = read_base_url(&options, has_key)?;
    let fetch = read_fetch(&options)?;
    let to_palm = fetch.kind() == Kind::Undefined && base == DEFAULT_BASE_URL;
    let headers = read_headers(options.get(name!("headers")), has_key, to_palm)?;
    headers.put_text(text("accept"), ACCEPT);
    let allowed = options.boolean(name!("dangerouslyAllowBrowser"))?;
    if has_key && is_browser && !allowed {
        // Anyone can read a key in a browser.
        return Err(Error::not_sent(Message::KeyInBrowser).into());
    }
    let method = match patch {
        Some(_) => METHOD,
        None => "GET",
    };
    let patch = match patch {
        Some(patch) => {
            refuse_metadata(&options)?;
            headers.put_text(text("content-type"), CONTENT_TYPE);
            read_patch(patch, &options)?
        }
        None => JsNode::UNDEFINED,
    };
    let init = Object::new();
    init.put_text(name!("method"), method)
        .put(name!("headers"), headers.handle())
        // A redirect would take the patch to a server that nobody checked.
        .put_text(name!("redirect"), "manual");
    let policy = RetryPolicy::default();
    let integer = |name, min, max| options.integer(name, min, max);
    let timeout_ms = integer(name!("timeoutMs"), 1, MAX_DELAY_MS)?.unwrap_or(DEFAULT_TIMEOUT_MS);
    let total_timeout_ms = integer(name!("totalTimeoutMs"), 1, MAX_DELAY_MS)?;
    let retries = integer(name!("maxRetries"), 0, MAX_RETRIES)?.unwrap_or(policy.max_retries);
    let retry_after = integer(name!("maxRetryAfterMs"), 0, MAX_DELAY_MS)?
        .map_or(policy.max_retry_after_ms as f64, f64::from);
    let call = Object::new();
    call.put_text(name!("url"), &[base, path].concat())
        .put(name!("init"), init.handle())
        .put(name!("patch"), patch.handle())
        .put(name!("apiKey"), key.handle())
        .put(name!("fetch"), fetch.handle())
        .put(name!("signal"), read_signal(&options)?.handle())
        .put_number(name!("timeoutMs"), timeout_ms.into())
        .put_number(name!("maxRetries"), retries.into())
        .put_number(name!("maxRetryAfterMs"), retry_after)
        .put(name!("onAttempt"), read_function(&options, name!("onAttempt"))?.handle());
    if let Some(total) = total_timeout_ms {
        call.put_number(name!("totalTimeoutMs"), total.into());
    }
    Ok(call.handle())
}

fn read_base_url(options: &Options, has_key: bool) -> Result<String, Error> {
    let base = options.get(name!("baseUrl"));
    match base.kind() {
        Kind::Undefined => return Ok(DEFAULT_BASE_URL.to_owned()),
        Kind::String | Kind::IllFormed => {}
        _ => return Err(options.must_be(name!("baseUrl"), "a string")),
    }
    let url = imports::parse_url(base.handle());
    if url == ABSENT {
        return base_url(None);
    }
    let url = JsNode::from_js(url);
    let part = |name| url.property(name).to_text();
    base_url(Some(UrlParts {
        protocol: part(name!("protocol")),
        hostname: part(name!("hostname")),
        host: part(name!("host")),
        pathname: part(name!("pathname")),
        has_credentials: !part(name!("username")).is_empty() || !part(name!("password")).is_empty(),
        has_query_or_fragment: !part(name!("search")).is_empty() || !part(name!("hash")).is_empty(),
        is_own: !has_key && url.property(name!("isOwn")).as_bool().unwrap_or(false),
    }))
}

fn read_patch(patch: JsNode, options: &Options) -> Result<JsNode, Failed> {
    let limits = limits(options.get(name!("limits")))?;
    let patch: Patch<JsNode> = match current(options)? {
        Some(user) => valid(&patch, &Scope::User(&limits, &Current::new(&user)))?,
        None => valid(&patch, &Scope::Patch(&limits))?,
    };
    Ok(patch.into_node())
}

/// The caller's headers, with names in lower case.
fn read_headers(headers: JsNode, has_key: bool, to_palm: bool) -> Result<Object, Error> {
    let object = Object::new();
    let mut names: Vec<String> = Vec::new();
    let bad = || {
        let params = Params::default().name(ParamName::Name, "options.headers");
        let params = params.name(ParamName::Expected, "a plain object of strings");
        Error::new(Message::OptionType, Outcome::NotSent, params)
    };
    let members = match headers.kind() {
        Kind::Undefined => Vec::new(),
        Kind::Object => headers.members().map_err(|_| bad())?,
        _ => return Err(bad()),
    };
    for (name, value) in members {
        if value.kind() != Kind::String {
            return Err(bad());
        }
        let name = name.text();
        check_header(&name, &value.text(), has_key)?;
        let name = name.to_ascii_lowercase();
        if names.contains(&name) {
            return Err(Error::not_sent(Message::HeaderTwice));
        }
        object.put(text(&name), value.handle());
        names.push(name);
    }
    // Palm answers no request without a key. Most likely an environment variable is missing.
    if !has_key && to_palm && !names.iter().any(|name| name == "authorization") {
        return Err(Error::not_sent(Message::KeyMissing));
    }
    Ok(object)
}

fn read_fetch(options: &Options) -> Result<JsNode, Error> {
    let fetch = options.get(name!("fetch"));
    let is_function = |node: JsNode| node.kind() == Kind::Function;
    let is_fetch = match fetch.kind() {
        Kind::Undefined | Kind::Function => true,
        Kind::Object | Kind::Instance => is_function(fetch.property(name!("fetch"))),
        _ => false,
    };
    if is_fetch {
        return Ok(fetch);
    }
    let expected = "a function or an object with a method fetch";
    Err(options.must_be(name!("fetch"), expected))
}

/// Recognises a signal by its shape, as it may come from another realm.
fn read_signal(options: &Options) -> Result<JsNode, Error> {
    let signal = options.get(name!("signal"));
    let has = |name, kind| signal.property(name).kind() == kind;
    let is_signal = match signal.kind() {
        Kind::Undefined => true,
        Kind::Object | Kind::Instance => {
            has(name!("aborted"), Kind::Bool)
                && has(name!("addEventListener"), Kind::Function)
                && has(name!("removeEventListener"), Kind::Function)
        }
        _ => false,
    };
    if is_signal { Ok(signal) } else { Err(options.must_be(name!("signal"), "an AbortSignal")) }
}

fn read_function(options: &Options, name: u32) -> Result<JsNode, Error> {
    let function = options.get(name);
    match function.kind() {
        Kind::Undefined | Kind::Function => Ok(function),
        _ => Err(options.must_be(name, "a function")),
    }
}

/// The handle of the `Authorization` header's value.
pub(super) fn authorization(key: JsNode) -> Result<u32, Error> {
    if key.kind() == Kind::Undefined {
        return Err(Error::not_sent(Message::KeyUndefined));
    }
    if !matches!(key.kind(), Kind::String | Kind::IllFormed) {
        return Err(Error::not_sent(Message::KeyNotText));
    }
    Ok(text(&ApiKey::parse(&key.to_text())?.authorization()))
}
