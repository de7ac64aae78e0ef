//! The suites of the tests, each a program whose tests can be counted.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::build;
use crate::counts::{self, Counts};
use crate::process::watch;
use crate::setup;

type Suite = fn(&Path) -> Result<Counts>;

/// In the order they run: the quick ones first.
pub(crate) const SUITES: [(&str, Suite); 15] = [
    ("fmt", fmt),
    ("clippy", clippy),
    ("native", native),
    ("doc", doc),
    ("crate", published_crate),
    ("wasm-node", wasm_node),
    ("wasm-chromium", wasm_chromium),
    ("build", build),
    ("types", types),
    ("package", package),
    ("workerd", workerd),
    ("deployments", deployments),
    ("browser", browser),
    ("packaging", packaging),
    ("consumers", consumers),
];

/// Longer than any suite takes on a slow machine that builds from nothing.
const LIMIT: Duration = Duration::from_secs(15 * 60);

fn cargo(root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root);
    command
}

/// A program whose success is the one thing it tests.
fn check(command: &mut Command) -> Result<Counts> {
    Ok(counts::one(watch(command, LIMIT)?.success))
}

fn counted(command: &mut Command, count: fn(&str) -> Counts) -> Result<Counts> {
    let finished = watch(command, LIMIT)?;
    let mut counts = count(&finished.output);
    // A runner that fails without a failed test broke off.
    if !finished.success && counts.failed == 0 {
        counts.add(counts::one(false));
    }
    Ok(counts)
}

fn fmt(root: &Path) -> Result<Counts> {
    setup::component("rustfmt", &["fmt", "--version"])?;
    check(&mut cargo(root, &["fmt", "--all", "--check"]))
}

fn clippy(root: &Path) -> Result<Counts> {
    setup::component("clippy", &["clippy", "--version"])?;
    let native = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    let mut counts = check(&mut cargo(root, &native))?;
    let mut wasm = vec!["clippy", "-p", "palm-user", "--lib", "--test", "wasm", "--quiet"];
    wasm.extend(["--target", "wasm32-unknown-unknown", "--features", "wasm"]);
    wasm.extend(["--", "-D", "warnings"]);
    counts.add(check(&mut cargo(root, &wasm))?);
    // The module itself: without std, and with what only it has.
    let module = ["clippy", "-p", "palm-user", "--lib", "--quiet", "--no-default-features"];
    let target = ["--target", "wasm32-unknown-unknown", "--features", "wasm", "--target-dir"];
    let mut command = cargo(root, &module);
    command.args(target).arg(root.join("target/module-clippy")).args(["--", "-D", "warnings"]);
    counts
        .add(check(command.env("RUSTFLAGS", "--cfg=palm_user_module -Ctarget-feature=+simd128"))?);
    Ok(counts)
}

fn native(root: &Path) -> Result<Counts> {
    counted(&mut cargo(root, &["test", "--workspace", "--quiet"]), counts::libtest)
}

