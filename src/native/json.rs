//! The rules over `serde_json::Value`: the API for Rust callers.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use crate::error::Error;
use crate::native::value::Native;
use crate::rules::issue::Report;
use crate::rules::limits::Limits;
use crate::rules::node::Node;
use crate::rules::operations::{apply, compose_nodes, diff_nodes, invert_nodes};
use crate::rules::validate::{Scope, read};

/// What is wrong with a patch. Never fails, whatever it is given.
///
/// With `current`, the metadata keys are counted on the user after the merge;
/// without, on the patch alone.
///
/// ```
/// use palm_user::{IssueCode, Limits, validate_patch};
/// use serde_json::json;
///
/// let report = validate_patch(&json!({"displayName": "Ada"}), None, &Limits::default());
/// assert!(!report.is_valid());
/// assert_eq!(report.errors[0].code, IssueCode::UnknownField);
/// assert_eq!(report.errors[0].pointer, "/displayName");
/// ```
pub fn validate_patch(patch: &Value, current: Option<&Value>, limits: &Limits) -> Report {
    let patch = Native::read(patch);
    match current.map(Native::read) {
        Some(user) => read(&patch, &Scope::User(limits, &user.user_fields())).0.into(),
        None => read(&patch, &Scope::Patch(limits)).0.into(),
    }
}

/// The user after the patch; borrowed when that is the user as it is.
///
/// Metadata is merged one level deep (RFC 7396): null removes a key, any other
/// value is replaced whole, existing keys keep their place and new ones are
/// appended. `updated_at` belongs to the server.
///
/// # Errors
///
/// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch) with the errors
/// of [`validate_patch`]; [`ErrorCode::InvalidValue`](crate::ErrorCode::InvalidValue)
/// where `user` is not an object.
///
/// ```
/// use palm_user::{Limits, UserPatch, apply_patch};
/// use serde_json::json;
///
/// let user = json!({"metadata": {"customer_tier": "basic"}, "status": "active"});
/// let patch = UserPatch::new().set("customer_tier", "premium").to_value();
/// let after = apply_patch(&user, &patch, &Limits::default())?;
/// assert_eq!(after["metadata"]["customer_tier"], "premium");
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn apply_patch<'u>(
    user: &'u Value,
    patch: &Value,
    limits: &Limits,
) -> Result<Cow<'u, Value>, Error> {
    let after = apply(&Native::read(user), &Native::read(patch), limits)?;
    Ok(match after {
        Some(after) => Cow::Owned(after.into_value()),
        None => Cow::Borrowed(user),
    })
}

/// Applies a patch in place, and says whether that changed anything. A patch
/// that is refused changes nothing.
///
/// # Errors
///
/// As [`apply_patch`].
///
/// ```
/// use palm_user::{Limits, UserPatch, apply_patch_in_place};
/// use serde_json::json;
///
/// let mut user = json!({"metadata": {"customer_tier": "basic"}, "status": "active"});
/// let patch = UserPatch::new().set("customer_tier", "premium").to_value();
/// assert!(apply_patch_in_place(&mut user, &patch, &Limits::default())?);
/// assert_eq!(user["metadata"]["customer_tier"], "premium");
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn apply_patch_in_place(
    user: &mut Value,
    patch: &Value,
    limits: &Limits,
) -> Result<bool, Error> {
    let after = apply(&Native::read(user), &Native::read(patch), limits)?.map(Native::into_value);
    Ok(match after {
        Some(after) => {
            *user = after;
            true
        }
        None => false,
    })
}

/// One patch that does what `first` and then `second` do.
///
/// Limits are not checked here: they depend on the user.
///
/// # Errors
///
/// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch) where either is none.
pub fn compose_patches(first: &Value, second: &Value) -> Result<Value, Error> {
    Ok(compose_nodes(&Native::read(first), &Native::read(second))?.into_value())
}

/// The smallest patch that turns `before` into `after` in metadata and display_name.
///
/// # Errors
///
/// [`ErrorCode::InvalidValue`](crate::ErrorCode::InvalidValue) where no patch can:
/// a value that becomes null, a display_name that goes away.
pub fn diff_users(before: &Value, after: &Value) -> Result<Value, Error> {
    Ok(diff_nodes(&Native::read(before), &Native::read(after))?.into_value())
}

/// The patch that undoes `patch` as applied to `before`, and JSON Pointers to
/// what it cannot bring back.
///
/// # Errors
///
/// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch) where `patch` is none.
pub fn invert_patch(patch: &Value, before: &Value) -> Result<(Value, Vec<String>), Error> {
    let (patch, lossy) = invert_nodes(&Native::read(patch), &Native::read(before))?;
    Ok((patch.into_value(), lossy))
}
