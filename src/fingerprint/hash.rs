//! A SHA-256 digest (FIPS 180-4), by `sha2`: it knows the processor's own
//! instructions, and in the npm module WebAssembly's vectors.

use core::fmt;

use sha2::block_api::compress256;

/// A SHA-256 digest; shows as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The digest of these bytes, as they are.
    pub fn of(bytes: &[u8]) -> Self {
        let mut digest = [0; 32];
        let (words, _) = digest.as_chunks_mut::<4>();
        for (bytes, word) in words.iter_mut().zip(state(bytes)) {
            *bytes = word.to_be_bytes();
        }
        Fingerprint(digest)
    }

    /// The digest itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, _) = self.0.as_chunks::<4>();
        for word in words {
            let digits = digits(u32::from_be_bytes(*word));
            f.write_str(core::str::from_utf8(&digits).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Writes the 64 digits of a message's digest.
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(crate) fn write_hex(message: &[u8], hex: &mut [u8; 64]) {
    write_digits(state(message), hex);
}

/// Writes those of the first bytes over them.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) fn replace_by_hex(bytes: &mut [u8; 64], length: usize) {
    let state = state(bytes.get(..length).unwrap_or_default());
    write_digits(state, bytes);
}

#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
fn write_digits(state: [u32; 8], hex: &mut [u8; 64]) {
    let (words, _) = hex.as_chunks_mut::<8>();
    for (eight, word) in words.iter_mut().zip(state) {
        *eight = digits(word);
    }
}

/// The initial hash value (section 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The digest as words. `Sha256::digest` does the same by way of a buffer of its own,
/// which takes longer than a short message.
fn state(message: &[u8]) -> [u32; 8] {
    let mut state = INITIAL;
    let (blocks, rest) = message.as_chunks::<64>();
    compress256(&mut state, blocks);
    // A 1 bit, zeros, and the length in bits (section 5.1.1): one block, or two.
    let mut last = [[0; 64]; 2];
    let bytes = last.as_flattened_mut();
    if let Some(start) = bytes.get_mut(..rest.len()) {
        start.copy_from_slice(rest);
    }
    if let Some(mark) = bytes.get_mut(rest.len()) {
        *mark = 0x80;
    }
    let padded = if rest.len() < 56 { last.get_mut(..1) } else { Some(last.as_mut_slice()) };
    let Some(padded) = padded else { return state };
    if let Some(length) = padded.as_flattened_mut().last_chunk_mut() {
        *length = (message.len() as u64).wrapping_mul(8).to_be_bytes();
    }
    compress256(&mut state, padded);
    state
}

/// The eight hexadecimal digits of a word, all at once.
fn digits(word: u32) -> [u8; 8] {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    // Half a byte in each byte, the first in the highest.
    let mut halves = u64::from(word);
    halves = ((halves & 0xffff_0000) << 16) | (halves & 0xffff);
    halves = ((halves & 0xff00_0000_ff00) << 8) | (halves & 0x00ff_0000_00ff);
    halves = ((halves & 0x00f0_00f0_00f0_00f0) << 4) | (halves & 0x000f_000f_000f_000f);
    // 1 where it is a letter: no sum carries over.
    let letters = (halves.wrapping_add(each(6)) >> 4) & each(1);
    let letters = letters.wrapping_mul((b'a' - b'9' - 1).into());
    halves.wrapping_add(each(b'0')).wrapping_add(letters).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, digits, write_hex};
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use sha2::{Digest, Sha256};

    /// Against `sha2`'s own padding, at every length around the ends of blocks.
    #[test]
    fn padding() {
        for length in (0..300).chain([1000, 4096, 65_537]) {
            let message: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
            let fingerprint = Fingerprint::of(&message);
            assert_eq!(fingerprint.as_bytes()[..], Sha256::digest(&message)[..], "{length}");
            let mut hex = [0; 64];
            write_hex(&message, &mut hex);
            assert_eq!(fingerprint.to_string().as_bytes(), hex, "{length}");
        }
    }

    #[test]
    fn hexadecimal() {
        for word in [0, 1, 0x0123_4567, 0x89ab_cdef, 0x9a9a_9a9a, u32::MAX] {
            assert_eq!(digits(word), format!("{word:08x}").as_bytes());
        }
    }
}
