//! Typed documents for Rust callers.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A user of the Palm API. Fields it may grow are kept in `other`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// A UUID.
    pub id: String,
    /// Always `user`.
    pub object: String,
    /// ISO 8601.
    pub created_at: String,
    /// ISO 8601; the server's.
    pub updated_at: String,
    /// Up to 50 custom pairs.
    pub metadata: Map<String, Value>,
    /// Whether the user may be worked with.
    pub status: Status,
    /// The last verification; `None` for a user never verified.
    pub verification: Option<Verification>,
    /// A name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Opaque: Palm does not document how it normalises before it hashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_fingerprint: Option<String>,
    /// Opaque, as `email_fingerprint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_fingerprint: Option<String>,
    /// Cached values of unencrypted vault fields, by full field ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault: Option<Map<String, Value>>,
    /// Whatever else the answer had.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Whether a user may be worked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// In use.
    Active,
    /// Blocked for now.
    Suspended,
    /// Gone.
    Deleted,
    /// A status newer than this crate.
    #[serde(untagged)]
    Other(String),
}

/// The result of an identity check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verification {
    /// A UUID.
    pub id: String,
    /// `low`, `medium`, `high`, `critical`, or newer.
    pub risk_level: String,
    /// What was run.
    pub workflow: Workflow,
    /// ISO 8601.
    pub executed_at: String,
}

/// A workflow of checks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Workflow {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u64,
}

/// What to change of a user: the body of the call.
///
/// ```
/// use palm_user::UserPatch;
///
/// let patch = UserPatch::new()
///     .set("customer_tier", "premium")
///     .remove("notes")
///     .display_name("John Doe");
/// assert_eq!(
///     serde_json::to_string(&patch)?,
///     r#"{"metadata":{"customer_tier":"premium","notes":null},"display_name":"John Doe"}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Pairs to write; null removes the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// The name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

impl UserPatch {
    /// A patch that changes nothing yet.
    pub fn new() -> Self {
        UserPatch::default()
    }

    /// Writes a metadata key. Null removes it, as [`UserPatch::remove`] does.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.get_or_insert_default().insert(key.into(), value.into());
        self
    }

    /// Removes a metadata key.
    #[must_use]
    pub fn remove(self, key: impl Into<String>) -> Self {
        self.set(key, Value::Null)
    }

    /// Writes the name to show.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// The patch as a JSON document.
    pub fn to_value(&self) -> Value {
        let mut patch = Map::new();
        if let Some(metadata) = &self.metadata {
            patch.insert("metadata".to_owned(), Value::Object(metadata.clone()));
        }
        if let Some(name) = &self.display_name {
            patch.insert("display_name".to_owned(), Value::String(name.clone()));
        }
        Value::Object(patch)
    }
}
