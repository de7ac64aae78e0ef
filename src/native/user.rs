//! A user and a patch, as Rust holds them.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
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
use crate::native::value::Native;
use crate::rules::limits::Limits;
use crate::rules::operations::valid;
use crate::rules::patch::{METADATA, Patch};
use crate::rules::validate::Scope;
const DISPLAY_NAME: &str = "display_name";
use crate::text::{ParamName, Params};

/// A user of the Palm API: the document as the server sent it.
///
/// Only what every user has is asked for: `id`, `object`, `created_at`,
/// `updated_at`, `status`, `metadata`. Whatever else there is, known or newer
/// than this crate, is kept and written back as it came. The `Debug` form shows
/// the ID and the status.
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
/// assert_eq!(user.status(), Status::Active);
/// assert_eq!(user.metadata()["customer_tier"], "basic");
/// assert_eq!(user.verification().and_then(|verification| verification.risk_level()), Some("low"));
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct User(Value);

impl User {
    /// The user that a document describes.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::BadResponse`](crate::ErrorCode::BadResponse) where it is
    /// none; the message says why, without a value.
    pub fn from_value(document: Value) -> Result<Self, Error> {
        match not_a_user(&Native::read(&document)) {
            None => Ok(User(document)),
            Some(fault) => Err(not_a_user_because(fault)),
        }
    }

    /// The user in a body: JSON in UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    ///
    /// As [`User::from_value`].
    pub fn from_slice(body: &[u8]) -> Result<Self, Error> {
        User::from_value(parse(body).map_err(|_| not_a_user_because("it is not JSON"))?)
    }

    /// A document that [`not_a_user`] has passed.
    pub(crate) fn checked(document: Value) -> Self {
        User(document)
    }

    /// A UUID. It is not the ID in the path of a call, `palm_usr_…`.
    pub fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// ISO 8601.
    pub fn created_at(&self) -> &str {
        self.text("created_at").unwrap_or_default()
    }

    /// ISO 8601; set by the server alone.
    pub fn updated_at(&self) -> &str {
        self.text("updated_at").unwrap_or_default()
    }

    /// Up to 50 custom pairs.
    pub fn metadata(&self) -> &Map<String, Value> {
        static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        self.0.get(METADATA).and_then(Value::as_object).unwrap_or(&NONE)
    }

    /// Whether the user may be worked with.
    pub fn status(&self) -> Status {
        self.text("status").unwrap_or_default().into()
    }

    /// The last verification; `None` for a user never verified, and where a
    /// gateway does not show it.
    pub fn verification(&self) -> Option<Verification<'_>> {
        self.0.get("verification").and_then(Value::as_object).map(Verification)
    }

    /// A name to show.
    pub fn display_name(&self) -> Option<&str> {
        self.text("display_name")
    }

    /// Opaque: Palm does not document how it normalises before it hashes.
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

    /// Any member of the document, such as one that is newer than this crate.
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

    /// Applies a patch in place, and says whether that changed anything. A
    /// patch that is refused changes nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch), as of
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

    /// The user after a patch; this one stays as it is.
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

    /// The same of a user that is not needed afterwards: nothing of it is copied.
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

/// The JSON of a body. As in JavaScript it is read as UTF-8, whatever else it
/// may claim to be, and a byte order mark is no part of it (RFC 8259 section 8.1).
pub(crate) fn parse(body: &[u8]) -> Result<Value, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text))
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

/// Whether a user may be worked with.
///
/// ```
/// use palm_user::Status;
///
/// assert_eq!(Status::from("suspended"), Status::Suspended);
/// assert_eq!(Status::from("archived").to_string(), "archived");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// In use.
    Active,
    /// Blocked for now.
    Suspended,
    /// Gone.
    Deleted,
    /// A status newer than this crate.
    Other(Box<str>),
}

impl Status {
    /// The status as it is spelt in JSON.
    pub fn as_str(&self) -> &str {
        match self {
            Status::Active => "active",
            Status::Suspended => "suspended",
            Status::Deleted => "deleted",
            Status::Other(status) => status,
        }
    }
}

impl From<&str> for Status {
    fn from(status: &str) -> Self {
        match status {
            "active" => Status::Active,
            "suspended" => Status::Suspended,
            "deleted" => Status::Deleted,
            other => Status::Other(other.into()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(deserializer)?.as_str().into())
    }
}

/// The result of an identity check. Each member is absent where the document
/// lacks it or has another type than Palm documents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Verification<'u>(&'u Map<String, Value>);

impl<'u> Verification<'u> {
    /// A UUID.
    pub fn id(self) -> Option<&'u str> {
        self.0.get("id")?.as_str()
    }

