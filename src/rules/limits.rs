//! How large a patch may be.

use crate::rules::patch::{TEXT_FIELDS, TextFields};

#[cfg(feature = "json")]
use serde::{Deserialize, Serialize};

/// How large a patch may be.
///
/// Palm documents one limit, 50 metadata pairs; the others are unset until you
/// set them. Lengths count Unicode code points.
///
/// ```
/// let limits = palm_user::Limits::default()
///     .max_keys(20)
///     .max_key_length(40)
///     .max_value_length(500)
///     .max_display_name_length(100);
/// assert_eq!((limits.max_keys, limits.max_value_length), (20, Some(500)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "json",
    derive(Serialize, Deserialize),
    serde(rename_all = "camelCase", default, deny_unknown_fields)
)]
#[non_exhaustive]
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

/// The names of the limits in options, in the order of the fields.
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
pub(crate) const LIMIT_NAMES: [&str; 4] =
    ["maxKeys", "maxKeyLength", "maxValueLength", "maxDisplayNameLength"];

/// The limits in the form the rules use.
///
/// Both paths destructure this without `..`, and [`Limits::bounds`] does the same with
/// [`Limits`]. So a new limit does not compile until every path obeys it.
pub(crate) struct Bounds {
    pub(crate) keys: u32,
    pub(crate) key: u32,
    pub(crate) value: u32,
    pub(crate) texts: TextFields<u32>,
}

impl Limits {
    /// The limits given in options, in the order of [`LIMIT_NAMES`], with defaults for the rest.
    #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
    pub(crate) fn from_options(set: [Option<u32>; LIMIT_NAMES.len()]) -> Self {
        let [keys, key, value, display_name] = set;
        let default = Limits::default();
        Limits {
            max_keys: keys.unwrap_or(default.max_keys),
            max_key_length: key.or(default.max_key_length),
            max_value_length: value.or(default.max_value_length),
            max_display_name_length: display_name.or(default.max_display_name_length),
        }
    }

    #[inline(always)]
    pub(crate) fn bounds(&self) -> Bounds {
        let Limits { max_keys, max_key_length, max_value_length, max_display_name_length } = *self;
        let length = |limit: Option<u32>| limit.unwrap_or(u32::MAX);
        Bounds {
            keys: max_keys,
            key: length(max_key_length),
            value: length(max_value_length),
            texts: [length(max_display_name_length)],
        }
    }
}

impl Bounds {
    /// No limits.
    pub(crate) const NONE: Self = Bounds {
        keys: u32::MAX,
        key: u32::MAX,
        value: u32::MAX,
        texts: [u32::MAX; TEXT_FIELDS.len()],
    };
}

/// Whether a patch may take a user from `before` keys to `after`. A patch that does
/// not raise their number always may.
#[inline(always)]
pub(crate) fn allows_keys(limit: u32, before: usize, after: usize) -> bool {
    after <= before || is_within(after, limit)
}

/// Whether a count or a length is within its limit.
#[inline(always)]
pub(crate) fn is_within(actual: usize, limit: u32) -> bool {
    u32::try_from(actual).is_ok_and(|actual| actual <= limit)
}

impl Limits {
    /// Metadata keys of the user after the patch.
    #[must_use]
    pub fn max_keys(mut self, keys: u32) -> Self {
        self.max_keys = keys;
        self
    }

    /// Length of a metadata key that is set.
    #[must_use]
    pub fn max_key_length(mut self, length: u32) -> Self {
        self.max_key_length = Some(length);
        self
    }

    /// Length of a metadata value that is a string.
    #[must_use]
    pub fn max_value_length(mut self, length: u32) -> Self {
        self.max_value_length = Some(length);
        self
    }

    /// Length of `display_name`.
    #[must_use]
    pub fn max_display_name_length(mut self, length: u32) -> Self {
        self.max_display_name_length = Some(length);
        self
    }
}
