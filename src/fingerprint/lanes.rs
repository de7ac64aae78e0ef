//! SHA-256 (FIPS 180-4) of one message, or of four at once, by the module's
//! vectors of four words.
//!
//! Elsewhere `sha2` knows the processor's own instructions and is faster. What is
//! hot has its arrays taken apart: to copy or clear one of 64 bytes an engine calls
//! a function, which takes as long as ten rounds.

#![allow(unsafe_code, reason = "loads and stores 16 bytes at once")]

use core::arch::wasm32::*;
use core::mem::transmute;

use super::rounds::{Four, K, START, Word, rounds, sum};

/// Writes the 64 digits of a message's digest.
pub(crate) fn write_hex(message: &[u8], hex: &mut [u8; 64]) {
    write_digits(digest(message), hex);
}

/// Writes those of the first `length` bytes in their place.
pub(crate) fn replace_by_hex(bytes: &mut [u8; 64], length: usize) {
    let digest = digest(bytes.get(..length).unwrap_or_default());
    write_digits(digest, bytes);
}

fn digest(message: &[u8]) -> [v128; 2] {
    let mut state = START;
    for index in 0..block_count(message.len()) {
        compress_one(&mut state, block(message, index));
    }
    let [a, b, c, d, e, f, g, h] = state;
    [u32x4(a, b, c, d), u32x4(e, f, g, h)]
}

/// Writes those of four messages of any lengths, which takes hardly longer than one.
pub(crate) fn write_hex_of_four(messages: [&[u8]; 4], hex: &mut [[u8; 64]; 4]) {
    let mut state = START.map(Four::splat);
    let [one, two, three, four] = messages;
    let last = |message: &[u8]| block_count(message.len()).wrapping_sub(1);
    let [hex_one, hex_two, hex_three, hex_four] = hex;
    let most = last(one).max(last(two)).max(last(three)).max(last(four));
    for index in 0..=most {
        let blocks =
            [block(one, index), block(two, index), block(three, index), block(four, index)];
        compress_four(&mut state, &blocks);
        // A shorter message has its digest before the others have theirs.
        let [a, b, c, d, e, f, g, h] = state;
        let [a_one, a_two, a_three, a_four] = transpose(a.0, b.0, c.0, d.0);
        let [e_one, e_two, e_three, e_four] = transpose(e.0, f.0, g.0, h.0);
        if last(one) == index {
            write_digits([a_one.0, e_one.0], hex_one);
        }
        if last(two) == index {
            write_digits([a_two.0, e_two.0], hex_two);
        }
        if last(three) == index {
            write_digits([a_three.0, e_three.0], hex_three);
        }
        if last(four) == index {
            write_digits([a_four.0, e_four.0], hex_four);
        }
    }
}

/// A 1 bit, zeros, and the length in 64 bits fill the last block (section 5.1.1).
fn block_count(length: usize) -> usize {
    (length / 64).wrapping_add(if length % 64 < 56 { 1 } else { 2 })
}

/// The words of block number `index` of the padded message; past its end, anything.
fn block(message: &[u8], index: usize) -> [v128; 4] {
    let start = index.wrapping_mul(64);
    let row = |at: usize| from_big_endian(part(message, start.wrapping_add(at)));
    let (a, b, c, mut d) = (row(0), row(16), row(32), row(48));
    let length = message.len();
    if start.wrapping_add(56) > length {
        d = u32x4_replace_lane::<2>(d, (length >> 29) as u32);
        d = u32x4_replace_lane::<3>(d, (length << 3) as u32);
    }
    [a, b, c, d]
}

