//! What JavaScript calls: the backend over live JavaScript objects, and the
//! exports. All that crosses is numbers.

#[cfg(target_arch = "wasm32")]
mod call;
#[cfg(target_arch = "wasm32")]
mod exports;
#[cfg(target_arch = "wasm32")]
mod fingerprint;
#[cfg(test)]
mod generate;
#[cfg(target_arch = "wasm32")]
pub(crate) mod glue;
#[cfg(palm_user_module)]
mod module;
#[cfg(target_arch = "wasm32")]
mod names;
#[cfg(target_arch = "wasm32")]
mod node;
#[cfg(target_arch = "wasm32")]
mod options;
mod precheck;
mod protocol;
#[cfg(target_arch = "wasm32")]
mod report;

#[cfg(target_arch = "wasm32")]
pub use self::exports::*;
#[cfg(all(target_arch = "wasm32", feature = "json"))]
pub use self::glue::{attach, hold, take};
