//! The npm module: the backend over live JavaScript objects, and the exports. Only
//! numbers cross between Rust and JavaScript.

#[cfg(target_arch = "wasm32")]
mod attempt;
#[cfg(target_arch = "wasm32")]
mod exports;
#[cfg(target_arch = "wasm32")]
mod fingerprint;
#[cfg(test)]
mod generate;
#[cfg(target_arch = "wasm32")]
pub(crate) mod imports;
#[cfg(target_arch = "wasm32")]
mod names;
#[cfg(target_arch = "wasm32")]
mod node;
#[cfg(target_arch = "wasm32")]
mod options;
mod precheck;
#[cfg(target_arch = "wasm32")]
mod prepare;
mod protocol;
#[cfg(target_arch = "wasm32")]
mod report;
#[cfg(palm_user_module)]
mod runtime;

#[cfg(target_arch = "wasm32")]
pub use self::exports::*;
#[cfg(all(target_arch = "wasm32", feature = "json"))]
pub use self::imports::{attach, hold, take};