/// Sixteen bytes of a message from `at` on, and of what follows its end: a 1 bit and zeros.
fn part(message: &[u8], at: usize) -> v128 {
    let rest = message.get(at..).unwrap_or_default();
    if let Some(whole) = rest.first_chunk::<16>() {
        return load(whole);
    }
    if at > message.len() {
        return u8x16_splat(0);
    }
    let numbers = u8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let bytes = match message.last_chunk::<16>() {
        // Moved to the front; past the end a swizzle finds zeros.
        Some(last) => {
            let skipped = 16_usize.wrapping_sub(rest.len()) as u8;
            u8x16_swizzle(load(last), u8x16_add(numbers, u8x16_splat(skipped)))
        }
        None => {
            let mut bytes = [0; 16];
            for (to, from) in bytes.iter_mut().zip(rest) {
                *to = *from;
            }
            load(&bytes)
        }
    };
    let end = u8x16_eq(numbers, u8x16_splat(rest.len() as u8));
    v128_or(bytes, v128_and(end, u8x16_splat(0x80)))
}

/// Section 6.2.2, sixteen rounds to a turn: the words of the schedule and the
/// working variables change places by name, so that all of them can be locals.
fn compress_four(state: &mut [Four; 8], blocks: &[[v128; 4]; 4]) {
    let [[a0, a1, a2, a3], [b0, b1, b2, b3], [c0, c1, c2, c3], [d0, d1, d2, d3]] = *blocks;
    let [w0, w1, w2, w3] = transpose(a0, b0, c0, d0);
    let [w4, w5, w6, w7] = transpose(a1, b1, c1, d1);
    let [w8, w9, w10, w11] = transpose(a2, b2, c2, d2);
    let [w12, w13, w14, w15] = transpose(a3, b3, c3, d3);
    let mut w = [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15];
    let mut work = *state;
    for (turn, k) in K.iter().enumerate() {
        if turn > 0 {
            w = schedule(w);
        }
        work = rounds(work, &w, k);
    }
    *state = sum(*state, work);
}

/// The same of one message, with four words of its schedule in a vector.
fn compress_one(state: &mut [u32; 8], block: [v128; 4]) {
    let [mut w0, mut w4, mut w8, mut w12] = block;
    let mut work = *state;
    for (turn, k) in K.iter().enumerate() {
        if turn > 0 {
            w0 = next_four(w0, w4, w8, w12);
            w4 = next_four(w4, w8, w12, w0);
            w8 = next_four(w8, w12, w0, w4);
            w12 = next_four(w12, w0, w4, w8);
        }
        let (k, _) = k.as_chunks::<4>();
        let [k0, k4, k8, k12] = k else { break };
        let sums = [
            u32x4_add(w0, load_words(k0)),
            u32x4_add(w4, load_words(k4)),
            u32x4_add(w8, load_words(k8)),
            u32x4_add(w12, load_words(k12)),
        ];
        // SAFETY: four vectors are sixteen words.
        let sums: [u32; 16] = unsafe { transmute(sums) };
        work = rounds(work, &sums, &[0; 16]);
    }
    *state = sum(*state, work);
}

/// Four words of the message schedule, from the sixteen before.
#[inline(always)]
fn next_four(w0: v128, w4: v128, w8: v128, w12: v128) -> v128 {
    let w1 = Four(u32x4_shuffle::<1, 2, 3, 4>(w0, w4));
    let w9 = u32x4_shuffle::<1, 2, 3, 4>(w8, w12);
    let sum = u32x4_add(u32x4_add(w0, w9), small_sigma_0(w1).0);
    // The last two are made of the first two.
    let zero = u32x4_splat(0);
    let first = u32x4_shuffle::<2, 3, 4, 4>(w12, zero);
    let sum = u32x4_add(sum, small_sigma_1(Four(first)).0);
    let second = u32x4_shuffle::<4, 4, 0, 1>(sum, zero);
    u32x4_add(sum, small_sigma_1(Four(second)).0)
}

/// One word of each message's schedule, from those 16, 15, 7 and 2 places before.
#[inline(always)]
fn next(w16: Four, w15: Four, w7: Four, w2: Four) -> Four {
    w16.add(small_sigma_0(w15)).add(w7).add(small_sigma_1(w2))
}

