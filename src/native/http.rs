//! Conversions to and from the types of the crate `http`, which most clients use.

use alloc::string::String;
use alloc::vec::Vec;

use http::header::{HeaderName, HeaderValue};

use crate::native::attempt::Answer;
use crate::native::request::Request;

/// ```
/// use palm_user::{ApiKey, Call, CallOptions};
///
/// let options = CallOptions::new().api_key(ApiKey::parse("sk_test_0000")?);
/// let call = Call::get_user("palm_usr_1a2b", &options)?;
/// let request: http::Request<Vec<u8>> = call.request().try_into()?;
/// assert_eq!(request.uri().path(), "/v1/user/palm_usr_1a2b");
/// // It holds the key, but its `Debug` form does not show it.
/// assert!(!format!("{request:?}").contains("sk_test"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl TryFrom<&Request> for http::Request<Vec<u8>> {
    /// The URL is longer than the crate `http` allows.
    type Error = http::Error;

    fn try_from(request: &Request) -> Result<Self, http::Error> {
        let body = request.body.as_ref().map(|body| body.clone().into_bytes());
        let mut sent = http::Request::builder()
            .method(request.method)
            .uri(&request.url)
            .body(body.unwrap_or_default())?;
        for (name, value) in &request.headers {
            // Latin-1, as fetch sends it. `check_header` allows nothing else.
            let bytes: Vec<u8> = value.chars().map(|char| char as u8).collect();
            let mut value = HeaderValue::from_bytes(&bytes)?;
            value.set_sensitive(true);
            sent.headers_mut().insert(HeaderName::from_bytes(name.as_bytes())?, value);
        }
        Ok(sent)
    }
}

/// ```
/// use palm_user::Answer;
///
/// let response = http::Response::builder().status(404).body(Vec::new())?;
/// let answer = Answer::from(response);
/// # let _ = answer;
/// # Ok::<(), http::Error>(())
/// ```
impl<B: Into<Vec<u8>>> From<http::Response<B>> for Answer {
    fn from(response: http::Response<B>) -> Self {
        let (head, body) = response.into_parts();
        Answer::begun(head.status.as_u16(), &head.headers).with_body(body.into())
    }
}

impl Answer {
    /// An answer whose body has not been read.
    pub(crate) fn begun(status: u16, headers: &http::HeaderMap) -> Self {
        headers.iter().fold(Answer::new(status, Vec::new()), |answer, (name, value)| {
            answer.header(name.as_str(), String::from_utf8_lossy(value.as_bytes()))
        })
    }
}
