//! The crate: its style, its tests natively and in wasm, and as others get it.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{LIMIT, check, counted};
use crate::browser;
use crate::build;
use crate::counts::{self, Counts};
use crate::place::Place;
use crate::process::{cargo, node, watch};
use crate::setup;

/// What is not on by default, needs no other platform, and is tested with the rest.
const OPTIONAL: &str = "palm-user/hmac";

pub(super) fn fmt(place: &Place) -> Result<Counts> {
    setup::component("rustfmt", cargo(place).args(["fmt", "--version"]))?;
    check(cargo(place).args(["fmt", "--all", "--check"]))
}

pub(super) fn clippy(place: &Place) -> Result<Counts> {
    setup::component("clippy", cargo(place).args(["clippy", "--version"]))?;
    let native = ["clippy", "--workspace", "--all-targets", "--quiet", "--features", OPTIONAL];
    let mut counts = check(cargo(place).args(native).args(["--", "-D", "warnings"]))?;
    let mut wasm = vec!["clippy", "-p", "palm-user", "--lib", "--test", "wasm", "--quiet"];
    wasm.extend(["--target", build::TARGET, "--features", "wasm", "--", "-D", "warnings"]);
    counts.add(check(cargo(place).args(wasm))?);
    // The module itself: without std, and with what only it has.
    let module = ["clippy", "-p", "palm-user", "--lib", "--quiet", "--no-default-features"];
    let mut command = cargo(place);
    command.args(module).args(["--target", build::TARGET, "--features", "wasm", "--target-dir"]);
    command.arg(place.target.join("module-clippy")).args(["--", "-D", "warnings"]);
    command.env("RUSTFLAGS", build::MODULE_FLAGS.join(" "));
    counts.add(check(&mut command)?);
    // What others build: each feature alone, on each target that has it.
    for (target, features) in FEATURES {
        let mut command = cargo(place);
        command.args(["clippy", "-p", "palm-user", "--lib", "--quiet", "--no-default-features"]);
        command.args(["--features", features]);
        command.args(target.iter().flat_map(|target| ["--target", target]));
        counts.add(check(command.args(["--", "-D", "warnings"]))?);
    }
    Ok(counts)
}

/// The other sets are those of `cargo xtask features`.
const FEATURES: [(Option<&str>, &str); 10] = [
    (None, ""),
    (None, "json"),
    (None, "http"),
    (None, "reqwest"),
    (None, "fetch"),
    (None, "preserve_order"),
    (Some(build::TARGET), ""),
    (Some(build::TARGET), "json"),
    (Some(build::TARGET), "http"),
    (Some(build::TARGET), "fetch"),
];

pub(super) fn native(place: &Place) -> Result<Counts> {
    let test = ["test", "--workspace", "--quiet", "--features", OPTIONAL];
    counted(cargo(place).args(test), counts::libtest)
}

/// The documentation as docs.rs has it, and the public API that it shows.
pub(super) fn doc(place: &Place) -> Result<Counts> {
    let mut counts = Counts::default();
    let features = "fetch,hmac,preserve_order,reqwest";
    for target in [None, Some(build::TARGET)] {
        let mut command = cargo(place);
        command.args(["doc", "-p", "palm-user", "--no-deps", "--quiet", "--features", features]);
        command.args(target.iter().flat_map(|target| ["--target", target]));
        counts.add(check(command.env("RUSTDOCFLAGS", "-D warnings"))?);
    }
    let mut command = node(place);
    command.arg("tests/crate/api.mjs").arg(place.target.join("doc/palm_user"));
    counts.add(check(&mut command)?);
    Ok(counts)
}

/// The crate as it would be published: packed without a warning, added to a
/// program that is its README's, and compiled by the oldest compiler it promises.
pub(super) fn published_crate(place: &Place) -> Result<Counts> {
    let publish = ["publish", "--dry-run", "-p", "palm-user", "--allow-dirty"];
    let packed = watch(cargo(place).args(publish), LIMIT)?;
    let warnings = packed.output.replace("warning: aborting upload due to dry run", "");
    let mut counts = counts::one(packed.success && !warnings.contains("warning"));
    let manifest = fs::read_to_string(place.root.join("Cargo.toml"))?;
    let value = |key: &str| {
        let line = manifest.lines().find_map(|line| line.strip_prefix(key));
        line.map(|value| value.trim_matches([' ', '=', '"']))
            .with_context(|| format!("Cargo.toml has no {key}"))
    };
    let packed = place.target.join(format!("package/palm-user-{}", value("version")?));
    counts.add(added(place, &packed)?);
    let oldest = value("rust-version")?;
    for features in [&[][..], &["--no-default-features"]] {
        if !setup::has_toolchain(oldest) {
            let how = format!("rustup toolchain install {oldest} --profile minimal");
            counts.add(counts::skipped(&format!("toolchain {oldest} not installed; {how}")));
            continue;
        }
        // Not cargo: what runs this has chosen a toolchain already.
        let mut command = Command::new("rustup");
        command.args(["run", oldest, "cargo", "check", "--quiet", "-p", "palm-user"]);
        command.args(features).arg("--target-dir").arg(place.target.join("oldest"));
        counts.add(check(command.current_dir(&place.root))?);
    }
    Ok(counts)
}

