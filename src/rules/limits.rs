//! How large a patch may be.

#[cfg(feature = "json")]
use serde::{Deserialize, Serialize};

/// How large a patch may be.
///
/// Palm documents one limit, 50 metadata pairs; the others are unset until you
/// set them. Lengths count Unicode code points.
///
/// ```
/// let limits = palm_user::Limits { max_value_length: Some(500), ..Default::default() };
/// assert_eq!(limits.max_keys, 50);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "json",
    derive(Serialize, Deserialize),
    serde(rename_all = "camelCase", default, deny_unknown_fields)
)]
pub struct Limits {
    /// Metadata keys of the user after the patch; 50.
    pub max_keys: u32,
    /// Length of a metadata key that is set. Removing a longer key is allowed.
    pub max_key_length: Option<u32>,
    /// Length of a metadata value that is a string.
    pub max_value_length: Option<u32>,
    /// Length of `display_name`.
    pub max_display_name_length: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_keys: 50,
            max_key_length: None,
            max_value_length: None,
            max_display_name_length: None,
        }
    }
}
