//! Fingerprints of JavaScript strings and byte arrays.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

use super::imports::{self, ABSENT};
use super::names;
use super::node::{JsNode, text_at};
use super::report::{self, Failed};
use crate::error::{Error, Message};
use crate::fingerprint::{
    FingerprintKind, normalise, normalise_in_place, replace_by_hex, write_hex,
};
use crate::rules::issue::Message as Fault;
use crate::rules::node::{Kind, Node};

/// The digits of a fingerprint.
type Hex = [u8; 64];

/// The handle of undefined.
const UNDEFINED: u32 = 0;

/// The fast path: fingerprints an ASCII text of that length in `shared`, whose digits
/// replace it. False if it needs the slow path. `kind` is a handle.
pub(super) fn fast(shared: &'static [Cell<u8>; 64], length: u32, kind: u32) -> bool {
    #[allow(unsafe_code, reason = "reads and writes in place, without a copy")]
    // SAFETY: cells may be written to, and nothing else uses these meanwhile.
    let shared = unsafe { &mut *shared.as_ptr().cast_mut().cast::<Hex>() };
    let length = length as usize;
    let kind = match kind {
        UNDEFINED => Some(FingerprintKind::Exact),
        name => names::kind(name),
    };
    let (Some(kind), Some(text)) = (kind, shared.get_mut(..length)) else { return false };
    let is_normal = normalise_in_place(text, kind);
    if is_normal {
        replace_by_hex(shared, length);
    }
    is_normal
}

/// The handle of a fingerprint's 64 digits.
pub(super) fn one(value: JsNode, kind: JsNode) -> Result<u32, Failed> {
    let kind = fingerprint_kind(kind)?;
    let mut hex = [0; 64];
    write(value, kind, &mut hex).map_err(|fault| Failed::Fingerprint(fault, None))?;
    Ok(imports::text(hex.as_ptr(), hex.len()))
}

/// The most values that cross at once, and the most bytes of UTF-8. The digits of a chunk
/// are slices of one string. Keeping one fingerprint keeps that string alive, so it must
/// be small.
const CHUNK: usize = 128;
const CHUNK_BYTES: usize = 16_384;

/// The buffers of a chunk: lengths and texts in, digits out.
struct Chunk {
    lengths: Vec<u32>,
    texts: Vec<u8>,
    hex: Vec<u8>,
}

/// The handle of an array of fingerprints.
pub(super) fn many(values: JsNode, kind: JsNode) -> Result<u32, Failed> {
    let kind = fingerprint_kind(kind)?;
    if values.kind() != Kind::Array {
        return Err(Error::not_sent(Message::NotAnArray).into());
    }
    let fingerprints = report::array::<u32>(&[], |handle| *handle);
    let mut chunk =
        Chunk { lengths: vec![0; CHUNK], texts: vec![0; CHUNK_BYTES], hex: vec![0; CHUNK * 64] };
    let mut index = 0;
    loop {
        match scope(|| chunk.append(values, index, kind, fingerprints)) {
            Ok(0) => break,
            Ok(count) => index = index.wrapping_add(count),
            Err((at, fault)) => return Err(Failed::Fingerprint(fault, usize::try_from(at).ok())),
        }
    }
    Ok(fingerprints)
}