fn doc(root: &Path) -> Result<Counts> {
    let mut command = cargo(root, &["doc", "-p", "palm-user", "--no-deps", "--quiet"]);
    check(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// The crate as it would be published: packed without a warning, added to a
/// program that is the README's, and compiled by the oldest compiler it promises.
fn published_crate(root: &Path) -> Result<Counts> {
    let package = ["package", "-p", "palm-user", "--allow-dirty"];
    let packed = watch(&mut cargo(root, &package), LIMIT)?;
    let mut counts = counts::one(packed.success && !packed.output.contains("warning"));
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let value = |key: &str| {
        let line = manifest.lines().find_map(|line| line.strip_prefix(key));
        line.map(|value| value.trim_matches([' ', '=', '"']))
            .with_context(|| format!("Cargo.toml has no {key}"))
    };
    let packed = root.join(format!("target/package/palm-user-{}", value("version")?));
    counts.add(added(root, &packed)?);
    let oldest = value("rust-version")?;
    if !setup::toolchain(oldest) {
        eprintln!("  left out: Rust {oldest} cannot be installed here");
        return Ok(counts);
    }
    for features in [&[][..], &["--no-default-features"]] {
        // Not cargo: what runs this has chosen a toolchain already.
        let mut command = Command::new("rustup");
        command.args(["run", oldest, "cargo", "check", "--quiet", "-p", "palm-user"]);
        command.args(features).arg("--target-dir").arg(root.join("target/oldest"));
        counts.add(check(command.current_dir(root))?);
    }
    Ok(counts)
}

/// `cargo add` into a new program whose code is the README's.
fn added(root: &Path, packed: &Path) -> Result<Counts> {
    let program = root.join("target/crate-user");
    if program.exists() {
        fs::remove_dir_all(&program)?;
    }
    fs::create_dir_all(program.join("src"))?;
    let manifest = "[package]\nname = \"crate-user\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(program.join("Cargo.toml"), manifest)?;
    let readme = fs::read_to_string(root.join("README.md"))?;
    let example = readme.split_once("```rust\n").and_then(|(_, rest)| rest.split_once("```"));
    let (example, _) = example.context("README.md has no example in Rust")?;
    let code = example.lines().filter(|line| !line.starts_with("# ")).collect::<Vec<_>>();
    let code =
        format!("fn main() -> Result<(), palm_user::Error> {{\n{}\nOk(())\n}}\n", code.join("\n"));
    fs::write(program.join("src/main.rs"), code)?;
    let mut counts =
        check(cargo(&program, &["add", "palm-user", "--quiet", "--path"]).arg(packed))?;
    let run = ["run", "--quiet", "--target-dir"];
    counts.add(check(cargo(&program, &run).arg(root.join("target/crate-user/target")))?);
    Ok(counts)
}

/// The wasm tests under a runtime that the environment chooses.
fn wasm_tests(root: &Path) -> Result<Command> {
    let mut runner = env::current_exe()?.into_os_string();
    runner.push(" wasm-test-runner");
    let mut args = vec!["test", "-p", "palm-user", "--test", "wasm"];
    args.extend(["--target", "wasm32-unknown-unknown", "--features", "wasm"]);
    let mut command = cargo(root, &args);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    Ok(command)
}

fn wasm_node(root: &Path) -> Result<Counts> {
    let mut command = wasm_tests(root)?;
    counted(command.env("WASM_BINDGEN_USE_NODE_EXPERIMENTAL", "1"), counts::libtest)
}

fn wasm_chromium(root: &Path) -> Result<Counts> {
    let browser = browser::find_or_install()?;
    let capabilities = root.join("target/webdriver.json");
    browser.write_capabilities(&capabilities)?;
    let mut command = wasm_tests(root)?;
    command
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env("CHROMEDRIVER", &browser.chromedriver);
    counted(&mut command, counts::libtest)
}

/// The package; and again from the sources on, which must give the same bytes.
fn build(root: &Path) -> Result<Counts> {
    build::run(root)?;
    let first = build::contents(root)?;
    let clean = ["clean", "--quiet", "-p", "palm-user", "--release", "--target"];
    check(cargo(root, &clean).arg(build::TARGET))?;
    build::run(root)?;
    let mut counts = counts::one(true);
    counts.add(counts::one(build::contents(root)? == first));
    Ok(counts)
}

fn types(root: &Path) -> Result<Counts> {
    let mut counts = Counts::default();
    for project in ["pkg-template", "edge", "www"] {
        let tsc = root.join("node_modules/typescript/bin/tsc");
        counts.add(check(Command::new("node").arg(tsc).arg("-p").arg(project).current_dir(root))?);
    }
    Ok(counts)
}

/// The packed package, installed as a user installs it.
fn package(root: &Path) -> Result<Counts> {
    let consumer = root.join("target/consumer");
    if consumer.exists() {
        fs::remove_dir_all(&consumer)?;
    }
    fs::create_dir_all(&consumer)?;
    fs::write(consumer.join("package.json"), "{\"private\": true, \"type\": \"module\"}\n")?;
    let pack = ["pack", "--silent", "--pack-destination"];
    let packed = Command::new("npm")
        .args(pack)
        .arg(&consumer)
        .arg(root.join("pkg"))
        .current_dir(root)
        .output()
        .context("could not start npm")?;
    let name = String::from_utf8_lossy(&packed.stdout).trim().to_owned();
    if !packed.status.success() || name.is_empty() {
        bail!("npm pack failed: {}", String::from_utf8_lossy(&packed.stderr).trim());
    }
    let install = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--offline"];
    let tarball = format!("./{name}");
    let installed =
        watch(Command::new("npm").args(install).arg(&tarball).current_dir(&consumer), LIMIT)?;
    if !installed.success {
        bail!("the packed package could not be installed");
    }
    copy_folder(&root.join("tests/package"), &consumer)?;
    let mut command = node_tests(&consumer)?;
    command
        .env("PALM_USER_CASES", root.join("tests/cases"))
        .env("PALM_USER_ROOT", root)
        .current_dir(&consumer);
    counted(&mut command, counts::node)
}

/// A folder's files, and those of the folders in it.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let entries = fs::read_dir(from).with_context(|| format!("{} is missing", from.display()))?;
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The sandbox in workerd, and the package against it.
fn workerd(root: &Path) -> Result<Counts> {
    let mut command = node_tests(&root.join("tests/workerd"))?;
    counted(command.current_dir(root), counts::node)
}

/// The gateway where it is deployed, and the sessions of its recipes.
fn deployments(root: &Path) -> Result<Counts> {
    let browser = browser::find_or_install()?;
    let mut command = node_tests(&root.join("tests/deployments"))?;
    command.env("CHROMIUM", &browser.chromium).current_dir(root);
    counted(&mut command, counts::node)
}

/// The package in pages, the demo among them, against the sandbox.
fn browser(root: &Path) -> Result<Counts> {
    let browser = browser::find_or_install()?;
    build::page(root)?;
    let mut command = node_tests(&root.join("tests/browser"))?;
    command.env("CHROMIUM", &browser.chromium).current_dir(root);
    counted(&mut command, counts::node)
}

/// The package as publishers' tools, compilers and its own documentation see it.
fn packaging(root: &Path) -> Result<Counts> {
    let mut command = node_tests(&root.join("tests/packaging"))?;
    counted(command.current_dir(root), counts::node)
}

/// The packed package in runtimes, bundlers, frameworks and test runners.
fn consumers(root: &Path) -> Result<Counts> {
    let browser = browser::find_or_install()?;
    let mut command = node_tests(&root.join("tests/consumers"))?;
    command.env("CHROMIUM", &browser.chromium).current_dir(root);
    counted(&mut command, counts::node)
}

/// `node --test` on the test files of a folder.
fn node_tests(folder: &Path) -> Result<Command> {
    let mut files: Vec<PathBuf> = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} is missing", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.to_string_lossy();
        if name.ends_with(".test.mjs") || name.ends_with(".test.cjs") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("{} has no test files", folder.display());
    }
    files.sort();
    let mut command = Command::new("node");
    command.args(["--test", "--test-reporter=spec"]).args(files);
    Ok(command)
}
