//! A SHA-256 digest (FIPS 180-4), by `sha2`: it knows the processor's own
//! instructions, and in the npm module WebAssembly's vectors.

use alloc::string::String;
use core::fmt;

use sha2::block_api::compress256;

/// A SHA-256 digest; shows as 64 lower-case hexadecimal digits.
///
/// ```
/// use palm_user::Fingerprint;
///
/// let ada = Fingerprint::of(b"Ada");
/// assert_ne!(ada, Fingerprint::of(b"Grace"));
/// assert_eq!(ada.to_string().len(), 64);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub(super) [u8; 32]);

impl Fingerprint {
    /// The digest of these bytes, as they are.
    ///
    /// ```
    /// use palm_user::{Fingerprint, FingerprintKind, fingerprint};
    ///
    /// assert_eq!(fingerprint("Ada", FingerprintKind::Exact)?, Fingerprint::of(b"Ada"));
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    pub fn of(bytes: &[u8]) -> Self {
        let mut digest = [0; 32];
        let (words, _) = digest.as_chunks_mut::<4>();
        for (bytes, word) in words.iter_mut().zip(state(bytes)) {
            *bytes = word.to_be_bytes();
        }
        Fingerprint(digest)
    }

    /// This fingerprint under a key: HMAC-SHA-256 (RFC 2104) of its 64 digits.
    ///
    /// Whoever has a list of fingerprints can try candidates, and phone numbers are few.
    /// Nobody without the key can. Keep it where the list is not; a list that is already
    /// stored can be put under a key, or under a further one, without the values.
    ///
    /// ```
    /// use palm_user::{FingerprintKind, fingerprint};
    ///
    /// let key = [7; 32]; // random, and from a secret store
    /// let one = fingerprint("+44 20 7946 0958", FingerprintKind::Phone)?.keyed(&key);
    /// let two = fingerprint("0044 20 7946 0958", FingerprintKind::Phone)?.keyed(&key);
    /// assert_eq!(one, two);
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    #[cfg(feature = "hmac")]
    #[must_use]
    pub fn keyed(&self, key: &[u8; 32]) -> Self {
        use hmac::{Hmac, KeyInit, Mac};

        // A key of the block's size, which HMAC makes of a shorter one by zeros.
        let mut block = [0; 64];
        for (byte, given) in block.iter_mut().zip(key) {
            *byte = *given;
        }
        let mut mac = Hmac::<sha2::Sha256>::new(&block.into());
        let (words, _) = self.0.as_chunks::<4>();
        for word in words {
            mac.update(&digits(u32::from_be_bytes(*word)));
        }
        Fingerprint(mac.finalize().into_bytes().into())
    }

    /// The digest in base64 (RFC 4648 section 4), 44 characters, as UID2 and others take it.
    ///
    /// ```
    /// use palm_user::{FingerprintKind, fingerprint};
    ///
    /// let one = fingerprint("JANE.SAOIRSE@gmail.com", FingerprintKind::Uid2Email)?;
    /// assert_eq!(one.to_base64(), "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8=");
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    pub fn to_base64(&self) -> String {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::with_capacity(44);
        for three in self.0.chunks(3) {
            let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
            let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
            for at in 0..=three.len() {
                let six = (bits >> 18_usize.saturating_sub(at.saturating_mul(6))) & 63;
                text.push(LETTERS.get(six as usize).copied().map_or('=', char::from));
            }
        }
        text.push('=');
        text
    }

