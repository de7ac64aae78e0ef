//! A user, as Rust holds it.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use std::sync::LazyLock;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::{Error, Message, Outcome};
use crate::http::answer::not_a_user;
use crate::native::json::{apply_patch, apply_patch_in_place};
use crate::native::patch::UserPatch;
use crate::native::status::Status;
use crate::native::value::{Native, parse};
use crate::native::verification::Verification;
use crate::rules::limits::Limits;
use crate::rules::patch::METADATA;
use crate::text::{ParamName, Params};

/// A user of the Palm API: the document as the server sent it.
///
/// It requires only what every user has: `id`, `object`, `created_at`, `updated_at`,
/// `status` and `metadata`. All other members, even ones newer than this crate, are
/// kept and serialised unchanged. `Debug` shows only the ID and the status.
///
/// ```
/// use palm_user::{Status, User};
///
/// let user: User = r#"{
///     "id": "123e4567-e89b-12d3-a456-426614174000", "object": "user",
///     "created_at": "2025-10-24T10:30:00Z", "updated_at": "2025-10-24T15:45:00Z",
///     "metadata": {"customer_tier": "basic"}, "status": "active",
///     "verification": {"risk_level": "low"}
/// }"#.parse()?;
/// assert_eq!(user.id(), "123e4567-e89b-12d3-a456-426614174000");
/// assert_eq!(user.status(), Status::Active);
/// assert_eq!(user.metadata()["customer_tier"], "basic");
/// assert_eq!(user.verification().and_then(|verification| verification.risk_level()), Some("low"));
/// assert!(user.created_at() < user.updated_at());
/// // What the document lacks is `None`.
/// assert_eq!((user.display_name(), user.vault()), (None, None));
/// assert_eq!((user.email_fingerprint(), user.phone_fingerprint()), (None, None));
/// // The document itself, with members that are newer than this crate:
/// assert_eq!(user.get("object"), user.as_value().get("object"));
/// let document = user.into_value();
/// assert!(User::from_value(document).is_ok());
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct User(Value);

impl User {
    /// The user that a document describes.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::BadResponse`](crate::ErrorCode::BadResponse) if it is not a user.
    /// The message says why, without a value.
    pub fn from_value(document: Value) -> Result<Self, Error> {
        match not_a_user(&Native::read(&document)) {
            None => Ok(User(document)),
            Some(fault) => Err(not_a_user_because(fault)),
        }
    }

    /// Parses a user from JSON in UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    ///
    /// As [`User::from_value`].
    ///
    /// ```
    /// let error = palm_user::User::from_slice(b"<html>").unwrap_err();
    /// assert_eq!(error.to_string(), "The document is not a user: it is not JSON.");
    /// ```
    pub fn from_slice(body: &[u8]) -> Result<Self, Error> {
        User::from_value(parse(body).map_err(|_| not_a_user_because("it is not JSON"))?)
    }

    /// A document that [`not_a_user`] has accepted.
    pub(crate) fn checked(document: Value) -> Self {
        User(document)
    }

    /// A UUID. It is not the ID in the path of a call, which is `palm_usr_…`.
    pub fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// ISO 8601.
    pub fn created_at(&self) -> &str {
        self.text("created_at").unwrap_or_default()
    }

    /// ISO 8601; only the server sets it.
    pub fn updated_at(&self) -> &str {
        self.text("updated_at").unwrap_or_default()
    }

    /// Up to 50 custom pairs.
    pub fn metadata(&self) -> &Map<String, Value> {
        static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        self.0.get(METADATA).and_then(Value::as_object).unwrap_or(&NONE)
    }

    /// The user's status.
    pub fn status(&self) -> Status {
        self.text("status").unwrap_or_default().into()
    }

