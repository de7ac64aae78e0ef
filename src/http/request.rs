//! The rules for requests, checked before anything is sent.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::error::{Error, Message};

/// The address of Palm's API.
///
/// ```
/// let url = [palm_user::DEFAULT_BASE_URL, &palm_user::user_path("palm_usr_1a2b")?].concat();
/// assert_eq!(url, "https://api.getpalm.com/v1/user/palm_usr_1a2b");
/// # Ok::<(), palm_user::Error>(())
/// ```
pub const DEFAULT_BASE_URL: &str = "https://api.getpalm.com";

/// The method of the call. In upper case: fetch normalises `get`, but not `patch`.
///
/// ```
/// assert_eq!(palm_user::METHOD, "PATCH");
/// ```
pub const METHOD: &str = "PATCH";

pub(crate) const CONTENT_TYPE: &str = "application/json";
pub(crate) const ACCEPT: &str = "application/json, application/problem+json";

/// A secret key of the Palm API: `sk_test_…` or `sk_live_…`. `Debug` does not show it,
/// and it cannot be serialised.
///
/// ```
/// let key: palm_user::ApiKey = "sk_test_0000".parse()?;
/// assert_eq!(key.authorization(), "Bearer sk_test_0000");
/// assert_eq!(format!("{key:?}"), "ApiKey(…)");
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// Checks the form of a key.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidApiKey`](crate::ErrorCode::InvalidApiKey); the message does not repeat the key.
    ///
    /// ```
    /// use palm_user::ApiKey;
    ///
    /// assert!(ApiKey::parse("sk_test_0000").is_ok());
    /// assert!(ApiKey::parse("pk_test_0000").is_err());
    /// ```
    pub fn parse(key: &str) -> Result<Self, Error> {
        let secret = secret_part(key);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match secret {
            Some(secret) if !secret.is_empty() && secret.bytes().all(allowed) => {
                Ok(ApiKey(key.to_owned()))
            }
            Some(_) => Err(Error::not_sent(Message::KeyCharacters)),
            None if key.trim() != key => Err(Error::not_sent(Message::KeyWhiteSpace)),
            None => Err(Error::not_sent(Message::KeyPrefix)),
        }
    }

    /// The value of the `Authorization` header (RFC 6750 section 2.1).
    pub fn authorization(&self) -> String {
        ["Bearer ", self.expose()].concat()
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl core::str::FromStr for ApiKey {
    type Err = Error;

    fn from_str(key: &str) -> Result<Self, Error> {
        ApiKey::parse(key)
    }
}

/// From a configuration file, for example.
#[cfg(feature = "json")]
impl<'de> serde::Deserialize<'de> for ApiKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        // Serde's own message for another type could quote the value.
        let key = String::deserialize(deserializer)
            .map_err(|_| D::Error::custom("the API key must be a string"))?;
        ApiKey::parse(&key).map_err(D::Error::custom)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// The key without its prefix, which is as secret as the whole key.
pub(crate) fn secret_part(key: &str) -> Option<&str> {
    key.strip_prefix("sk_test_").or_else(|| key.strip_prefix("sk_live_"))
}

/// The path of a user, its ID percent-encoded as one segment (RFC 3986 section 3.3).
///
/// # Errors
///
/// [`ErrorCode::InvalidUserId`](crate::ErrorCode::InvalidUserId) if the ID is empty, `.` or `..`: a URL
/// parser treats dots as path steps, so the request would reach another path.
///
/// ```
/// assert_eq!(palm_user::user_path("palm_usr_1a2b")?, "/v1/user/palm_usr_1a2b");
/// assert_eq!(palm_user::user_path("a/b")?, "/v1/user/a%2Fb");
/// assert!(palm_user::user_path("..").is_err());
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn user_path(user_id: &str) -> Result<String, Error> {
    match user_id {
        "" => return Err(Error::not_sent(Message::UserIdEmpty)),
        "." | ".." => return Err(Error::not_sent(Message::UserIdDots)),
        _ => {}
    }
    let mut path = String::from("/v1/user/");
    for byte in user_id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.push(hex_digit(byte >> 4));
            path.push(hex_digit(byte & 15));
        }
    }
    Ok(path)
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

/// The parts of a URL that the rules look at, named as in the URL standard.
#[derive(Clone, Debug, Default)]
pub(crate) struct UrlParts {
    /// With its colon: `https:`.
    pub(crate) protocol: String,
    pub(crate) hostname: String,
    /// Host and port.
    pub(crate) host: String,
    pub(crate) pathname: String,
    pub(crate) has_credentials: bool,
    pub(crate) has_query_or_fragment: bool,
    /// Whether it has the calling page's own origin and no key is sent. Then http is
    /// allowed, as the page itself arrived that way.
    pub(crate) is_own: bool,
}

/// The base URL without a trailing slash, if a key or personal data may be sent there.
pub(crate) fn base_url(parts: Option<UrlParts>) -> Result<String, Error> {
    let Some(parts) = parts else {
        return Err(Error::not_sent(Message::UrlNotAbsolute));
    };
    let loopback = is_loopback(&parts.hostname);
    let http = parts.protocol == "http:" && (loopback || parts.is_own);
    if parts.protocol != "https:" && !http {
        return Err(Error::not_sent(Message::UrlNotHttps));
    }
    if parts.has_credentials {
        return Err(Error::not_sent(Message::UrlCredentials));
    }
    if parts.has_query_or_fragment {
        return Err(Error::not_sent(Message::UrlQuery));
    }
    let path = parts.pathname.trim_end_matches('/');
    Ok([&parts.protocol, "//", &parts.host, path].concat())
}

/// `localhost` and its subdomains (RFC 6761 section 6.3), 127.0.0.0/8 and ::1.
/// The URL parser has already normalised addresses: `127.1` is 127.0.0.1.
fn is_loopback(hostname: &str) -> bool {
    let is_v4 = || hostname.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    hostname == "localhost"
        || hostname.ends_with(".localhost")
        || hostname == "[::1]"
        || (hostname.starts_with("127.") && is_v4())
}

/// The headers that the call sets itself, so a caller must not.
const OWN_HEADERS: [&str; 3] = ["accept", "content-type", "content-length"];

/// Checks a caller's header: a token and a field value (RFC 9110 section 5).
pub(crate) fn check_header(name: &str, value: &str, has_key: bool) -> Result<(), Error> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(Error::not_sent(Message::HeaderName));
    }
    let field = |c: char| c == '\t' || (c >= ' ' && c != '\u{7f}' && c <= '\u{ff}');
    if !value.chars().all(field) {
        return Err(Error::of_name(Message::HeaderValue, name.to_owned()));
    }
    let lower = name.to_ascii_lowercase();
    if OWN_HEADERS.contains(&lower.as_str()) {
        return Err(Error::of_name(Message::HeaderOwn, lower));
    }
    if has_key && lower == "authorization" {
        return Err(Error::not_sent(Message::HeaderAuthorization));
    }
    Ok(())
}