    /// The digest itself.
    ///
    /// ```
    /// assert_eq!(palm_user::Fingerprint::of(b"Ada").as_bytes().len(), 32);
    /// ```
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
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(crate) fn replace_by_hex(bytes: &mut [u8; 64], length: usize) {
    let state = if length < PADDED {
        // Where it is: to copy or clear a block an engine calls a function.
        let mut state = INITIAL;
        pad(bytes, length, length);
        compress256(&mut state, core::slice::from_ref(bytes));
        state
    } else {
        state(bytes.get(..length).unwrap_or_default())
    };
    write_digits(state, bytes);
}

#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
fn write_digits(state: [u32; 8], hex: &mut [u8; 64]) {
    let (words, _) = hex.as_chunks_mut::<8>();
    // Without a loop: at `opt-level = "z"` its iterator lives in memory.
    let ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]) = (words, state) else { return };
    *a = digits(i);
    *b = digits(j);
    *c = digits(k);
    *d = digits(l);
    *e = digits(m);
    *f = digits(n);
    *g = digits(o);
    *h = digits(p);
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

/// A block has room for so many bytes of the message, less one, and for the padding.
const PADDED: usize = 56;

/// The digest as words. `Sha256::digest` does the same by way of a buffer of its own,
/// which takes longer than a short message.
fn state(message: &[u8]) -> [u32; 8] {
    let mut state = INITIAL;
    let (blocks, rest) = message.as_chunks::<64>();
    compress256(&mut state, blocks);
    let mut block = [0; 64];
    if let Some(start) = block.get_mut(..rest.len()) {
        start.copy_from_slice(rest);
    }
    if rest.len() >= PADDED {
        if let Some(mark) = block.get_mut(rest.len()) {
            *mark = 0x80;
        }
        compress256(&mut state, core::slice::from_ref(&block));
        block = [0; 64];
        write_length(&mut block, message.len());
    } else {
        pad(&mut block, rest.len(), message.len());
    }
    compress256(&mut state, core::slice::from_ref(&block));
    state
}

/// Fills the last block after its `used` bytes: a 1 bit, zeros, and the length of the
/// message in bits (section 5.1.1).
#[inline(always)]
fn pad(block: &mut [u8; 64], used: usize, length: usize) {
    let (words, _) = block.as_chunks_mut::<8>();
    // By words: to clear bytes, an engine calls a function.
    let mut rest = used;
    let mut mark = 0x80_u64;
    for bytes in words {
        if let Some(more) = rest.checked_sub(8) {
            rest = more;
            continue;
        }
        let bits = (rest as u32).wrapping_mul(8);
        let word = u64::from_le_bytes(*bytes);
        *bytes = ((word & !(u64::MAX << bits)) | (mark << bits)).to_le_bytes();
        (rest, mark) = (0, 0);
    }
    write_length(block, length);
}

#[inline(always)]
fn write_length(block: &mut [u8; 64], length: usize) {
    if let Some(bits) = block.last_chunk_mut() {
        *bits = (length as u64).wrapping_mul(8).to_be_bytes();
    }
}

/// The eight hexadecimal digits of a word, all at once.
#[inline(always)]
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
    use super::{Fingerprint, digits, replace_by_hex, write_hex};
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
            if let Some(start) = hex.get_mut(..length) {
                start.copy_from_slice(&message);
                replace_by_hex(&mut hex, length);
                assert_eq!(fingerprint.to_string().as_bytes(), hex, "{length} in place");
            }
        }
    }

    /// By Node.js: `createHmac('sha256', Buffer.alloc(32, 7)).update(digits).digest('hex')`.
    #[cfg(feature = "hmac")]
    #[test]
    fn under_a_key() {
        let keyed = Fingerprint::of(b"+442079460958").keyed(&[7; 32]);
        let expected = "1ce05c75945d2ab5b2a8f8a2a6d045aa42da0b4ccd028d7af69d6737d82c3e3c";
        assert_eq!(keyed.to_string(), expected);
        assert_ne!(Fingerprint::of(b"+442079460958").keyed(&[8; 32]), keyed);
    }

    #[test]
    fn hexadecimal() {
        for word in [0, 1, 0x0123_4567, 0x89ab_cdef, 0x9a9a_9a9a, u32::MAX] {
            assert_eq!(digits(word), format!("{word:08x}").as_bytes());
        }
    }
}
