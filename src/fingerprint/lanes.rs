//! SHA-256 (FIPS 180-4) of one message, or of four at once.
//!
//! For the module: natively `sha2`, which this is tested against, knows the
//! processor's own instructions and is faster.

/// A 32-bit word of each of `N` messages.
trait Word<const N: usize>: Copy {
    fn splat(word: u32) -> Self;
    /// The words of a block of each message, big-endian (section 5.2.1).
    fn load(blocks: &[[u8; 64]; N]) -> [Self; 16];
    fn to_lanes(self) -> [u32; N];
    fn add(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    /// Bits of `self` where `mask` has 1, of `other` where it has 0.
    fn select(self, other: Self, mask: Self) -> Self;
    fn shift_right<const BITS: u32>(self) -> Self;
    fn rotate_right<const BITS: u32>(self) -> Self;
}

/// The digest of a message.
#[cfg(palm_user_module)]
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    let [digest] = hash::<u32, 1>([message]);
    digest
}

/// The digests of four messages of any lengths.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) fn digests(messages: [&[u8]; 4]) -> [[u8; 32]; 4] {
    #[cfg(target_feature = "simd128")]
    return hash::<simd::Simd, 4>(messages);
    #[cfg(not(target_feature = "simd128"))]
    return hash::<[u32; 4], 4>(messages);
}

/// The 64 lower-case digits of a digest.
#[cfg(all(feature = "wasm", target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd::hex;

/// Section 5.3.3.
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

fn hash<W: Word<N>, const N: usize>(messages: [&[u8]; N]) -> [[u8; 32]; N] {
    let mut state = START.map(W::splat);
    let mut digests = [[0; 32]; N];
    let mut blocks = [[0; 64]; N];
    let counts = messages.map(|message| block_count(message.len()));
    let most = counts.iter().copied().max().unwrap_or(0);
    for index in 0..most {
        for (block, message) in blocks.iter_mut().zip(messages) {
            write_block(block, message, index);
        }
        compress::<W, N>(&mut state, W::load(&blocks));
        // A shorter message has its digest before the others have theirs.
        for ((lane, digest), count) in digests.iter_mut().enumerate().zip(counts) {
            if count.checked_sub(1) == Some(index) {
                write_digest(digest, &state, lane);
            }
        }
    }
    digests
}

/// A 1 bit, zeros, and the length in 64 bits fill the last block (section 5.1.1).
fn block_count(length: usize) -> usize {
    (length / 64).saturating_add(if length % 64 < 56 { 1 } else { 2 })
}

/// Block number `index` of the padded message; past its end, anything.
fn write_block(block: &mut [u8; 64], message: &[u8], index: usize) {
    let start = index.saturating_mul(64);
    let rest = message.get(start..).unwrap_or_default();
    if let Some((whole, _)) = rest.split_first_chunk::<64>() {
        *block = *whole;
        return;
    }
    *block = [0; 64];
    if let Some(start) = block.get_mut(..rest.len()) {
        start.copy_from_slice(rest);
    }
    if start <= message.len()
        && let Some(end) = block.get_mut(rest.len())
    {
        *end = 0x80;
    }
    if rest.len() < 56
        && let Some(end) = block.last_chunk_mut::<8>()
    {
        *end = (message.len() as u64).wrapping_mul(8).to_be_bytes();
    }
}

fn write_digest<W: Word<N>, const N: usize>(digest: &mut [u8; 32], state: &[W; 8], lane: usize) {
    let (words, _) = digest.as_chunks_mut::<4>();
    for (bytes, word) in words.iter_mut().zip(state) {
        let word = word.to_lanes().get(lane).copied().unwrap_or(0);
        *bytes = word.to_be_bytes();
    }
}

