//! Fingerprints: SHA-256 of a value, to find duplicates without showing it.

mod convert;
mod email;
mod hash;
mod phone;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::error::{Error, Message, Outcome};
use crate::rules::issue::{Finding, Message as IssueMessage};
use crate::rules::path::Step;
use crate::text::{ParamName, Params, named};

pub use hash::Fingerprint;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) use hash::{replace_by_hex, write_hex};

named! {
    /// How a value is brought into one form before it is hashed.
    ///
    /// ```
    /// use palm_user::FingerprintKind;
    ///
    /// assert_eq!(FingerprintKind::Uid2Email.as_str(), "uid2_email");
    /// assert_eq!(FingerprintKind::from_name("uid2_email"), Some(FingerprintKind::Uid2Email));
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum FingerprintKind {
        /// Not at all: the bytes are hashed as they are.
        Exact = "exact",
        /// Without invisible marks, trimmed and lower-cased. Dots and `+tags` stay: they can be different people.
        Email = "email",
        /// Reduced to E.164 with its `+`: `+44 20 7946 0958` is hashed as `+442079460958`.
        Phone = "phone",
        /// As UID2 asks for: `email`, and at gmail.com without dots and without what follows a `+`.
        Uid2Email = "uid2_email",
        /// As UID2 asks for: the same as `phone`.
        Uid2Phone = "uid2_phone",
        /// As Meta's Conversions API asks for: the same as `email`.
        MetaEmail = "meta_email",
        /// As Meta's Conversions API asks for: the digits of `phone` without the `+`.
        MetaPhone = "meta_phone",
        /// As Google's Data Manager API asks for: `email`, and at gmail.com and googlemail.com without dots and without what follows a `+`.
        GoogleEmail = "google_email",
        /// As Google's Data Manager API asks for: the same as `phone`.
        GooglePhone = "google_phone",
    }
}

#[expect(clippy::derivable_impls, reason = "`named!` takes no attribute of a variant")]
impl Default for FingerprintKind {
    fn default() -> Self {
        FingerprintKind::Exact
    }
}

impl FingerprintKind {
    /// In the order of their names' handles in the npm module.
    pub(crate) const KINDS: [Self; 9] = [
        FingerprintKind::Exact,
        FingerprintKind::Email,
        FingerprintKind::Phone,
        FingerprintKind::Uid2Email,
        FingerprintKind::Uid2Phone,
        FingerprintKind::MetaEmail,
        FingerprintKind::MetaPhone,
        FingerprintKind::GoogleEmail,
        FingerprintKind::GooglePhone,
    ];

    /// The kind of that name, such as `email` or `uid2_email`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::KINDS.into_iter().find(|kind| kind.as_str() == name)
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
    match normalise(value, kind, str::to_lowercase) {
        Ok(normalised) => Ok(Fingerprint::of(normalised.as_bytes())),
        Err(message) => Err(refused(message, None)),
    }
}

/// The fingerprints of many values, in their order.
///
/// # Errors
///
/// As [`fingerprint`], for the first bad value; the issue's path is its index.
///
/// ```
/// use palm_user::{FingerprintKind, fingerprint_many};
///
/// let both = fingerprint_many(&["ada@example.com", "Ada@Example.com"], FingerprintKind::Email)?;
/// assert_eq!(both[0], both[1]);
/// let error = fingerprint_many(&["ada@example.com", "ada"], FingerprintKind::Email).unwrap_err();
/// assert_eq!(error.issues()[0].pointer, "/1");
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn fingerprint_many<S: AsRef<str>>(
    values: &[S],
    kind: FingerprintKind,
) -> Result<Vec<Fingerprint>, Error> {
    let one = |(index, value): (usize, &S)| {
        let normalised = normalise(value.as_ref(), kind, str::to_lowercase)
            .map_err(|message| refused(message, Some(index)))?;
        Ok(Fingerprint::of(normalised.as_bytes()))
    };
    values.iter().enumerate().map(one).collect()
}

/// The error of a value that has no fingerprint; among many it is named by its index.
fn refused(message: IssueMessage, index: Option<usize>) -> Error {
    let path = index.map(Step::<String>::Index).into_iter().collect();
    let issue = Finding::new(message, path).into();
    let (message, params) = described(index);
    let mut error = Error::new(message, Outcome::NotSent, params);
    error.details_mut().issues = vec![issue];
    error
}

pub(crate) fn described(index: Option<usize>) -> (Message, Params) {
    match index {
        Some(index) => (Message::FingerprintAt, Params::default().count(ParamName::Index, index)),
        None => (Message::Fingerprint, Params::default()),
    }
}

/// The one form of a value. `lower_case` is Unicode's full mapping (Unicode section
/// 3.13), which every platform has.
pub(crate) fn normalise(
    value: &str,
    kind: FingerprintKind,
    lower_case: fn(&str) -> String,
) -> Result<Cow<'_, str>, IssueMessage> {
    match kind {
        FingerprintKind::Exact => Ok(Cow::Borrowed(value)),
        FingerprintKind::Email | FingerprintKind::MetaEmail => email::normalise(value, lower_case),
        FingerprintKind::Uid2Email => email::without_alias(value, lower_case, &["gmail.com"]),
        FingerprintKind::GoogleEmail => {
            email::without_alias(value, lower_case, &["gmail.com", "googlemail.com"])
        }
        FingerprintKind::Phone | FingerprintKind::Uid2Phone | FingerprintKind::GooglePhone => {
            phone::normalise(value)
        }
        FingerprintKind::MetaPhone => {
            Ok(Cow::Owned(phone::normalise(value)?.trim_start_matches('+').into()))
        }
    }
}

/// A mark that has no width: zero-width spaces and joiners, directions, the byte order
/// mark. Contact lists and spreadsheets leave them; they are dropped from e-mails and
/// phones alike.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Brings the bytes of a text into the one form where they are, as it can with
/// nearly all of them; says false of the others, and leaves them as they were.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) fn normalise_in_place(text: &mut [u8], kind: FingerprintKind) -> bool {
    match kind {
        FingerprintKind::Exact => true,
        FingerprintKind::Email | FingerprintKind::MetaEmail => email::normalise_in_place(text),
        _ => false,
    }
}
