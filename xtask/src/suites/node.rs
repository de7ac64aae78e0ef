//! The package: its types, its tests on this machine's Node.js and on the oldest,
//! and as runtimes, browsers and publishers' tools see it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{LIMIT, check, counted};
use crate::browser;
use crate::build;
use crate::counts::{self, Counts};
use crate::engines;
use crate::place::{Place, mark_as_locked};
use crate::process::{node, npm, run, step, watch};

pub(super) fn types(place: &Place) -> Result<Counts> {
    let mut counts = Counts::default();
    for project in ["pkg-template", "sandbox", "edge", "www"] {
        let tsc = ["node_modules/typescript/bin/tsc", "-p", project];
        counts.add(check(node(place).args(tsc))?);
    }
    Ok(counts)
}

/// The packed package, installed as a user installs it.
pub(super) fn package(place: &Place) -> Result<Counts> {
    let consumer = consumer(place, "consumer")?;
    let mut command = package_tests(place, &consumer, node(place));
    counted(command.args(["--test-reporter=spec"]).args(test_files(&consumer)?), counts::node)
}

/// The packed package on the oldest Node.js that its manifest names. The long tests,
/// which try the same code many times, are left to the newer one.
pub(super) fn oldest_node(place: &Place) -> Result<Counts> {
    const LONG: [&str; 7] = ["chaos", "fuzz", "model", "oracle", "scopes", "paths", "faults"];
    let consumer = consumer(place, "oldest-node")?;
    let manifest = fs::read(consumer.join("node_modules/palm-user/package.json"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
    let range = manifest.pointer("/engines/node").and_then(serde_json::Value::as_str);
    let oldest = range.and_then(|range| range.strip_prefix(">="));
    let oldest = oldest.context("engines.node of the package is not >= a version")?;
    let Some(binary) = released_node(place, oldest) else {
        return Ok(counts::skipped(&format!("npm has no Node.js {oldest} for this machine")));
    };
    let mut files = test_files(&consumer)?;
    files.retain(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        !LONG.iter().any(|long| name.contains(long))
    });
    let mut oldest = Command::new(binary);
    oldest.env_remove("NODE_ENV");
    let mut command = package_tests(place, &consumer, oldest);
    counted(command.args(["--test-reporter=spec"]).args(files), counts::node)
}

/// A new folder with the packed package and the tests of it.
fn consumer(place: &Place, name: &str) -> Result<PathBuf> {
    let folder = place.work(name);
    install_packed(place, &folder, &["pkg"])?;
    copy_folder(&place.root.join("tests/package"), &folder)?;
    Ok(folder)
}

fn package_tests(place: &Place, consumer: &Path, mut command: Command) -> Command {
    command
        .env("PALM_USER_CASES", place.root.join("tests/cases"))
        .env("PALM_USER_ROOT", &place.root)
        .current_dir(consumer)
        .arg("--test");
    command
}

/// A release of Node.js, from the packages that npm's `node` is made of.
fn released_node(place: &Place, version: &str) -> Option<PathBuf> {
    let system = match env::consts::OS {
        "macos" => "darwin",
        "windows" => "win",
        other => other,
    };
    let machine = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let name = format!("node-{system}-{machine}");
    let folder = place.work(&format!("node-{version}"));
    let binary = folder.join("node_modules").join(&name).join("bin");
    let binary = binary.join(format!("node{}", env::consts::EXE_SUFFIX));
    if binary.is_file() {
        return Some(binary);
    }
    let installed = step(&format!("install Node.js {version} for a test"), || {
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
        let options = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"];
        run(npm(place).args(options).arg(format!("{name}@{version}")).current_dir(&folder))
    });
    installed.ok().filter(|()| binary.is_file()).map(|()| binary)
}

/// A new folder with nothing but the packed packages installed in it.
fn install_packed(place: &Place, folder: &Path, packages: &[&str]) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("package.json"), "{\"private\": true, \"type\": \"module\"}\n")?;
    let pack = ["pack", "--silent", "--pack-destination"];
    let mut command = npm(place);
    command.args(pack).arg(folder).args(packages.iter().map(|package| place.root.join(package)));
    let packed = command.output().context("could not start npm")?;
    let names = String::from_utf8_lossy(&packed.stdout);
    let tarballs: Vec<String> = names.split_whitespace().map(|name| format!("./{name}")).collect();
    if !packed.status.success() || tarballs.len() != packages.len() {
        bail!("npm pack failed: {}", String::from_utf8_lossy(&packed.stderr).trim());
    }
    let install = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--offline"];
    if !watch(npm(place).args(install).args(&tarballs).current_dir(folder), LIMIT)?.success {
        bail!("the packed package could not be installed");
    }
    Ok(())
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

