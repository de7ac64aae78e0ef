//! A SHA-256 digest (FIPS 180-4): by `sha2`, in the module by `lanes`.

use core::fmt;

#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
use super::lanes;

/// A SHA-256 digest; shows as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The digest of these bytes, as they are.
    pub fn of(bytes: &[u8]) -> Self {
        #[cfg(palm_user_module)]
        return Fingerprint(lanes::digest(bytes));
        #[cfg(not(palm_user_module))]
        return Fingerprint(<sha2::Sha256 as sha2::Digest>::digest(bytes).into());
    }

    /// The digests of four messages, which takes the module hardly longer than one.
    #[cfg(all(feature = "wasm", target_arch = "wasm32"))]
    pub(crate) fn of_four(messages: [&[u8]; 4]) -> [Self; 4] {
        lanes::digests(messages).map(Fingerprint)
    }

    /// The digest itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 digits, without an allocation.
    pub(crate) fn to_hex(self) -> [u8; 64] {
        #[cfg(palm_user_module)]
        return lanes::hex(&self.0);
        #[cfg(not(palm_user_module))]
        {
            let digit = |nibble: u8| b"0123456789abcdef".get(usize::from(nibble)).copied();
            let mut hex = [b'0'; 64];
            let (pairs, _) = hex.as_chunks_mut::<2>();
            for (pair, byte) in pairs.iter_mut().zip(self.0) {
                *pair = [byte >> 4, byte & 15].map(|nibble| digit(nibble).unwrap_or(b'0'));
            }
            hex
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.to_hex()).unwrap_or_default())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