/// Section 4.2.2.
const K: [[u32; 16]; 4] = [
    [
        0x428a_2f98,
        0x7137_4491,
        0xb5c0_fbcf,
        0xe9b5_dba5,
        0x3956_c25b,
        0x59f1_11f1,
        0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98,
        0x1283_5b01,
        0x2431_85be,
        0x550c_7dc3,
        0x72be_5d74,
        0x80de_b1fe,
        0x9bdc_06a7,
        0xc19b_f174,
    ],
    [
        0xe49b_69c1,
        0xefbe_4786,
        0x0fc1_9dc6,
        0x240c_a1cc,
        0x2de9_2c6f,
        0x4a74_84aa,
        0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152,
        0xa831_c66d,
        0xb003_27c8,
        0xbf59_7fc7,
        0xc6e0_0bf3,
        0xd5a7_9147,
        0x06ca_6351,
        0x1429_2967,
    ],
    [
        0x27b7_0a85,
        0x2e1b_2138,
        0x4d2c_6dfc,
        0x5338_0d13,
        0x650a_7354,
        0x766a_0abb,
        0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1,
        0xa81a_664b,
        0xc24b_8b70,
        0xc76c_51a3,
        0xd192_e819,
        0xd699_0624,
        0xf40e_3585,
        0x106a_a070,
    ],
    [
        0x19a4_c116,
        0x1e37_6c08,
        0x2748_774c,
        0x34b0_bcb5,
        0x391c_0cb3,
        0x4ed8_aa4a,
        0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee,
        0x78a5_636f,
        0x84c8_7814,
        0x8cc7_0208,
        0x90be_fffa,
        0xa450_6ceb,
        0xbef9_a3f7,
        0xc671_78f2,
    ],
];

/// Section 6.2.2, sixteen rounds to a turn: the words of the schedule and the
/// working variables change places by name, so that all of them can be locals.
fn compress<W: Word<N>, const N: usize>(state: &mut [W; 8], words: [W; 16]) {
    let mut w = words;
    let mut work = *state;
    for (turn, k) in K.iter().enumerate() {
        if turn > 0 {
            w = schedule::<W, N>(w);
        }
        work = rounds::<W, N>(work, &w, k);
    }
    for (word, worked) in state.iter_mut().zip(work) {
        *word = word.add(worked);
    }
}

/// One word of the message schedule, from those 16, 15, 7 and 2 places before.
#[inline(always)]
fn next<W: Word<N>, const N: usize>(w16: W, w15: W, w7: W, w2: W) -> W {
    let s0 = w15.rotate_right::<7>().xor(w15.rotate_right::<18>()).xor(w15.shift_right::<3>());
    let s1 = w2.rotate_right::<17>().xor(w2.rotate_right::<19>()).xor(w2.shift_right::<10>());
    w16.add(s0).add(w7).add(s1)
}

/// The next sixteen words of the message schedule.
#[inline(always)]
fn schedule<W: Word<N>, const N: usize>(w: [W; 16]) -> [W; 16] {
    let [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15] = w;
    let w0 = next::<W, N>(w0, w1, w9, w14);
    let w1 = next::<W, N>(w1, w2, w10, w15);
    let w2 = next::<W, N>(w2, w3, w11, w0);
    let w3 = next::<W, N>(w3, w4, w12, w1);
    let w4 = next::<W, N>(w4, w5, w13, w2);
    let w5 = next::<W, N>(w5, w6, w14, w3);
    let w6 = next::<W, N>(w6, w7, w15, w4);
    let w7 = next::<W, N>(w7, w8, w0, w5);
    let w8 = next::<W, N>(w8, w9, w1, w6);
    let w9 = next::<W, N>(w9, w10, w2, w7);
    let w10 = next::<W, N>(w10, w11, w3, w8);
    let w11 = next::<W, N>(w11, w12, w4, w9);
    let w12 = next::<W, N>(w12, w13, w5, w10);
    let w13 = next::<W, N>(w13, w14, w6, w11);
    let w14 = next::<W, N>(w14, w15, w7, w12);
    let w15 = next::<W, N>(w15, w0, w8, w13);
    [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15]
}

/// Unrolled, so that nothing moves: a round's variables are the last one's by other names.
#[inline(always)]
fn rounds<W: Word<N>, const N: usize>(work: [W; 8], words: &[W; 16], k: &[u32; 16]) -> [W; 8] {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = work;
    let [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15] = *words;
    let [k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15] = *k;
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident $w:ident $k:ident) => {
            let s1 = $e.rotate_right::<6>().xor($e.rotate_right::<11>());
            let s1 = s1.xor($e.rotate_right::<25>());
            let t1 = $h.add(s1).add($f.select($g, $e)).add(W::splat($k)).add($w);
            let s0 = $a.rotate_right::<2>().xor($a.rotate_right::<13>());
            let s0 = s0.xor($a.rotate_right::<22>());
            $d = $d.add(t1);
            // Where a and b differ it is c's bit that is in the majority.
            $h = t1.add(s0).add($c.select($a, $a.xor($b)));
        };
    }
    round!(a b c d e f g h w0 k0);
    round!(h a b c d e f g w1 k1);
    round!(g h a b c d e f w2 k2);
    round!(f g h a b c d e w3 k3);
    round!(e f g h a b c d w4 k4);
    round!(d e f g h a b c w5 k5);
    round!(c d e f g h a b w6 k6);
    round!(b c d e f g h a w7 k7);
    round!(a b c d e f g h w8 k8);
    round!(h a b c d e f g w9 k9);
    round!(g h a b c d e f w10 k10);
    round!(f g h a b c d e w11 k11);
    round!(e f g h a b c d w12 k12);
    round!(d e f g h a b c w13 k13);
    round!(c d e f g h a b w14 k14);
    round!(b c d e f g h a w15 k15);
    [a, b, c, d, e, f, g, h]
}

