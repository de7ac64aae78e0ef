//! The exports, each of which mirrors one function of the crate. An export takes
//! values by handle and kind, and gives the handle of its result; of an error the
//! handle of its members, with all bits turned over.

use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::names::{self, name};
use super::node::{JsKey, JsNode, text_at};
use super::options::{Options, limits};
use super::protocol::{APPLY_OPTIONS, VALIDATE_OPTIONS};
use super::report::{self, Failed, Object};
use super::{call, precheck};
use crate::error::Error;
use crate::rules::node::{Current, Kind, Node};
use crate::rules::operations::{Failure, apply, compose_nodes, diff_nodes, invert_nodes};
use crate::rules::validate::{Scope, read, read_of};

/// Prepares a new instance. Gives the address of what [`judge_patch`] and
/// [`fingerprint_fast`] read.
#[wasm_bindgen]
pub fn start() -> *const u8 {
    names::intern();
    (&raw const *precheck::shared()).cast()
}

/// Runs an export. What it gives is a handle in JavaScript: all it took of memory is free again.
fn call(run: impl FnOnce() -> i32) -> i32 {
    #[cfg(palm_user_module)]
    #[allow(unsafe_code, reason = "frees the call's memory at once")]
    // SAFETY: the result is a number, and no static holds memory, so none of the
    // call's is used again. A call within a call takes after the outer one's.
    return unsafe { super::module::scope(run) };
    #[cfg(not(palm_user_module))]
    run()
}

/// A handle that no result has, for a report that has nothing to say.
const VALID: u32 = 0;

/// The handle of a result, or that of an error turned over.
fn settled(result: Result<u32, Failed>) -> i32 {
    match result {
        Ok(handle) => handle.cast_signed(),
        Err(failed) => !report::failed(&failed).cast_signed(),
    }
}

fn settled_node(result: Result<JsNode, Failure<JsKey>>) -> i32 {
    settled(result.map(JsNode::handle).map_err(Failed::from))
}

/// `validatePatch`: a report, 0 for the empty one; an error where the options are wrong.
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

/// For rules of metadata: the report of a patch, and what could be read of it as plain
/// data of its own. Only the metadata keys in the array may be written.
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

/// TypeScript takes rules of metadata out of the options. What is left of that name is none.
pub(super) fn refuse_metadata(options: &Options) -> Result<(), Error> {
    match options.get(name!("metadata")).kind() {
        Kind::Undefined => Ok(()),
        _ => Err(options.must_be(name!("metadata"), "made by defineMetadata")),
    }
}

/// The user as it is now, for the rules that look at the result.
pub(super) fn current(options: &Options) -> Result<Option<JsNode>, Error> {
    let current = options.get(name!("current"));
    match current.kind() {
        Kind::Undefined => Ok(None),
        Kind::Object => Ok(Some(current)),
        _ => Err(options.must_be(name!("current"), "a user")),
    }
}

/// `applyPatch`: the user after the patch, or the very same user.
#[wasm_bindgen(js_name = applyPatch)]
pub fn apply_patch(user: u32, patch: u32, options: u32) -> i32 {
    let user = JsNode::from_js(user);
    let run = || {
        let options = Options::read(JsNode::from_js(options), "options", APPLY_OPTIONS)?;
        refuse_metadata(&options)?;
        let limits = limits(options.get(name!("limits")))?;
        let after = apply(&user, &JsNode::from_js(patch), &limits)?;
        Ok(after.unwrap_or(user).handle())
    };
    call(|| settled(run()))
}

/// Judges a patch by what the fast path saw of it: 0 where it has to be looked at
/// closely, otherwise what it changes.
#[wasm_bindgen(js_name = judgePatch)]
pub fn judge_patch(flags: u32, count: u32, keys: u32, longest_key: u32, longest_value: u32) -> u32 {
    precheck::judge(flags, count, keys, longest_key, longest_value).unwrap_or(0)
}

/// `composePatches`: one patch that does what both do.
#[wasm_bindgen(js_name = composePatches)]
pub fn compose_patches(first: u32, second: u32) -> i32 {
    call(|| settled_node(compose_nodes(&JsNode::from_js(first), &JsNode::from_js(second))))
}

/// `diffUsers`: the smallest patch between two users.
#[wasm_bindgen(js_name = diffUsers)]
pub fn diff_users(before: u32, after: u32) -> i32 {
    call(|| settled_node(diff_nodes(&JsNode::from_js(before), &JsNode::from_js(after))))
}

/// `invertPatch`: the patch and the pointers it cannot restore.
#[wasm_bindgen(js_name = invertPatch)]
pub fn invert_patch(patch: u32, before: u32) -> i32 {
    let run = || {
        let (patch, lossy) = invert_nodes(&JsNode::from_js(patch), &JsNode::from_js(before))?;
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

/// `fingerprint` of a text of ASCII that lies where [`start`] says, as its digits do
/// afterwards; false for one that takes the slow path.
#[wasm_bindgen(js_name = fingerprintFast)]
pub fn fingerprint_fast(length: u32, kind: u32) -> bool {
    super::fingerprint::fast(&precheck::shared().members, length, kind)
}

/// `fingerprintMany`: the same for an array of strings.
#[wasm_bindgen(js_name = fingerprintMany)]
pub fn fingerprint_many(values: u32, kind: u32) -> i32 {
    call(|| settled(super::fingerprint::many(JsNode::from_js(values), JsNode::from_js(kind))))
}

/// The first step of `updateUser`: what to send, once everything is checked.
#[wasm_bindgen(js_name = prepareCall)]
pub fn prepare_call(user_id: u32, patch: u32, options: u32, is_browser: bool) -> i32 {
    let [user_id, patch, options] = [user_id, patch, options].map(JsNode::from_js);
    call(|| settled(call::prepare(user_id, Some(patch), options, is_browser)))
}

/// The same of `getUser`.
#[wasm_bindgen(js_name = prepareRead)]
pub fn prepare_read(user_id: u32, options: u32, is_browser: bool) -> i32 {
    let [user_id, options] = [user_id, options].map(JsNode::from_js);
    call(|| settled(call::prepare(user_id, None, options, is_browser)))
}

/// The value of the `Authorization` header for a key.
#[wasm_bindgen]
pub fn authorization(key: u32) -> i32 {
    call(|| settled(call::authorization(JsNode::from_js(key)).map_err(Failed::from)))
}

/// What came of an attempt: 0 for a user, otherwise the error and when to try again.
#[wasm_bindgen]
pub fn judge(seen: u32, request: u32) -> i32 {
    call(|| call::judge(JsNode::from_js(seen), JsNode::from_js(request)).cast_signed())
}
