//! The rules over `serde_json::Value`: the API for Rust callers.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use crate::error::Error;
use crate::native::check::{check, is_plain};
use crate::native::merge::{Parts, Written};
use crate::native::value::{Native, NativeKey, kind};
use crate::rules::issue::Report;
use crate::rules::limits::{Limits, allows_keys};
use crate::rules::node::Current;
use crate::rules::operations;
use crate::rules::validate::{Scope, read};

/// Says what is wrong with a patch. It never fails.
///
/// With `current`, metadata keys are counted in the user after the merge; without it,
/// in the patch alone.
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
    if is_plain(patch, current, limits, true) {
        return Report::default();
    }
    let patch = Native::read(patch);
    match current.map(Native::read) {
        Some(user) => read(&patch, &Scope::User(limits, &Current::new(&user))).0.into(),
        None => read(&patch, &Scope::Patch(limits)).0.into(),
    }
}

/// Returns the user after the patch; borrowed if the patch changes nothing.
///
/// Metadata is merged one level deep (RFC 7396): null removes a key, any other value
/// is replaced as a whole, existing keys keep their position, and new ones are
/// appended. `updated_at` belongs to the server and is left alone.
///
/// # Errors
///
/// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch) with the errors
/// of [`validate_patch`]; [`ErrorCode::InvalidValue`](crate::ErrorCode::InvalidValue)
/// if `user` is not an object.
///
/// ```
/// use palm_user::{Limits, UserPatch, apply_patch};
/// use serde_json::json;
///
/// let user = json!({"metadata": {"customer_tier": "basic"}, "status": "active"});
/// let patch = UserPatch::new().set("customer_tier", "premium").into_value();
/// let after = apply_patch(&user, &patch, &Limits::default())?;
/// assert_eq!(after["metadata"]["customer_tier"], "premium");
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn apply_patch<'u>(
    user: &'u Value,
    patch: &Value,
    limits: &Limits,
) -> Result<Cow<'u, Value>, Error> {
    let members = user.as_object().ok_or_else(|| not_a_user(user))?;
    // The keys of the copy are counted, which is faster than looking each one up before.
    if !is_plain(patch, Some(user), &limits.clone().max_keys(u32::MAX), false) {
        check(patch, Some(user), limits)?;
    }
    let parts = Parts::of(patch);
    if !parts.changes(members) {
        return Ok(Cow::Borrowed(user));
    }
    let mut members = members.clone();
    let Written { keys_before, keys_after, .. } = parts.write_to(&mut members);
    if !allows_keys(limits.max_keys, keys_before, keys_after) {
        check(patch, Some(user), limits)?;
    }
    Ok(Cow::Owned(Value::Object(members)))
}

/// Applies a patch in place, and returns whether that changed anything. An invalid
/// patch changes nothing.
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
/// let patch = UserPatch::new().set("customer_tier", "premium").into_value();
/// assert!(apply_patch_in_place(&mut user, &patch, &Limits::default())?);
/// assert_eq!(user["metadata"]["customer_tier"], "premium");
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn apply_patch_in_place(
    user: &mut Value,
    patch: &Value,
    limits: &Limits,
) -> Result<bool, Error> {
    if !user.is_object() {
        return Err(not_a_user(user));
    }
    check(patch, Some(user), limits)?;
    // It is an object.
    let Some(members) = user.as_object_mut() else { return Ok(false) };
    Ok(Parts::of(patch).write_to(members).is_change)
}

fn not_a_user(value: &Value) -> Error {
    operations::Failure::<NativeKey<'_>>::NotAUser(kind(value)).into()
}

/// Combines two patches into one that has the effect of `first` followed by `second`.
///
/// Limits are not checked, since they depend on the user.
///
/// # Errors
///
/// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch) if either is not a patch.
///
/// ```
/// use palm_user::compose_patches;
/// use serde_json::json;
///
/// let first = json!({"metadata": {"a": "1", "b": "1"}});
/// let both = compose_patches(&first, &json!({"metadata": {"b": null}}))?;
/// assert_eq!(both, json!({"metadata": {"a": "1", "b": null}}));
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn compose_patches(first: &Value, second: &Value) -> Result<Value, Error> {
    Ok(operations::compose(&Native::read(first), &Native::read(second))?.into_value())
}

/// Finds the smallest patch that makes the writable fields of `before` equal those of
/// `after`.
///
/// # Errors
///
/// [`ErrorCode::InvalidValue`](crate::ErrorCode::InvalidValue) where no patch can do
/// that: if a metadata value becomes null, or a display_name disappears.
///
/// ```
/// use palm_user::diff_users;
/// use serde_json::json;
///
/// let before = json!({"metadata": {"language": "en", "notes": "hi"}});
/// let after = json!({"metadata": {"language": "de"}});
/// let patch = diff_users(&before, &after)?;
/// assert_eq!(patch, json!({"metadata": {"language": "de", "notes": null}}));
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn diff_users(before: &Value, after: &Value) -> Result<Value, Error> {
    Ok(operations::diff(&Native::read(before), &Native::read(after))?.into_value())
}

/// Returns the patch that undoes `patch` as applied to `before`, and JSON Pointers to
/// what it cannot restore.
///
/// # Errors
///
/// [`ErrorCode::InvalidPatch`](crate::ErrorCode::InvalidPatch) if `patch` is not a patch.
///
/// ```
/// use palm_user::invert_patch;
/// use serde_json::json;
///
/// let before = json!({"metadata": {"language": "en"}});
/// let patch = json!({"metadata": {"language": "de", "notes": "hi"}});
/// let (back, lossy) = invert_patch(&patch, &before)?;
/// assert_eq!(back, json!({"metadata": {"language": "en", "notes": null}}));
/// assert!(lossy.is_empty());
/// # Ok::<(), palm_user::Error>(())
/// ```
pub fn invert_patch(patch: &Value, before: &Value) -> Result<(Value, Vec<String>), Error> {
    let (patch, lossy) = operations::invert(&Native::read(patch), &Native::read(before))?;
    Ok((patch.into_value(), lossy))
}
