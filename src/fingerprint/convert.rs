//! Fingerprints as text and bytes, to store them and to read them back.

use core::str::FromStr;

use super::Fingerprint;
use crate::text::ParseError;

/// 64 hexadecimal digits, as `Display` writes them; capitals are accepted.
///
/// ```
/// use palm_user::Fingerprint;
///
/// let ada = Fingerprint::of(b"Ada");
/// assert_eq!(ada.to_string().parse(), Ok(ada));
/// assert!("Ada".parse::<Fingerprint>().is_err());
/// ```
impl FromStr for Fingerprint {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        const NOT_HEX: ParseError = ParseError("a fingerprint of 64 hexadecimal digits");
        let mut digest = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != digest.len() || !rest.is_empty() {
            return Err(NOT_HEX);
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(NOT_HEX);
        for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
            *byte = (digit(*high)? << 4 | digit(*low)?) as u8;
        }
        Ok(Fingerprint::from(digest))
    }
}

impl From<[u8; 32]> for Fingerprint {
    fn from(digest: [u8; 32]) -> Self {
        Fingerprint(digest)
    }
}

impl From<Fingerprint> for [u8; 32] {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0
    }
}

impl AsRef<[u8]> for Fingerprint {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(feature = "json")]
impl serde::Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "json")]
impl<'de> serde::Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