/// palm-user-sandbox from its tarball: in memory, over HTTP, as a command.
pub(super) fn sandbox(place: &Place) -> Result<Counts> {
    let folder = place.work("sandbox-consumer");
    install_packed(place, &folder, &["pkg", "pkg-sandbox"])?;
    copy_folder(&place.root.join("tests/sandbox"), &folder)?;
    let mut command = node_tests(place, &folder)?;
    command.env("PALM_USER_ROOT", &place.root);
    counted(command.current_dir(&folder), counts::node)
}

/// The sandbox in workerd, and the package against it.
pub(super) fn workerd(place: &Place) -> Result<Counts> {
    counted(&mut node_tests(place, &place.root.join("tests/workerd"))?, counts::node)
}

/// The gateway where it is deployed, and the sessions of its recipes.
pub(super) fn deployments(place: &Place) -> Result<Counts> {
    let Some(chromium) = browser::find_or_install(place)? else {
        return Ok(counts::skipped(browser::MISSING));
    };
    let mut command = node_tests(place, &place.root.join("tests/deployments"))?;
    counted(command.env("CHROMIUM", chromium), counts::node)
}

/// The package in pages, the demo among them, against the sandbox.
pub(super) fn browser(place: &Place) -> Result<Counts> {
    let Some(chromium) = browser::find_or_install(place)? else {
        return Ok(counts::skipped(browser::MISSING));
    };
    build::page(place)?;
    let mut command = node_tests(place, &place.root.join("tests/browser"))?;
    let mut counts = engines::set(place, command.env("CHROMIUM", chromium))?;
    counts.add(counted(&mut command, counts::node)?);
    Ok(counts)
}

/// Spelling, grammar and style of documents, comments and the page.
pub(super) fn prose(place: &Place) -> Result<Counts> {
    counted(&mut node_tests(place, &place.root.join("tests/prose"))?, counts::node)
}

/// The documentation: built, with a dead link as a fault, and read in Chromium.
pub(super) fn site(place: &Place) -> Result<Counts> {
    build::docs(place)?;
    let mut command = node_tests(place, &place.root.join("tests/site"))?;
    match browser::find_or_install(place)? {
        Some(chromium) => command.env("CHROMIUM", chromium),
        None => command.env("PALM_USER_NO_BROWSER", browser::MISSING),
    };
    if let Some(node) = released_node(place, NEXT_NODE) {
        command.env("PALM_USER_NODE_24", node);
    }
    counted(&mut command, counts::node)
}

/// The examples in JavaScript, each by `npm start` from the packed packages, in Chromium.
pub(super) fn apps(place: &Place) -> Result<Counts> {
    let Some(chromium) = browser::find_or_install(place)? else {
        return Ok(counts::skipped(browser::MISSING));
    };
    let mut command = node_tests(place, &place.root.join("tests/apps"))?;
    counted(command.env("CHROMIUM", chromium), counts::node)
}

/// The package as publishers' tools, compilers and its own documentation see it.
pub(super) fn packaging(place: &Place) -> Result<Counts> {
    counted(&mut node_tests(place, &place.root.join("tests/packaging"))?, counts::node)
}

/// A release of Node.js 24, the first line with source phase imports.
const NEXT_NODE: &str = "24.21.0";

/// The packed package in runtimes, bundlers, frameworks and test runners.
pub(super) fn consumers(place: &Place) -> Result<Counts> {
    let mut command = node_tests(place, &place.root.join("tests/consumers"))?;
    match browser::find_or_install(place)? {
        Some(chromium) => command.env("CHROMIUM", chromium),
        None => command.env("PALM_USER_NO_BROWSER", browser::MISSING),
    };
    counted(&mut command, counts::node)
}

/// These commands themselves, as a user runs and ends them.
pub(super) fn machine(place: &Place) -> Result<Counts> {
    let mut command = node_tests(place, &place.root.join("tests/machine"))?;
    command.env("PALM_USER_XTASK", env::current_exe()?);
    mark_as_locked(&mut command);
    counted(&mut command, counts::node)
}

/// `node --test` on the test files of a folder.
pub(super) fn node_tests(place: &Place, folder: &Path) -> Result<Command> {
    let mut command = node(place);
    command.args(["--test", "--test-reporter=spec"]).args(test_files(folder)?);
    Ok(command)
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
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
    Ok(files)
}
