//! The API for Rust callers, over `serde_json::Value`.

#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod client;
pub(crate) mod json;
pub(crate) mod user;
pub(crate) mod value;
