//! The API for Rust callers, over `serde_json::Value`.

pub(crate) mod call;
#[cfg(feature = "http")]
mod http;
pub(crate) mod json;
pub(crate) mod request;
pub(crate) mod user;
pub(crate) mod value;
