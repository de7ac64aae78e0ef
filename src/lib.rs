//! Changes to a user of the Palm identity API: validate a patch, show its
//! result before the server has answered, fingerprint e-mails and phones, and
//! make the call.
//!
//! The npm package `palm-user` is this crate compiled to WebAssembly. As a Rust
//! library it offers the same rules over `serde_json::Value`, and the same call:
//! over `reqwest` natively, over the platform's `fetch` on wasm, and as a sans-IO
//! [`Call`] for any other HTTP client.
//!
//! ```
//! use palm_user::{Limits, UserPatch, apply_patch, validate_patch};
//! use serde_json::json;
//!
//! let user = json!({
//!     "id": "123e4567-e89b-12d3-a456-426614174000",
//!     "status": "active",
//!     "metadata": {"customer_tier": "basic", "signup_source": "mobile_app"},
//! });
//! let patch = UserPatch::new().set("customer_tier", "premium").into_value();
//!
//! assert!(validate_patch(&patch, Some(&user), &Limits::default()).is_valid());
//! let after = apply_patch(&user, &patch, &Limits::default())?;
//! assert_eq!(after["metadata"]["customer_tier"], "premium");
//! # Ok::<(), palm_user::Error>(())
//! ```
//!
//! # Features
//!
//! - `json` (default): the rules over `serde_json::Value`, [`User`] and
//!   [`UserPatch`], and the call for an HTTP client of your own.
//! - `reqwest`: the call natively, `palm_user::reqwest::Client`. TLS is rustls
//!   with *ring*; it needs a Tokio runtime.
//! - `fetch`: the call on wasm32, `palm_user::fetch::Client`, in browsers,
//!   Workers and Node.js.
//! - `http`: requests and answers to and from the types of the crate `http`.
//! - `wasm`: the JavaScript exports of the npm package. They become exports of
//!   whatever module the crate is linked into, so leave it off in a Worker
//!   written in Rust.
//!
//! With no features the crate is `no_std` with `alloc`: fingerprints, user paths,
//! API keys, limits, `Retry-After`.
//!
//! Objects keep the order of their members if the feature `preserve_order` is on, here
//! or in `serde_json`, and are sorted by key if it is not.
//!
//! Everything works as in JavaScript, with two differences. A `String` is always
//! well-formed, so a document with a lone surrogate cannot be read. And a call
//! ends when its future is dropped (with `fetch`, a signal ends it too).
//!
//! Rust 1.88 or newer.
//!
//! Nothing here panics, and no error holds the key or a value of the patch.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(any(feature = "json", feature = "wasm")),
    expect(dead_code, reason = "without a backend, only the rules that need none are public")
)]

extern crate alloc;
#[cfg(feature = "json")]
extern crate std;

mod error;
#[cfg(all(feature = "fetch", target_arch = "wasm32"))]
pub mod fetch;
mod fingerprint;
mod http;
#[cfg(feature = "json")]
mod native;
#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
pub mod reqwest;
mod rules;
mod text;
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
#[doc(hidden)]
pub mod wasm;

pub use error::{Error, ErrorCode, Outcome, Problem};
pub use fingerprint::{Fingerprint, FingerprintKind, fingerprint, fingerprint_many};
pub use http::request::{ApiKey, DEFAULT_BASE_URL, METHOD, user_path};
pub use http::retry::{RetryPolicy, retry_after_ms};
#[cfg(feature = "json")]
pub use native::attempt::{Answer, Attempt};
#[cfg(feature = "json")]
pub use native::call::{Call, Moment, Step};
#[cfg(feature = "json")]
pub use native::json::{
    apply_patch, apply_patch_in_place, compose_patches, diff_users, invert_patch, validate_patch,
};
#[cfg(feature = "json")]
pub use native::patch::UserPatch;
#[cfg(feature = "json")]
pub use native::request::{CallOptions, Request};
#[cfg(feature = "json")]
pub use native::status::Status;
#[cfg(feature = "json")]
pub use native::user::User;
#[cfg(feature = "json")]
pub use native::verification::Verification;
pub use rules::issue::{Issue, IssueCode, Report, Severity};
pub use rules::limits::Limits;
pub use text::{Param, Params, ParseError};

/// Runs the examples of the README and of the guide as tests.
#[cfg(all(doctest, feature = "json"))]
#[doc = include_str!("README.md")]
#[doc = include_str!("../docs/guide/rust.md")]
struct Readme;