/// One message.
impl Word<1> for u32 {
    #[inline(always)]
    fn splat(word: u32) -> Self {
        word
    }

    #[inline(always)]
    fn load([block]: &[[u8; 64]; 1]) -> [Self; 16] {
        let mut words = [0; 16];
        let (bytes, _) = block.as_chunks::<4>();
        for (word, bytes) in words.iter_mut().zip(bytes) {
            *word = u32::from_be_bytes(*bytes);
        }
        words
    }

    #[inline(always)]
    fn to_lanes(self) -> [u32; 1] {
        [self]
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline(always)]
    fn select(self, other: Self, mask: Self) -> Self {
        other ^ (mask & (self ^ other))
    }

    #[inline(always)]
    fn shift_right<const BITS: u32>(self) -> Self {
        self >> BITS
    }

    #[inline(always)]
    fn rotate_right<const BITS: u32>(self) -> Self {
        self.rotate_right(BITS)
    }
}

/// Without SIMD, and in native tests.
impl Word<4> for [u32; 4] {
    fn splat(word: u32) -> Self {
        [word; 4]
    }

    fn load(blocks: &[[u8; 64]; 4]) -> [Self; 16] {
        let mut words = [[0; 4]; 16];
        for (lane, block) in blocks.iter().enumerate() {
            let (bytes, _) = block.as_chunks::<4>();
            for (word, bytes) in words.iter_mut().zip(bytes) {
                if let Some(word) = word.get_mut(lane) {
                    *word = u32::from_be_bytes(*bytes);
                }
            }
        }
        words
    }

    fn to_lanes(self) -> [u32; 4] {
        self
    }

    fn add(self, other: Self) -> Self {
        let [a, b, c, d] = self;
        let [e, f, g, h] = other;
        [a.wrapping_add(e), b.wrapping_add(f), c.wrapping_add(g), d.wrapping_add(h)]
    }

    fn xor(self, other: Self) -> Self {
        let [a, b, c, d] = self;
        let [e, f, g, h] = other;
        [a ^ e, b ^ f, c ^ g, d ^ h]
    }

    fn select(self, other: Self, mask: Self) -> Self {
        let [a, b, c, d] = self;
        let [e, f, g, h] = other;
        let [m, n, o, p] = mask;
        [a & m | e & !m, b & n | f & !n, c & o | g & !o, d & p | h & !p]
    }

    fn shift_right<const BITS: u32>(self) -> Self {
        self.map(|word| word >> BITS)
    }

    fn rotate_right<const BITS: u32>(self) -> Self {
        self.map(|word| word.rotate_right(BITS))
    }
}

#[cfg(target_feature = "simd128")]
mod simd {
    #![allow(unsafe_code, reason = "loads 16 bytes at once")]

    use core::arch::wasm32::*;

    use super::Word;

    #[derive(Clone, Copy)]
    pub(super) struct Simd(v128);

    impl Word<4> for Simd {
        #[inline(always)]
        fn splat(word: u32) -> Self {
            Simd(u32x4_splat(word))
        }

        #[inline(always)]
        fn load(blocks: &[[u8; 64]; 4]) -> [Self; 16] {
            let mut words = [Simd(u32x4_splat(0)); 16];
            let (fours, _) = words.as_chunks_mut::<4>();
            for (quarter, out) in fours.iter_mut().enumerate() {
                let rows = blocks.each_ref().map(|block| row(block, quarter));
                *out = transpose(rows).map(Simd);
            }
            words
        }

        #[inline(always)]
        fn to_lanes(self) -> [u32; 4] {
            let Simd(v) = self;
            [
                u32x4_extract_lane::<0>(v),
                u32x4_extract_lane::<1>(v),
                u32x4_extract_lane::<2>(v),
                u32x4_extract_lane::<3>(v),
            ]
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Simd(u32x4_add(self.0, other.0))
        }

