//! The exports, one for each function of the package. An export takes values by handle
//! and kind, and returns the handle of its result. For an error, it returns the handle
//! of the error's members with all bits inverted.

use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::names::{self, name};
use super::node::{JsKey, JsNode, text_at};
use super::options::{Options, limits};
use super::protocol::{APPLY_OPTIONS, VALIDATE_OPTIONS};
use super::report::{self, Failed, Object};
use super::{attempt, precheck, prepare};
use crate::error::Error;
use crate::rules::node::{Current, Kind, Node};
use crate::rules::operations::{self, Failure};
use crate::rules::validate::{Scope, read, read_of};

/// Prepares a new instance, and returns the address of the memory that [`judge_patch`]
/// and [`fingerprint_fast`] read.
#[wasm_bindgen]
pub fn start() -> *const u8 {
    names::intern();
    (&raw const *precheck::shared()).cast()
}

/// Runs an export, and frees the memory it took. Its result is a handle of a JavaScript value.
fn call(run: impl FnOnce() -> i32) -> i32 {
    #[cfg(palm_user_module)]
    #[allow(unsafe_code, reason = "frees the call's memory at once")]
    // SAFETY: the result is a number, and no static holds memory, so none of the call's
    // memory is used again. A nested call allocates after the outer one.
    return unsafe { super::runtime::scope(run) };
    #[cfg(not(palm_user_module))]
    run()
}

/// The handle of undefined, which stands for a report without issues.
const VALID: u32 = 0;

/// The handle of a result, or the inverted handle of an error.
fn settled(result: Result<u32, Failed>) -> i32 {
    match result {
        Ok(handle) => handle.cast_signed(),
        Err(failed) => !report::failed(&failed).cast_signed(),
    }
}

fn settled_node(result: Result<JsNode, Failure<JsKey>>) -> i32 {
    settled(result.map(JsNode::handle).map_err(Failed::from))
}

/// `validatePatch`: a report, 0 for one without issues; an error if the options are wrong.
#[wasm_bindgen(js_name = validatePatch)]
pub fn validate_patch(patch: u32, options: u32) -> i32 {
    call(|| settled(validated(patch, options)))
}

fn validated(patch: u32, options: u32) -> Result<u32, Failed> {
    let options = Options::read(JsNode::from_js(options), "options", VALIDATE_OPTIONS)?;
    refuse_metadata(&options)?;
    let (current, limits) = (current(&options)?, limits(options.get(name!("limits")))?);
    let patch = JsNode::from_js(patch);
    let findings = match current {
        Some(user) => read(&patch, &Scope::User(&limits, &Current::new(&user))).0,
        None => read(&patch, &Scope::Patch(&limits)).0,
    };
    Ok(if findings.is_empty() { VALID } else { report::report(&findings) })
}

/// For `defineMetadata`: the report of a patch, and its valid parts as a new object. Only
/// the metadata keys in the array may be written.
#[wasm_bindgen(js_name = readPatch)]
pub fn read_patch(patch: u32, options: u32, keys: u32) -> i32 {
    call(|| settled(read_of_keys(patch, options, JsNode::from_js(keys))))
}

fn read_of_keys(patch: u32, options: u32, keys: JsNode) -> Result<u32, Failed> {
    let options = Options::read(JsNode::from_js(options), "options", VALIDATE_OPTIONS)?;
    let (current, limits) = (current(&options)?, limits(options.get(name!("limits")))?);
    let keys = keys.items().unwrap_or_default();
    let keys: Vec<String> = keys.iter().map(|key| text_at(key.handle())).collect();
    let patch = JsNode::from_js(patch);
    let (findings, patch) = match current {
        Some(user) => read_of(&patch, &Scope::User(&limits, &Current::new(&user)), Some(&keys)),
        None => read_of(&patch, &Scope::Patch(&limits), Some(&keys)),
    };
    let read = Object::new();
    read.put(name!("report"), report::report(&findings));
    read.put(name!("patch"), patch.into_node().handle());
    Ok(read.handle())
}

/// TypeScript takes the rules of `defineMetadata` out of the options, so any value left under that name is wrong.
pub(super) fn refuse_metadata(options: &Options) -> Result<(), Error> {
    match options.get(name!("metadata")).kind() {
        Kind::Undefined => Ok(()),
        _ => Err(options.must_be(name!("metadata"), "made by defineMetadata")),
    }
}

