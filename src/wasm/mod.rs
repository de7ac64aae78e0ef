//! What JavaScript calls. Each export mirrors one function of the crate; a
//! failure is thrown as the plain members of a `PalmError`, which the
//! TypeScript side makes one of.

mod attempt;
mod body;
mod call;
mod convert;
pub(crate) mod glue;
mod node;
mod watch;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use self::convert::{Options, limits, thrown, to_js};
use self::node::{JsNode, array_items};
use crate::error::Error;
use crate::fingerprint::{Fault, Fingerprint, FingerprintKind, normalise};
use crate::issue::{Issue, IssueCode, Report};
use crate::json::{apply, compose_nodes, diff_nodes, invert_nodes};
use crate::limits::Limits;
use crate::node::{Kind, Node};
use crate::validate::{Scope, read};

/// `validatePatch`: a report, whatever it is given.
#[wasm_bindgen(js_name = validatePatch)]
pub fn validate_patch(patch: JsValue, options: JsValue) -> JsValue {
    let report = match validate_options(options) {
        Ok((current, limits)) => {
            let patch = JsNode::read(patch);
            match current {
                Some(user) => read(&patch, &Scope::User(&limits, &user)).0,
                None => read(&patch, &Scope::Patch(&limits)).0,
            }
        }
        Err(error) => {
            let mut report = Report::default();
            report.push(Issue::new(IssueCode::InvalidOptions, Vec::new(), error.to_string()));
            report
        }
    };
    if report == Report::default() { glue::report_of_valid() } else { to_js(&report) }
}

fn validate_options(options: JsValue) -> Result<(Option<JsNode>, Limits), Error> {
    let options = Options::read(options, "options", &["current", "limits"])?;
    Ok((current(&options)?, limits(options.get("limits")?)?))
}

/// The user as it is now, for the rules that look at the result.
fn current(options: &Options) -> Result<Option<JsNode>, Error> {
    let current = JsNode::read(options.get("current")?);
    match current.kind() {
        Kind::Undefined => Ok(None),
        Kind::Object => Ok(Some(current)),
        _ => Err(options.must_be("current", "a user")),
    }
}

/// `applyPatch`: the user after the patch, or the very same user.
#[wasm_bindgen(js_name = applyPatch)]
pub fn apply_patch(user: JsValue, patch: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let run = || {
        let options = Options::read(options, "options", &["limits"])?;
        let limits = limits(options.get("limits")?)?;
        apply(&JsNode::read(user.clone()), &JsNode::read(patch), &limits)
    };
    match run() {
        Ok(Some(after)) => Ok(after.into_value()),
        Ok(None) => Ok(user),
        Err(error) => Err(thrown(&error)),
    }
}

/// `composePatches`: one patch that does what both do.
#[wasm_bindgen(js_name = composePatches)]
pub fn compose_patches(first: JsValue, second: JsValue) -> Result<JsValue, JsValue> {
    compose_nodes(&JsNode::read(first), &JsNode::read(second))
        .map(JsNode::into_value)
        .map_err(|error| thrown(&error))
}

/// `diffUsers`: the smallest patch between two users.
#[wasm_bindgen(js_name = diffUsers)]
pub fn diff_users(before: JsValue, after: JsValue) -> Result<JsValue, JsValue> {
    diff_nodes(&JsNode::read(before), &JsNode::read(after))
        .map(JsNode::into_value)
        .map_err(|error| thrown(&error))
}

/// `invertPatch`: an array of the patch and the pointers it cannot restore.
#[wasm_bindgen(js_name = invertPatch)]
pub fn invert_patch(patch: JsValue, before: JsValue) -> Result<Array, JsValue> {
    let (patch, lossy) = invert_nodes(&JsNode::read(patch), &JsNode::read(before))
        .map_err(|error| thrown(&error))?;
    Ok(Array::of2(&patch.into_value(), &to_js(&lossy)))
}

/// `fingerprint`: 64 hexadecimal digits.
#[wasm_bindgen]
pub fn fingerprint(value: JsValue, kind: JsValue) -> Result<JsValue, JsValue> {
    fingerprint_kind(&kind)
        .and_then(|kind| fingerprint_of(value, kind).map_err(|fault| fault.into_error(None)))
        .map(|fingerprint| hex(&fingerprint))
        .map_err(|error| thrown(&error))
}

/// `fingerprintMany`: the same for an array of strings.
#[wasm_bindgen(js_name = fingerprintMany)]
pub fn fingerprint_many(values: JsValue, kind: JsValue) -> Result<JsValue, JsValue> {
    let run = || {
        let kind = fingerprint_kind(&kind)?;
        let values = Some(JsNode::read(values)).filter(|node| node.kind() == Kind::Array);
        let Some(Ok(items)) = values.map(|node| array_items(&node.into_value())) else {
            let message = "fingerprintMany takes an array of strings.";
            return Err(Error::invalid_value(message, Vec::new()));
        };
        let fingerprints = Array::new_with_length(items.length());
        for index in 0..items.length() {
            let fingerprint = fingerprint_of(items.get(index), kind)
                .map_err(|fault| fault.into_error(usize::try_from(index).ok()))?;
            fingerprints.set(index, hex(&fingerprint));
        }
        Ok(fingerprints.into())
    };
    run().map_err(|error: Error| thrown(&error))
}

fn fingerprint_kind(kind: &JsValue) -> Result<FingerprintKind, Error> {
    if kind.is_undefined() {
        return Ok(FingerprintKind::Exact);
    }
    kind.as_string().and_then(|name| FingerprintKind::from_name(&name)).ok_or_else(|| {
        Error::invalid_value("The kind of a fingerprint is exact, email or phone.", Vec::new())
    })
}

fn fingerprint_of(value: JsValue, kind: FingerprintKind) -> Result<Fingerprint, Fault> {
    let fault = |code, message| Fault { code, message };
    let node = JsNode::read(value);
    match node.kind() {
        Kind::String => return Ok(Fingerprint::of(normalise(&node.text(), kind)?.as_bytes())),
        Kind::IllFormed => {
            let message = "The string has a lone surrogate, which UTF-8 cannot carry.";
            return Err(fault(IssueCode::IllFormedString, message));
        }
        _ => {}
    }
    match (glue::bytes_of(&node.into_value()), kind) {
        (Ok(Some(bytes)), FingerprintKind::Exact) => Ok(Fingerprint::of(&bytes.to_vec())),
        (Ok(Some(_)), _) => {
            Err(fault(IssueCode::WrongType, "Bytes have a fingerprint of the kind exact only."))
        }
        _ => Err(fault(IssueCode::WrongType, "A fingerprint is made of a string or a Uint8Array.")),
    }
}

fn hex(fingerprint: &Fingerprint) -> JsValue {
    JsValue::from_str(std::str::from_utf8(&fingerprint.to_hex()).unwrap_or_default())
}

/// `updateUser`: checks everything, then sends.
#[wasm_bindgen(js_name = updateUser)]
pub async fn update_user(
    user_id: JsValue,
    patch: JsValue,
    options: JsValue,
) -> Result<JsValue, JsValue> {
    call::update_user(user_id, patch, options).await.map_err(|error| thrown(&error))
}
