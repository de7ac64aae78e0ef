//! The rules over `serde_json::Value`: the API for Rust callers.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::native::value::{MemberChanges, Native, NativeKey, write};
use crate::rules::issue::Report;
use crate::rules::limits::Limits;
use crate::rules::merge::{Changes, MetadataChanges};
use crate::rules::node::Node;
use crate::rules::operations::{changes_of, compose_nodes, diff_nodes, invert_nodes};
use crate::rules::patch::METADATA;
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
    let changes = changes_of(&Native::read(user), &Native::read(patch), limits)?;
    Ok(match owned(changes) {
        Some(changes) => {
            let mut after = user.clone();
            changes.write_to(&mut after);
            Cow::Owned(after)
        }
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
    let changes = owned(changes_of(&Native::read(user), &Native::read(patch), limits)?);
    let changed = changes.is_some();
    if let Some(changes) = changes {
        changes.write_to(user);
    }
    Ok(changed)
}

/// What a patch changes, with values of its own, so that the user can be written to.
struct OwnedChanges {
    /// Whether there was none before, and its members.
    metadata: Option<(bool, MemberChanges)>,
    texts: MemberChanges,
}

/// `None` where nothing changes.
fn owned(changes: Changes<Native<'_>>) -> Option<OwnedChanges> {
    let own = |(key, value): (NativeKey<'_>, Option<Native<'_>>)| {
        (key.into_string(), value.map(Native::into_value))
    };
    let metadata = changes.metadata.map(|changes| match changes {
        MetadataChanges::New(members) => {
            (true, members.into_iter().map(|(key, value)| own((key, Some(value)))).collect())
        }
        MetadataChanges::Members(changes) => (false, changes.into_iter().map(own).collect()),
    });
    let texts: MemberChanges = changes.texts.into_iter().map(own).collect();
    (metadata.is_some() || !texts.is_empty()).then_some(OwnedChanges { metadata, texts })
}

impl OwnedChanges {
    fn write_to(self, user: &mut Value) {
        let Some(user) = user.as_object_mut() else { return };
        if let Some((is_new, changes)) = self.metadata {
            if is_new {
                user.insert(METADATA.to_owned(), Value::Object(Map::new()));
            }
            if let Some(metadata) = user.get_mut(METADATA).and_then(Value::as_object_mut) {
                write(metadata, changes);
            }
        }
        write(user, self.texts);
    }
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