/// The option `current`: the user before the patch.
pub(super) fn current(options: &Options) -> Result<Option<JsNode>, Error> {
    let current = options.get(name!("current"));
    match current.kind() {
        Kind::Undefined => Ok(None),
        Kind::Object => Ok(Some(current)),
        _ => Err(options.must_be(name!("current"), "a user")),
    }
}

/// `applyPatch`: the user after the patch; the same object if nothing changes.
#[wasm_bindgen(js_name = applyPatch)]
pub fn apply_patch(user: u32, patch: u32, options: u32) -> i32 {
    let user = JsNode::from_js(user);
    let run = || {
        let options = Options::read(JsNode::from_js(options), "options", APPLY_OPTIONS)?;
        refuse_metadata(&options)?;
        let limits = limits(options.get(name!("limits")))?;
        let after = operations::apply(&user, &JsNode::from_js(patch), &limits)?;
        Ok(after.unwrap_or(user).handle())
    };
    call(|| settled(run()))
}

/// Judges what the fast path read of a patch: returns what the patch changes, or 0 if it
/// needs the slow path.
#[wasm_bindgen(js_name = judgePatch)]
pub fn judge_patch(flags: u32, count: u32, keys: u32, longest_key: u32, longest_value: u32) -> u32 {
    precheck::judge(flags, count, keys, longest_key, longest_value).unwrap_or(0)
}

/// `composePatches`: two patches combined into one.
#[wasm_bindgen(js_name = composePatches)]
pub fn compose_patches(first: u32, second: u32) -> i32 {
    call(|| settled_node(operations::compose(&JsNode::from_js(first), &JsNode::from_js(second))))
}

/// `diffUsers`: the smallest patch between two users.
#[wasm_bindgen(js_name = diffUsers)]
pub fn diff_users(before: u32, after: u32) -> i32 {
    call(|| settled_node(operations::diff(&JsNode::from_js(before), &JsNode::from_js(after))))
}

/// `invertPatch`: the patch that undoes a patch, and pointers to what it cannot restore.
#[wasm_bindgen(js_name = invertPatch)]
pub fn invert_patch(patch: u32, before: u32) -> i32 {
    let run = || {
        let (patch, lossy) = operations::invert(&JsNode::from_js(patch), &JsNode::from_js(before))?;
        let inverse = Object::new();
        inverse.put(name!("patch"), patch.handle()).put(name!("lossy"), report::texts(&lossy));
        Ok(inverse.handle())
    };
    call(|| settled(run()))
}

/// `fingerprint`: 64 hexadecimal digits.
#[wasm_bindgen]
pub fn fingerprint(value: u32, kind: u32) -> i32 {
    call(|| settled(super::fingerprint::one(JsNode::from_js(value), JsNode::from_js(kind))))
}

/// `fingerprint` of an ASCII text in the shared memory, whose digits replace it there;
/// false if it needs the slow path.
#[wasm_bindgen(js_name = fingerprintFast)]
pub fn fingerprint_fast(length: u32, kind: u32) -> bool {
    super::fingerprint::fast(&precheck::shared().members, length, kind)
}

/// `fingerprintMany`: the fingerprints of an array of strings.
#[wasm_bindgen(js_name = fingerprintMany)]
pub fn fingerprint_many(values: u32, kind: u32) -> i32 {
    call(|| settled(super::fingerprint::many(JsNode::from_js(values), JsNode::from_js(kind))))
}

/// The first step of `updateUser`: checks everything, and returns what to send.
#[wasm_bindgen(js_name = prepareCall)]
pub fn prepare_call(user_id: u32, patch: u32, options: u32, is_browser: bool) -> i32 {
    let [user_id, patch, options] = [user_id, patch, options].map(JsNode::from_js);
    call(|| settled(prepare::prepare(user_id, Some(patch), options, is_browser)))
}

/// The first step of `getUser`.
#[wasm_bindgen(js_name = prepareRead)]
pub fn prepare_read(user_id: u32, options: u32, is_browser: bool) -> i32 {
    let [user_id, options] = [user_id, options].map(JsNode::from_js);
    call(|| settled(prepare::prepare(user_id, None, options, is_browser)))
}

/// The value of the `Authorization` header for a key.
#[wasm_bindgen]
pub fn authorization(key: u32) -> i32 {
    call(|| settled(prepare::authorization(JsNode::from_js(key)).map_err(Failed::from)))
}

/// Judges an attempt: returns 0 for a user, or the error and when to retry.
#[wasm_bindgen(js_name = judgeAttempt)]
pub fn judge_attempt(seen: u32, request: u32) -> i32 {
    call(|| attempt::judge(JsNode::from_js(seen), JsNode::from_js(request)).cast_signed())
}