/// `cargo add` into a new program whose code is the README's.
fn added(place: &Place, packed: &Path) -> Result<Counts> {
    let program = place.work("crate-user");
    if program.exists() {
        fs::remove_dir_all(&program)?;
    }
    fs::create_dir_all(program.join("src"))?;
    let manifest = "[package]\nname = \"crate-user\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(program.join("Cargo.toml"), manifest)?;
    let readme = fs::read_to_string(place.root.join("src/README.md"))?;
    let example = readme.split_once("```rust\n").and_then(|(_, rest)| rest.split_once("```"));
    let (example, _) = example.context("src/README.md has no example in Rust")?;
    let code = example.lines().filter(|line| !line.starts_with("# ")).collect::<Vec<_>>();
    let code =
        format!("fn main() -> Result<(), palm_user::Error> {{\n{}\nOk(())\n}}\n", code.join("\n"));
    fs::write(program.join("src/main.rs"), code)?;
    let add = ["add", "palm-user", "--quiet", "--path"];
    let mut counts = check(cargo(place).args(add).arg(packed).current_dir(&program))?;
    let run = ["run", "--quiet", "--target-dir"];
    let target = place.target.join("crate-user");
    counts.add(check(cargo(place).args(run).arg(target).current_dir(&program))?);
    Ok(counts)
}

/// The wasm tests, each binary run by a program and its arguments.
fn wasm_tests(place: &Place, runner: &[&Path]) -> Result<Command> {
    let parts = runner.iter().map(|part| {
        // As a list: cargo would split a text at its blanks. JSON's strings are TOML's.
        let part = part.to_str().context("the path of this checkout is not valid UTF-8")?;
        Ok(serde_json::Value::from(part).to_string())
    });
    let parts = parts.collect::<Result<Vec<_>>>()?.join(", ");
    let mut command = cargo(place);
    command.args(["--config", &format!("target.{}.runner = [{parts}]", build::TARGET)]);
    command.args(["test", "-p", "palm-user", "--test", "wasm"]);
    command.args(["--target", build::TARGET, "--features", "wasm"]);
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    // What ships: the module's allocator and vectors. In a folder of their own, for
    // other flags make everything anew.
    command.env("RUSTFLAGS", build::MODULE_FLAGS.join(" "));
    command.arg("--target-dir").arg(place.target.join("module-tests"));
    Ok(command)
}

pub(super) fn wasm_node(place: &Place) -> Result<Counts> {
    let runner = env::current_exe()?;
    let mut command = wasm_tests(place, &[&runner, Path::new("wasm-test-runner")])?;
    counted(command.env("WASM_BINDGEN_USE_NODE_EXPERIMENTAL", "1"), counts::libtest)
}

pub(super) fn wasm_chromium(place: &Place) -> Result<Counts> {
    let Some(chromium) = browser::find_or_install(place)? else {
        return Ok(counts::skipped(browser::MISSING));
    };
    let script = place.root.join("tests/browser/wasm-runner.mjs");
    let runner = env::current_exe()?;
    let mut command = wasm_tests(place, &[Path::new("node"), &script, &runner])?;
    counted(command.env("CHROMIUM", chromium), counts::libtest)
}

/// The package; and again from the sources on, which must give the same bytes.
pub(super) fn build(place: &Place) -> Result<Counts> {
    build::run(place)?;
    let first = build::contents(&place.root)?;
    let clean = ["clean", "--quiet", "-p", "palm-user", "--release", "--target"];
    check(cargo(place).args(clean).arg(build::TARGET))?;
    build::run(place)?;
    let mut counts = counts::one(true);
    counts.add(counts::one(build::contents(&place.root)? == first));
    Ok(counts)
}
