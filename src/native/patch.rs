//! A patch, as Rust holds it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::native::value::{Native, parse};
use crate::rules::operations::valid;
use crate::rules::patch::{METADATA, Patch};
use crate::rules::validate::Scope;

const DISPLAY_NAME: &str = "display_name";

/// The changes to a user: the body of the call.
///
/// It is deserialised by the rules: an unknown member, a wrong type, or a null where
/// null has no meaning is an error. `Debug` shows no values.
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
///
/// assert_eq!(patch.display_name(), Some("John Doe"));
/// assert_eq!(patch.metadata().map(|members| members.len()), Some(2));
/// assert!(!patch.is_empty());
/// assert_eq!(patch.as_value()["metadata"]["customer_tier"], "premium");
/// let document: serde_json::Value = patch.into_value();
/// # let _ = document;
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
    /// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch), with an issue for
    /// each place that is wrong. Limits are checked when the patch is used.
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

    /// Sets a metadata key. Null removes it, as [`UserPatch::remove`] does.
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

    /// Sets the display name.
    #[must_use]
    pub fn set_display_name(mut self, name: impl Into<String>) -> Self {
        if let Some(patch) = self.0.as_object_mut() {
            patch.insert(DISPLAY_NAME.to_owned(), Value::String(name.into()));
        }
        self
    }

    /// The metadata changes; null removes the key.
    pub fn metadata(&self) -> Option<&Map<String, Value>> {
        self.0.get(METADATA).and_then(Value::as_object)
    }

    /// The new display name.
    pub fn display_name(&self) -> Option<&str> {
        self.0.get(DISPLAY_NAME).and_then(Value::as_str)
    }

    /// Whether the patch changes nothing in any user.
    pub fn is_empty(&self) -> bool {
        let changes_nothing = |(field, value): (&String, &Value)| {
            field == METADATA && value.as_object().is_none_or(Map::is_empty)
        };
        self.0.as_object().into_iter().flatten().all(changes_nothing)
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

impl FromStr for UserPatch {
    type Err = Error;

    /// The patch that a JSON text describes.
    ///
    /// ```
    /// let patch: palm_user::UserPatch = r#"{"metadata": {"notes": null}}"#.parse()?;
    /// assert!(!patch.is_empty());
    /// assert!("not JSON".parse::<palm_user::UserPatch>().is_err());
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    fn from_str(text: &str) -> Result<Self, Error> {
        // What is not JSON is not an object either.
        UserPatch::from_value(parse(text.as_bytes()).unwrap_or_default())
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
