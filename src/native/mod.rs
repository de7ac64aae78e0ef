//! The API for Rust callers, over `serde_json::Value`.

mod agreement;
pub(crate) mod attempt;
pub(crate) mod call;
pub(crate) mod check;
#[cfg(feature = "http")]
mod http;
pub(crate) mod json;
pub(crate) mod merge;
pub(crate) mod patch;
pub(crate) mod request;
pub(crate) mod status;
pub(crate) mod user;
pub(crate) mod value;
pub(crate) mod verification;