/// Section 4.1.2, as the next one.
#[inline(always)]
fn small_sigma_0(w: Four) -> Four {
    w.rotate_right::<7>().xor(w.rotate_right::<18>()).xor(Four(u32x4_shr(w.0, 3)))
}

#[inline(always)]
fn small_sigma_1(w: Four) -> Four {
    w.rotate_right::<17>().xor(w.rotate_right::<19>()).xor(Four(u32x4_shr(w.0, 10)))
}

/// The next sixteen words of each message's schedule.
#[inline(always)]
fn schedule(w: [Four; 16]) -> [Four; 16] {
    let [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15] = w;
    let w0 = next(w0, w1, w9, w14);
    let w1 = next(w1, w2, w10, w15);
    let w2 = next(w2, w3, w11, w0);
    let w3 = next(w3, w4, w12, w1);
    let w4 = next(w4, w5, w13, w2);
    let w5 = next(w5, w6, w14, w3);
    let w6 = next(w6, w7, w15, w4);
    let w7 = next(w7, w8, w0, w5);
    let w8 = next(w8, w9, w1, w6);
    let w9 = next(w9, w10, w2, w7);
    let w10 = next(w10, w11, w3, w8);
    let w11 = next(w11, w12, w4, w9);
    let w12 = next(w12, w13, w5, w10);
    let w13 = next(w13, w14, w6, w11);
    let w14 = next(w14, w15, w7, w12);
    let w15 = next(w15, w0, w8, w13);
    [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15]
}

/// The digits of a digest.
fn write_digits([first, second]: [v128; 2], hex: &mut [u8; 64]) {
    if let ([first_out, second_out], _) = hex.as_chunks_mut::<32>() {
        write_half(first, first_out);
        write_half(second, second_out);
    }
}

/// A swizzle looks sixteen digits up at once.
#[inline(always)]
fn write_half(words: v128, hex: &mut [u8; 32]) {
    let digits = load(b"0123456789abcdef");
    let bytes = from_big_endian(words);
    let high = u8x16_swizzle(digits, u8x16_shr(bytes, 4));
    let low = u8x16_swizzle(digits, v128_and(bytes, u8x16_splat(15)));
    let first = u8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(high, low);
    let second =
        u8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(high, low);
    let out: *mut v128 = hex.as_mut_ptr().cast();
    // SAFETY: the digits are two vectors long; wasm stores to any address.
    unsafe {
        v128_store(out, first);
        v128_store(out.add(1), second);
    }
}

#[inline(always)]
fn load_words(words: &[u32; 4]) -> v128 {
    // SAFETY: four words are a vector; wasm loads from any address.
    unsafe { v128_load(words.as_ptr().cast()) }
}

#[inline(always)]
fn load(bytes: &[u8; 16]) -> v128 {
    // SAFETY: sixteen bytes are a vector; wasm loads from any address.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

/// The bytes of each word in the other order.
#[inline(always)]
fn from_big_endian(row: v128) -> v128 {
    u8x16_shuffle::<3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12>(row, row)
}

/// Rows of one message each become rows of one word each, and the other way round.
#[inline(always)]
fn transpose(a: v128, b: v128, c: v128, d: v128) -> [Four; 4] {
    let ab_low = u32x4_shuffle::<0, 4, 1, 5>(a, b);
    let ab_high = u32x4_shuffle::<2, 6, 3, 7>(a, b);
    let cd_low = u32x4_shuffle::<0, 4, 1, 5>(c, d);
    let cd_high = u32x4_shuffle::<2, 6, 3, 7>(c, d);
    [
        Four(u64x2_shuffle::<0, 2>(ab_low, cd_low)),
        Four(u64x2_shuffle::<1, 3>(ab_low, cd_low)),
        Four(u64x2_shuffle::<0, 2>(ab_high, cd_high)),
        Four(u64x2_shuffle::<1, 3>(ab_high, cd_high)),
    ]
}
