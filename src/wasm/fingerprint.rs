//! Fingerprints of JavaScript strings and bytes.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::convert;
use super::glue::{self, ABSENT};
use super::names::name;
use super::node::{JsNode, text_at};
use crate::error::Error;
use crate::fingerprint::{Fault, Fingerprint, FingerprintKind, normalise};
use crate::issue::IssueCode;
use crate::node::{Kind, Node};

/// The place of 64 digits.
pub(super) fn one(value: JsNode, kind: JsNode) -> Result<u32, Error> {
    let kind = fingerprint_kind(kind)?;
    let fingerprint = of(value, kind).map_err(|fault| fault.into_error(None))?;
    Ok(hex(fingerprint))
}

/// How many values cross at once, and how many bytes of UTF-8 they may take.
/// The digits of a chunk are slices of one string: whoever keeps a fingerprint
/// keeps that string, so it must be small.
const CHUNK: usize = 128;
const CHUNK_BYTES: usize = 16_384;

/// The place of an array of them.
pub(super) fn many(values: JsNode, kind: JsNode) -> Result<u32, Error> {
    let kind = fingerprint_kind(kind)?;
    if values.kind() != Kind::Array {
        let message = "fingerprintMany takes an array of strings.";
        return Err(Error::invalid_value(message, Vec::new()));
    }
    let fingerprints = convert::array::<u32>(&[], |place| *place);
    let mut index = 0;
    loop {
        match scope(|| chunk(values, index, kind, fingerprints)) {
            Ok(0) => break,
            Ok(count) => index = index.wrapping_add(count),
            Err((at, fault)) => return Err(fault.into_error(usize::try_from(at).ok())),
        }
    }
    Ok(fingerprints)
}

/// Appends the fingerprints of values from `index` on, and says of how many.
fn chunk(
    values: JsNode,
    index: u32,
    kind: FingerprintKind,
    fingerprints: u32,
) -> Result<u32, (u32, Fault)> {
    let mut lengths = [0_u32; CHUNK];
    let mut bytes = vec![0; CHUNK_BYTES];
    let out = lengths.as_mut_ptr();
    let place = values.place();
    let count =
        glue::encode_items(place, index, CHUNK as u32, out, bytes.as_mut_ptr(), bytes.len());
    if count == 0 {
        // The end, or a value that is no short text.
        let value = JsNode::from_js(glue::item(place, index));
        if value.kind() == Kind::Undefined && glue::is_past(place, index) {
            return Ok(0);
        }
        let fingerprint = of(value, kind).map_err(|fault| (index, fault))?;
        glue::append_hex(fingerprints, fingerprint.to_hex().as_ptr(), 1);
        return Ok(1);
    }
    let mut rest = utf8(&bytes);
    let mut texts: Vec<Cow<'_, str>> = Vec::with_capacity(CHUNK);
    for (at, length) in (index..).zip(lengths.iter().take(count as usize)) {
        let (text, others) = rest.split_at_checked(*length as usize).unwrap_or_default();
        rest = others;
        texts.push(normalise(text, kind).map_err(|fault| (at, fault))?);
    }
    let mut hex = Vec::with_capacity(CHUNK);
    for four in texts.chunks(4) {
        let mut messages = [&[][..]; 4];
        for (message, text) in messages.iter_mut().zip(four) {
            *message = text.as_bytes();
        }
        hex.extend(Fingerprint::of_four(messages).map(Fingerprint::to_hex));
    }
    glue::append_hex(fingerprints, hex.as_ptr().cast(), count);
    Ok(count)
}

/// Frees what one value took, before there are a million of them.
fn scope<R: Copy>(one: impl FnOnce() -> R) -> R {
    #[cfg(palm_user_module)]
    #[allow(unsafe_code, reason = "memory of one value is needed for the next")]
    // SAFETY: the result is a number or a fault, which hold no memory of their own.
    return unsafe { super::module::scope(one) };
    #[cfg(not(palm_user_module))]
    one()
}

fn hex(fingerprint: Fingerprint) -> u32 {
    let digits = fingerprint.to_hex();
    glue::text(digits.as_ptr(), digits.len())
}

fn fingerprint_kind(kind: JsNode) -> Result<FingerprintKind, Error> {
    const EXACT: u32 = name!("exact");
    const EMAIL: u32 = name!("email");
    const PHONE: u32 = name!("phone");
    if kind.kind() == Kind::Undefined {
        return Ok(FingerprintKind::Exact);
    }
    match kind.name() {
        EXACT => Ok(FingerprintKind::Exact),
        EMAIL => Ok(FingerprintKind::Email),
        PHONE => Ok(FingerprintKind::Phone),
        _ => Err(Error::invalid_value(
            "The kind of a fingerprint is exact, email or phone.",
            Vec::new(),
        )),
    }
}

/// Most values are short: they need no allocation.
const SHORT: usize = 256;

fn of(value: JsNode, kind: FingerprintKind) -> Result<Fingerprint, Fault> {
    let fault = |code, message| Fault { code, message };
    match value.kind() {
        Kind::String => {}
        Kind::IllFormed => {
            let message = "The string has a lone surrogate, which UTF-8 cannot carry.";
            return Err(fault(IssueCode::IllFormedString, message));
        }
        _ => return of_bytes(value, kind),
    }
    let mut short = [0; SHORT];
    let written = glue::encode(value.place(), short.as_mut_ptr(), SHORT);
    let long;
    let text = match usize::try_from(written).ok().and_then(|length| short.get(..length)) {
        Some(bytes) => utf8(bytes),
        None => {
            long = text_at(value.place());
            &long
        }
    };
    Ok(Fingerprint::of(normalise(text, kind)?.as_bytes()))
}

/// Bytes that `encode` wrote.
#[allow(unsafe_code, reason = "looking for what an encoder cannot write is code and time")]
fn utf8(bytes: &[u8]) -> &str {
    debug_assert!(core::str::from_utf8(bytes).is_ok());
    // SAFETY: `encode` writes what a TextEncoder writes, or ASCII.
    unsafe { core::str::from_utf8_unchecked(bytes) }
}

fn of_bytes(value: JsNode, kind: FingerprintKind) -> Result<Fingerprint, Fault> {
    let fault = |message| Fault { code: IssueCode::WrongType, message };
    let length = match value.kind() {
        Kind::Instance => glue::bytes_of(value.place(), core::ptr::null_mut(), 0),
        _ => ABSENT,
    };
    if length == ABSENT {
        return Err(fault("A fingerprint is made of a string or a Uint8Array."));
    }
    if kind != FingerprintKind::Exact {
        return Err(fault("Bytes have a fingerprint of the kind exact only."));
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    glue::bytes_of(value.place(), bytes.as_mut_ptr(), bytes.len());
    Ok(Fingerprint::of(&bytes))
}

/// Unicode's lower-case mapping, by the platform.
pub(crate) fn lower_case(text: &str) -> String {
    let place = glue::lower_case(text.as_ptr(), text.len());
    text_at(place)
}
