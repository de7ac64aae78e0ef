//! The crate's own clients: the conformance suite, and the examples.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::node::node_tests;
use super::{LIMIT, counted};
use crate::browser;
use crate::build;
use crate::counts::{self, Counts};
use crate::place::Place;
use crate::process::{cargo, watch};

/// One call against one server that misbehaves, by every client: the npm
/// package and the crate's features `fetch` and `reqwest`.
pub(super) fn conformance(place: &Place) -> Result<Counts> {
    let name = "palm-user-conformance";
    native(place, &["-p", name, "--bins"])?;
    let module = place.work("conformance");
    web(place, &["-p", name, "--lib"], "palm_user_conformance", &module, "conformance")?;
    let mut command = node_tests(place, &place.root.join("tests/conformance"))?;
    command
        .env("PALM_USER_ROOT", &place.root)
        .env("PALM_USER_CONFORMANCE", &module)
        .env("PALM_USER_RULES", target(place).join("debug/rules"))
        .env("PALM_USER_REQWEST", target(place).join("debug/reqwest"));
    if let Some(chromium) = browser::find_or_install(place)? {
        command.env("CHROMIUM", chromium);
    }
    counted(&mut command, counts::node)
}

/// The service, the Worker and the page of `examples/rust/`, against the sandbox.
pub(super) fn examples(place: &Place) -> Result<Counts> {
    native(place, &["-p", "palm-user-axum"])?;
    let [worker, page] = ["example-worker", "example-page"].map(|name| place.work(name));
    web(place, &["-p", "palm-user-worker"], "palm_user_worker", &worker, "worker")?;
    fs::copy(place.root.join("examples/rust/worker/shim.mjs"), worker.join("shim.mjs"))?;
    web(place, &["-p", "palm-user-page"], "palm_user_page", &page, "page")?;
    fs::copy(place.root.join("examples/rust/page/index.html"), page.join("index.html"))?;
    let mut command = node_tests(place, &place.root.join("tests/examples"))?;
    command
        .env("PALM_USER_AXUM", target(place).join("debug/palm-user-axum"))
        .env("PALM_USER_WORKER", &worker)
        .env("PALM_USER_PAGE", &page);
    if let Some(chromium) = browser::find_or_install(place)? {
        command.env("CHROMIUM", chromium);
    }
    counted(&mut command, counts::node)
}

/// Theirs alone: the workspace of the examples has other versions and features.
fn target(place: &Place) -> PathBuf {
    place.target.join("clients")
}

fn native(place: &Place, args: &[&str]) -> Result<()> {
    let mut command = cargo(place);
    command.args(["build", "--quiet", "--locked", "--manifest-path", "examples/rust/Cargo.toml"]);
    command.args(args).arg("--target-dir").arg(target(place));
    if watch(&mut command, LIMIT)?.success { Ok(()) } else { bail!("{args:?} does not build") }
}

/// The module of a library, and its JavaScript half.
fn web(place: &Place, args: &[&str], library: &str, folder: &Path, name: &str) -> Result<()> {
    native(place, &[args, &["--target", build::TARGET]].concat())?;
    let wasm = target(place).join(build::TARGET).join(format!("debug/{library}.wasm"));
    build::bindgen_for_web(&wasm, folder, name)
}
