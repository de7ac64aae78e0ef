//! A SHA-256 digest (FIPS 180-4): by `sha2`, in the module by `lanes`.

use core::fmt;

use sha2::{Digest, Sha256};

#[cfg(palm_user_module)]
pub(crate) use super::lanes::{replace_by_hex, write_hex, write_hex_of_four};

/// A SHA-256 digest; shows as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The digest of these bytes, as they are.
    pub fn of(bytes: &[u8]) -> Self {
        Fingerprint(Sha256::digest(bytes).into())
    }

    /// The digest itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 digits, without an allocation.
    fn to_hex(self) -> [u8; 64] {
        let digit = |nibble: u8| b"0123456789abcdef".get(usize::from(nibble)).copied();
        let mut hex = [b'0'; 64];
        let (pairs, _) = hex.as_chunks_mut::<2>();
        for (pair, byte) in pairs.iter_mut().zip(self.0) {
            *pair = [byte >> 4, byte & 15].map(|nibble| digit(nibble).unwrap_or(b'0'));
        }
        hex
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

/// Writes the 64 digits of a message's digest.
#[cfg(all(feature = "wasm", target_arch = "wasm32", not(palm_user_module)))]
pub(crate) fn write_hex(message: &[u8], hex: &mut [u8; 64]) {
    *hex = Fingerprint::of(message).to_hex();
}

/// Writes those of four messages.
#[cfg(all(feature = "wasm", target_arch = "wasm32", not(palm_user_module)))]
pub(crate) fn write_hex_of_four(messages: [&[u8]; 4], hex: &mut [[u8; 64]; 4]) {
    for (message, hex) in messages.into_iter().zip(hex) {
        write_hex(message, hex);
    }
}

/// Writes those of the first bytes over them.
#[cfg(all(feature = "wasm", target_arch = "wasm32", not(palm_user_module)))]
pub(crate) fn replace_by_hex(bytes: &mut [u8; 64], length: usize) {
    *bytes = Fingerprint::of(bytes.get(..length).unwrap_or_default()).to_hex();
}
