//! The rules of the call: what to send, what an answer means, when to try again.

pub(crate) mod answer;
pub(crate) mod attempt;
pub(crate) mod http_date;
#[cfg_attr(
    not(all(feature = "wasm", target_arch = "wasm32")),
    allow(dead_code, reason = "natively nothing of it is shown, so that nothing is replaced")
)]
pub(crate) mod problem;
pub(crate) mod request;
pub(crate) mod retry;
