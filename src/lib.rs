//! Changes to a user of the Palm identity API: validate a patch, show its
//! result before the server has answered, fingerprint e-mails and phones, and
//! make the call.
//!
//! The npm package `palm-user` is this crate compiled to WebAssembly. As a Rust
//! library it offers the same rules over `serde_json::Value`, and the same call:
//! over `reqwest` natively, over the platform's `fetch` on wasm, and as a [`Call`]
//! without input and output for any other HTTP client.
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
//! - `wasm`: the JavaScript exports of the npm package. They are added to the
//!   module the crate is linked into, so a Worker written in Rust leaves it off.
//!
//! Without any the crate is `no_std` with `alloc`: fingerprints, user paths, API
//! keys, limits, `Retry-After`.
//!
//! The order of members is kept where the feature `preserve_order` of
//! `serde_json` is on, and is that of the keys where it is not.
//!
//! As in JavaScript, with these differences: a `String` is well-formed, so that a
//! document with a lone surrogate is not read; a call is ended by dropping its
//! future (or, with `fetch`, by a signal too).
//!
//! Rust 1.88 or newer.
//!
//! Nothing here panics, and no error holds the key or a value of the patch.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(any(feature = "json", feature = "wasm")),
    expect(dead_code, reason = "without a backend only the rules that need none are public")
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
pub use native::call::{Answer, Attempt, Call, Moment, Step};
#[cfg(feature = "json")]
pub use native::json::{
    apply_patch, apply_patch_in_place, compose_patches, diff_users, invert_patch, validate_patch,
};
#[cfg(feature = "json")]
pub use native::request::{CallOptions, Request};
#[cfg(feature = "json")]
pub use native::user::{Status, User, UserPatch, Verification};
pub use rules::issue::{Issue, IssueCode, Report, Severity};
pub use rules::limits::Limits;
pub use text::{Param, Params};

/// The examples of the README and of the guide run as tests.
#[cfg(all(doctest, feature = "json"))]
#[doc = include_str!("README.md")]
#[doc = include_str!("../docs/guide/rust.md")]
struct Readme;