impl Chunk {
    /// Appends the fingerprints of the values from `index` on, and returns their number.
    fn append(
        &mut self,
        values: JsNode,
        index: u32,
        kind: FingerprintKind,
        fingerprints: u32,
    ) -> Result<u32, (u32, Fault)> {
        let handle = values.handle();
        let lengths = self.lengths.as_mut_ptr();
        let texts = &mut self.texts;
        let count = imports::encode_items(
            handle,
            index,
            CHUNK as u32,
            lengths,
            texts.as_mut_ptr(),
            texts.len(),
        );
        if count == 0 {
            // This is the end, or a value that is not a short text.
            let value = JsNode::from_js(imports::item(handle, index));
            if value.kind() == Kind::Undefined && imports::is_past(handle, index) {
                return Ok(0);
            }
            let mut hex = [0; 64];
            write(value, kind, &mut hex).map_err(|fault| (index, fault))?;
            imports::append_hex(fingerprints, hex.as_ptr(), 1);
            return Ok(1);
        }
        let mut rest = texts.as_mut_slice();
        let mut at = index;
        let lengths = self.lengths.get(..count as usize).unwrap_or_default();
        let (hexes, _) = self.hex.as_chunks_mut::<64>();
        for (length, hex) in lengths.iter().zip(hexes) {
            let (bytes, others) = rest.split_at_mut_checked(*length as usize).unwrap_or_default();
            rest = others;
            if normalise_in_place(bytes, kind) {
                write_hex(bytes, hex);
            } else {
                let text = normalise(utf8(bytes), kind, lower_case).map_err(|fault| (at, fault))?;
                write_hex(text.as_bytes(), hex);
            }
            at = at.wrapping_add(1);
        }
        imports::append_hex(fingerprints, self.hex.as_ptr(), count);
        Ok(count)
    }
}

/// Frees the memory of one chunk before the next: there may be millions of values.
fn scope<R: Copy>(one: impl FnOnce() -> R) -> R {
    #[cfg(palm_user_module)]
    #[allow(unsafe_code, reason = "frees one chunk's memory for the next")]
    // SAFETY: the result is a number or a fault; neither holds memory.
    return unsafe { super::runtime::scope(one) };
    #[cfg(not(palm_user_module))]
    one()
}

fn fingerprint_kind(kind: JsNode) -> Result<FingerprintKind, Error> {
    let known = match kind.kind() {
        Kind::Undefined => Some(FingerprintKind::Exact),
        _ => names::kind(kind.name()),
    };
    known.ok_or_else(|| Error::not_sent(Message::FingerprintKind))
}

/// Values up to this length, as most are, need no allocation.
const SHORT: usize = 256;

fn write(value: JsNode, kind: FingerprintKind, hex: &mut Hex) -> Result<(), Fault> {
    match value.kind() {
        Kind::String => {}
        Kind::IllFormed => return Err(Fault::IllFormedString),
        _ => return write_of_bytes(value, kind, hex),
    }
    let mut short = [0; SHORT];
    let written = imports::encode(value.handle(), short.as_mut_ptr(), SHORT);
    let long;
    let text = match usize::try_from(written).ok().and_then(|length| short.get(..length)) {
        Some(bytes) => utf8(bytes),
        None => {
            long = text_at(value.handle());
            &long
        }
    };
    write_hex(normalise(text, kind, lower_case)?.as_bytes(), hex);
    Ok(())
}

/// Bytes that `encode` wrote, as a string.
#[allow(unsafe_code, reason = "a check for what no encoder writes would cost code and time")]
fn utf8(bytes: &[u8]) -> &str {
    debug_assert!(core::str::from_utf8(bytes).is_ok());
    // SAFETY: `encode` writes what a TextEncoder writes, or ASCII.
    unsafe { core::str::from_utf8_unchecked(bytes) }
}

fn write_of_bytes(value: JsNode, kind: FingerprintKind, hex: &mut Hex) -> Result<(), Fault> {
    let length = imports::bytes_of(value.handle(), core::ptr::null_mut(), 0);
    if length == ABSENT {
        return Err(Fault::NotHashable);
    }
    if kind != FingerprintKind::Exact {
        return Err(Fault::BytesOfAKind);
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    // A shared buffer may have grown meanwhile.
    if imports::bytes_of(value.handle(), bytes.as_mut_ptr(), bytes.len()) != length {
        return Err(Fault::NotHashable);
    }
    write_hex(&bytes, hex);
    Ok(())
}

/// Unicode's lower-case mapping, from the platform.
fn lower_case(text: &str) -> String {
    let handle = imports::lower_case(text.as_ptr(), text.len());
    text_at(handle)
}
