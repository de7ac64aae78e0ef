//! The result of an identity check.

use alloc::string::String;
use core::fmt;

use serde_json::{Map, Value};

/// The result of an identity check. A member is `None` if the document lacks it, or
/// if it does not have the type that Palm documents.
///
/// ```
/// let user: palm_user::User = r#"{
///     "id": "1", "object": "user", "created_at": "", "updated_at": "", "metadata": {}, "status": "active",
///     "verification": {"id": "v", "risk_level": "low", "executed_at": "2025-10-24T10:30:00Z",
///                      "workflow": {"name": "onboarding", "version": 3}}
/// }"#.parse()?;
/// let verification = user.verification().expect("this user was verified");
/// assert_eq!((verification.id(), verification.risk_level()), (Some("v"), Some("low")));
/// assert_eq!(verification.workflow_name(), Some("onboarding"));
/// assert_eq!(verification.workflow_version(), Some(&3.into()));
/// assert_eq!(verification.executed_at(), Some("2025-10-24T10:30:00Z"));
/// assert_eq!(verification.as_map().len(), 4);
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Verification<'u>(pub(super) &'u Map<String, Value>);

impl<'u> Verification<'u> {
    /// A UUID.
    pub fn id(self) -> Option<&'u str> {
        self.0.get("id")?.as_str()
    }

    /// `low`, `medium`, `high`, `critical`, or a newer level.
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
