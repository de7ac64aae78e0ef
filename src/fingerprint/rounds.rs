//! The rounds of SHA-256 (FIPS 180-4), of one message or of four at once.

use core::arch::wasm32::*;

/// A 32-bit word of one message, or of each of four.
pub(super) trait Word: Copy {
    fn splat(word: u32) -> Self;
    fn add(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn rotate_right<const BITS: u32>(self) -> Self;
}

/// Section 5.3.3.
pub(super) const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Section 4.2.2.
pub(super) const K: [[u32; 16]; 4] = [
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

#[inline(always)]
pub(super) fn sum<W: Word>(state: [W; 8], work: [W; 8]) -> [W; 8] {
    let [a, b, c, d, e, f, g, h] = state;
    let [i, j, k, l, m, n, o, p] = work;
    [a.add(i), b.add(j), c.add(k), d.add(l), e.add(m), f.add(n), g.add(o), h.add(p)]
}

/// Unrolled, so that nothing moves: a round's variables are the last one's by other names.
#[inline(always)]
pub(super) fn rounds<W: Word>(work: [W; 8], words: &[W; 16], k: &[u32; 16]) -> [W; 8] {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = work;
    let [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15] = *words;
    let [k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15] = *k;
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident $w:ident $k:ident) => {
            let s1 = $e.rotate_right::<6>().xor($e.rotate_right::<11>());
            let s1 = s1.xor($e.rotate_right::<25>());
            let choice = $g.xor($e.and($f.xor($g)));
            let t1 = $h.add(W::splat($k)).add($w).add(choice).add(s1);
            let s0 = $a.rotate_right::<2>().xor($a.rotate_right::<13>());
            let s0 = s0.xor($a.rotate_right::<22>());
            $d = $d.add(t1);
            // What a round finds of a and b the next one needs of b and c.
            let majority = $b.xor($a.xor($b).and($b.xor($c)));
            $h = t1.add(s0.add(majority));
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

impl Word for u32 {
    #[inline(always)]
    fn splat(word: u32) -> Self {
        word
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
    fn and(self, other: Self) -> Self {
        self & other
    }

    #[inline(always)]
    fn rotate_right<const BITS: u32>(self) -> Self {
        self.rotate_right(BITS)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Four(pub(super) v128);

impl Word for Four {
    #[inline(always)]
    fn splat(word: u32) -> Self {
        Four(u32x4_splat(word))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Four(u32x4_add(self.0, other.0))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Four(v128_xor(self.0, other.0))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Four(v128_and(self.0, other.0))
    }

    #[inline(always)]
    fn rotate_right<const BITS: u32>(self) -> Self {
        Four(v128_or(u32x4_shr(self.0, BITS), u32x4_shl(self.0, 32_u32.wrapping_sub(BITS))))
    }
}
