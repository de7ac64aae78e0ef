//! The rules of a patch, generic over what a JSON value is.

pub(crate) mod compose;
pub(crate) mod diff;
pub(crate) mod equal;
pub(crate) mod invert;
pub(crate) mod issue;
pub(crate) mod kind;
pub(crate) mod limits;
pub(crate) mod merge;
pub(crate) mod nested;
pub(crate) mod node;
pub(crate) mod operations;
pub(crate) mod patch;
pub(crate) mod path;
#[cfg_attr(
    not(any(feature = "json", all(feature = "wasm", target_arch = "wasm32"))),
    expect(dead_code, reason = "without a backend nothing is checked")
)]
pub(crate) mod precheck;
pub(crate) mod suggest;
pub(crate) mod validate;