    /// The last verification; `None` if the user was never verified, or if a gateway
    /// does not show it.
    pub fn verification(&self) -> Option<Verification<'_>> {
        self.0.get("verification").and_then(Value::as_object).map(Verification)
    }

    /// The display name.
    pub fn display_name(&self) -> Option<&str> {
        self.text("display_name")
    }

    /// Opaque: Palm does not document how it normalises a value before hashing it.
    pub fn email_fingerprint(&self) -> Option<&str> {
        self.text("email_fingerprint")
    }

    /// Opaque, as [`User::email_fingerprint`].
    pub fn phone_fingerprint(&self) -> Option<&str> {
        self.text("phone_fingerprint")
    }

    /// Cached values of vault fields that are not encrypted, by full field ID.
    pub fn vault(&self) -> Option<&Map<String, Value>> {
        self.0.get("vault").and_then(Value::as_object)
    }

    /// Any member of the document, such as one newer than this crate.
    pub fn get(&self, member: &str) -> Option<&Value> {
        self.0.get(member)
    }

    /// The whole document, always an object.
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// The whole document, always an object.
    pub fn into_value(self) -> Value {
        self.0
    }

    /// Applies a patch in place, and returns whether that changed anything. An
    /// invalid patch changes nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch), as for
    /// [`apply_patch`].
    ///
    /// ```
    /// # let mut user: palm_user::User = r#"{"id": "1", "object": "user", "created_at": "", "updated_at": "",
    /// #     "metadata": {"customer_tier": "basic"}, "status": "active"}"#.parse()?;
    /// use palm_user::{Limits, UserPatch};
    ///
    /// let patch = UserPatch::new().set("customer_tier", "premium");
    /// assert!(user.apply(&patch, &Limits::default())?);
    /// assert_eq!(user.metadata()["customer_tier"], "premium");
    /// assert!(!user.apply(&patch, &Limits::default())?);
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    pub fn apply(&mut self, patch: &UserPatch, limits: &Limits) -> Result<bool, Error> {
        apply_patch_in_place(&mut self.0, patch.as_value(), limits)
    }

    /// Returns the user after a patch, and leaves this one unchanged.
    ///
    /// # Errors
    ///
    /// As [`User::apply`].
    ///
    /// ```
    /// # let user: palm_user::User = r#"{"id": "1", "object": "user", "created_at": "", "updated_at": "",
    /// #     "metadata": {"customer_tier": "basic"}, "status": "active"}"#.parse()?;
    /// use palm_user::{Limits, UserPatch};
    ///
    /// let after = user.patched(&UserPatch::new().remove("customer_tier"), &Limits::default())?;
    /// assert!(after.metadata().is_empty());
    /// assert_eq!(user.metadata().len(), 1);
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    pub fn patched(&self, patch: &UserPatch, limits: &Limits) -> Result<User, Error> {
        Ok(User(apply_patch(&self.0, patch.as_value(), limits)?.into_owned()))
    }

    /// Returns the user after a patch, without copying.
    ///
    /// # Errors
    ///
    /// As [`User::apply`].
    ///
    /// ```
    /// # let user: palm_user::User = r#"{"id": "1", "object": "user", "created_at": "", "updated_at": "",
    /// #     "metadata": {"customer_tier": "basic"}, "status": "active"}"#.parse()?;
    /// use palm_user::{Limits, UserPatch};
    ///
    /// let patch = UserPatch::new().set_display_name("Ada");
    /// assert_eq!(user.into_patched(&patch, &Limits::default())?.display_name(), Some("Ada"));
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    pub fn into_patched(mut self, patch: &UserPatch, limits: &Limits) -> Result<User, Error> {
        self.apply(patch, limits)?;
        Ok(self)
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member).and_then(Value::as_str)
    }
}

fn not_a_user_because(fault: &'static str) -> Error {
    let params = Params::default().name(ParamName::Reason, fault);
    Error::new(Message::NotAUserDocument, Outcome::NotSent, params)
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl FromStr for User {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        User::from_slice(text.as_bytes())
    }
}

impl TryFrom<Value> for User {
    type Error = Error;

    fn try_from(document: Value) -> Result<Self, Error> {
        User::from_value(document)
    }
}

impl From<User> for Value {
    fn from(user: User) -> Self {
        user.0
    }
}

impl AsRef<Value> for User {
    fn as_ref(&self) -> &Value {
        &self.0
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        User::from_value(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
