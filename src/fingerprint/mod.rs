//! Fingerprints: SHA-256 of a value, to find duplicates without showing it.

mod email;
mod hash;
#[cfg(palm_user_module)]
mod lanes;
mod phone;
#[cfg(palm_user_module)]
mod rounds;

use alloc::borrow::{Cow, ToOwned};
use alloc::vec;
use alloc::vec::Vec;

use crate::error::Error;
use crate::rules::issue::{Issue, IssueCode};
use crate::text::{decimal, joined};

pub use hash::Fingerprint;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) use hash::{replace_by_hex, write_hex, write_hex_of_four};

/// How a value is brought into one form before it is hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FingerprintKind {
    /// Not at all: the bytes are hashed as they are.
    #[default]
    Exact,
    /// Trimmed and lower-cased. Dots and `+tags` stay: they can be different people.
    Email,
    /// Reduced to E.164 with its `+`: `+44 20 7946 0958` is hashed as `+442079460958`.
    Phone,
}

impl FingerprintKind {
    /// The kind of that name: `exact`, `email` or `phone`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "exact" => Some(FingerprintKind::Exact),
            "email" => Some(FingerprintKind::Email),
            "phone" => Some(FingerprintKind::Phone),
            _ => None,
        }
    }
}

/// The fingerprint of a value.
///
/// Palm does not document how it normalises before it hashes, so do not expect
/// its `email_fingerprint` to equal yours.
///
/// # Errors
///
/// [`ErrorCode::InvalidValue`](crate::ErrorCode::InvalidValue) where the value is
/// not an e-mail address or not an international phone number; the message says
/// why and never contains the value.
///
/// ```
/// use palm_user::{FingerprintKind, fingerprint};
///
/// let one = fingerprint(" Ada@Example.com", FingerprintKind::Email)?;
/// let two = fingerprint("ada@example.com", FingerprintKind::Email)?;
/// assert_eq!(one, two);
/// assert_eq!(one.to_string().len(), 64);
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn fingerprint(value: &str, kind: FingerprintKind) -> Result<Fingerprint, Error> {
    match normalise(value, kind) {
        Ok(normalised) => Ok(Fingerprint::of(normalised.as_bytes())),
        Err(fault) => Err(fault.into_error(None)),
    }
}

/// The fingerprints of many values, in their order.
///
/// # Errors
///
/// As [`fingerprint`], for the first bad value; the issue's path is its index.
pub fn fingerprint_many<S: AsRef<str>>(
    values: &[S],
    kind: FingerprintKind,
) -> Result<Vec<Fingerprint>, Error> {
    let one = |(index, value): (usize, &S)| {
        let normalised =
            normalise(value.as_ref(), kind).map_err(|fault| fault.into_error(Some(index)))?;
        Ok(Fingerprint::of(normalised.as_bytes()))
    };
    values.iter().enumerate().map(one).collect()
}

/// Why a value cannot be fingerprinted as that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: IssueCode,
    pub(crate) message: &'static str,
}

impl Fault {
    /// The error that names the value by its index among many.
    pub(crate) fn into_error(self, index: Option<usize>) -> Error {
        let message = match index {
            Some(index) => joined(&["Value ", &decimal(index), ": ", self.message]),
            None => self.message.to_owned(),
        };
        let path = index.map(decimal).into_iter().collect();
        Error::invalid_value(&message, vec![Issue::new(self.code, path, self.message, &[])])
    }
}

pub(crate) fn normalise(value: &str, kind: FingerprintKind) -> Result<Cow<'_, str>, Fault> {
    match kind {
        FingerprintKind::Exact => Ok(Cow::Borrowed(value)),
        FingerprintKind::Email => email::normalise(value),
        FingerprintKind::Phone => phone::normalise(value),
    }
}

/// Brings the bytes of a text into the one form where they are, as it can with
/// nearly every one; says false of another, and leaves it as it was.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) fn normalise_in_place(text: &mut [u8], kind: FingerprintKind) -> bool {
    match kind {
        FingerprintKind::Exact => true,
        FingerprintKind::Email => email::normalise_in_place(text),
        FingerprintKind::Phone => false,
    }
}
