//! The rules of the call: what to send, what an answer means, when to retry.

pub(crate) mod answer;
pub(crate) mod attempt;
pub(crate) mod gateway;
pub(crate) mod http_date;
pub(crate) mod request;
pub(crate) mod retry;