    /// `low`, `medium`, `high`, `critical`, or newer.
    pub fn risk_level(self) -> Option<&'u str> {
        self.0.get("risk_level")?.as_str()
    }

    /// The name of the workflow that was run.
    pub fn workflow_name(self) -> Option<&'u str> {
        self.0.get("workflow")?.get("name")?.as_str()
    }

    /// The version of the workflow that was run. Palm documents a number.
    pub fn workflow_version(self) -> Option<&'u Value> {
        self.0.get("workflow")?.get("version")
    }

    /// ISO 8601.
    pub fn executed_at(self) -> Option<&'u str> {
        self.0.get("executed_at")?.as_str()
    }

    /// The whole document.
    pub fn as_map(self) -> &'u Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for Verification<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verification").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// What to change of a user: the body of the call.
///
/// It is deserialised by the rules: an unknown member, a wrong type or a null
/// that means nothing is an error. The `Debug` form shows no value.
///
/// ```
/// use palm_user::UserPatch;
///
/// let patch = UserPatch::new()
///     .set("customer_tier", "premium")
///     .remove("notes")
///     .set_display_name("John Doe");
/// assert_eq!(
///     serde_json::to_value(&patch)?,
///     serde_json::json!({
///         "metadata": {"customer_tier": "premium", "notes": null},
///         "display_name": "John Doe",
///     }),
/// );
/// assert!(serde_json::from_str::<UserPatch>(r#"{"display_name": null}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct UserPatch(Value);

impl UserPatch {
    /// A patch that changes nothing yet.
    pub fn new() -> Self {
        UserPatch(Value::Object(Map::new()))
    }

    /// The patch that a document describes.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch) with an issue
    /// for each place that is wrong. Limits are checked when the patch is used.
    ///
    /// ```
    /// use palm_user::UserPatch;
    /// use serde_json::json;
    ///
    /// let error = UserPatch::from_value(json!({"displayName": "Ada"})).unwrap_err();
    /// assert_eq!(error.issues()[0].pointer, "/displayName");
    /// ```
    pub fn from_value(document: Value) -> Result<Self, Error> {
        let _: Patch<_> = valid(&Native::read(&document), &Scope::Shape)?;
        Ok(UserPatch(document))
    }

    /// Writes a metadata key. Null removes it, as [`UserPatch::remove`] does.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Some(patch) = self.0.as_object_mut() {
            let metadata = patch.entry(METADATA).or_insert_with(|| Value::Object(Map::new()));
            if let Some(metadata) = metadata.as_object_mut() {
                metadata.insert(key.into(), value.into());
            }
        }
        self
    }

    /// Removes a metadata key.
    #[must_use]
    pub fn remove(self, key: impl Into<String>) -> Self {
        self.set(key, Value::Null)
    }

    /// Writes the name to show.
    #[must_use]
    pub fn set_display_name(mut self, name: impl Into<String>) -> Self {
        if let Some(patch) = self.0.as_object_mut() {
            patch.insert(DISPLAY_NAME.to_owned(), Value::String(name.into()));
        }
        self
    }

    /// The pairs to write; null removes the key.
    pub fn metadata(&self) -> Option<&Map<String, Value>> {
        self.0.get(METADATA).and_then(Value::as_object)
    }

    /// The name to show.
    pub fn display_name(&self) -> Option<&str> {
        self.0.get(DISPLAY_NAME).and_then(Value::as_str)
    }

    /// Whether the patch changes nothing, whatever the user.
    pub fn is_empty(&self) -> bool {
        self.display_name().is_none() && self.metadata().is_none_or(Map::is_empty)
    }

    /// The patch as a JSON document: the body of the call.
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// The patch as a JSON document.
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl Default for UserPatch {
    fn default() -> Self {
        UserPatch::new()
    }
}

impl fmt::Debug for UserPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserPatch")
            .field("metadata_keys", &self.metadata().map_or(0, Map::len))
            .field("has_display_name", &self.display_name().is_some())
            .finish_non_exhaustive()
    }
}

impl TryFrom<Value> for UserPatch {
    type Error = Error;

    fn try_from(document: Value) -> Result<Self, Error> {
        UserPatch::from_value(document)
    }
}

impl From<UserPatch> for Value {
    fn from(patch: UserPatch) -> Self {
        patch.0
    }
}

impl AsRef<Value> for UserPatch {
    fn as_ref(&self) -> &Value {
        &self.0
    }
}

impl<'de> Deserialize<'de> for UserPatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UserPatch::from_value(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