        #[inline(always)]
        fn xor(self, other: Self) -> Self {
            Simd(v128_xor(self.0, other.0))
        }

        #[inline(always)]
        fn select(self, other: Self, mask: Self) -> Self {
            Simd(v128_bitselect(self.0, other.0, mask.0))
        }

        #[inline(always)]
        fn shift_right<const BITS: u32>(self) -> Self {
            Simd(u32x4_shr(self.0, BITS))
        }

        #[inline(always)]
        fn rotate_right<const BITS: u32>(self) -> Self {
            Simd(v128_or(u32x4_shr(self.0, BITS), u32x4_shl(self.0, 32_u32.wrapping_sub(BITS))))
        }
    }

    /// Sixteen digits from eight bytes at a time: a shuffle looks the digits up.
    pub(crate) fn hex(digest: &[u8; 32]) -> [u8; 64] {
        let digits = u8x16(
            b'0', b'1', b'2', b'3', b'4', b'5', b'6', b'7', b'8', b'9', b'a', b'b', b'c', b'd',
            b'e', b'f',
        );
        let mut hex = [0; 64];
        let (halves, _) = digest.as_chunks::<16>();
        let (quarters, _) = hex.as_chunks_mut::<32>();
        for (half, out) in halves.iter().zip(quarters) {
            // SAFETY: `half` is 16 bytes long.
            let bytes = unsafe { v128_load(half.as_ptr().cast()) };
            let high = u8x16_swizzle(digits, u8x16_shr(bytes, 4));
            let low = u8x16_swizzle(digits, v128_and(bytes, u8x16_splat(15)));
            let first =
                u8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(high, low);
            let second =
                u8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(
                    high, low,
                );
            let (first_out, second_out) = out.split_at_mut(16);
            // SAFETY: each half of the 32 bytes is 16 bytes long.
            unsafe {
                v128_store(first_out.as_mut_ptr().cast(), first);
                v128_store(second_out.as_mut_ptr().cast(), second);
            }
        }
        hex
    }

    /// Four words of a block, their bytes turned from big-endian.
    #[inline(always)]
    fn row(block: &[u8; 64], quarter: usize) -> v128 {
        let (quarters, _) = block.as_chunks::<16>();
        let zero = [0; 16];
        let bytes = quarters.get(quarter).unwrap_or(&zero);
        // SAFETY: `bytes` is 16 bytes long; wasm loads from any address.
        let row = unsafe { v128_load(bytes.as_ptr().cast()) };
        u8x16_shuffle::<3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12>(row, row)
    }

    /// Rows of one message each become rows of one word each.
    #[inline(always)]
    fn transpose([a, b, c, d]: [v128; 4]) -> [v128; 4] {
        let ab_low = u32x4_shuffle::<0, 4, 1, 5>(a, b);
        let ab_high = u32x4_shuffle::<2, 6, 3, 7>(a, b);
        let cd_low = u32x4_shuffle::<0, 4, 1, 5>(c, d);
        let cd_high = u32x4_shuffle::<2, 6, 3, 7>(c, d);
        [
            u64x2_shuffle::<0, 2>(ab_low, cd_low),
            u64x2_shuffle::<1, 3>(ab_low, cd_low),
            u64x2_shuffle::<0, 2>(ab_high, cd_high),
            u64x2_shuffle::<1, 3>(ab_high, cd_high),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::hash;
    use alloc::vec::Vec;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    fn check(messages: [&[u8]; 4]) {
        let expect = messages.map(|message| <[u8; 32]>::from(Sha256::digest(message)));
        let lengths = messages.map(<[u8]>::len);
        assert_eq!(hash::<[u32; 4], 4>(messages), expect, "{lengths:?}");
        let one = messages.map(|message| hash::<u32, 1>([message])[0]);
        assert_eq!(one, expect, "{lengths:?}");
    }

    /// Every length around the borders of blocks (FIPS 180-4 section 5.1.1), against `sha2`.
    #[test]
    fn lengths() {
        let bytes: Vec<u8> = (0..=255).cycle().take(400).collect();
        for length in 0..200_usize {
            let of = |length: usize| bytes.get(..length % 400).unwrap();
            check([
                of(length),
                of(length.wrapping_mul(2)),
                of(63),
                of(199_usize.wrapping_sub(length)),
            ]);
        }
    }

    proptest! {
        #[test]
        fn any_messages(messages in prop::array::uniform4(prop::collection::vec(any::<u8>(), 0..300))) {
            check(messages.each_ref().map(Vec::as_slice));
        }
    }
}
