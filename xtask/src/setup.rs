//! What the machine must have. Cargo and Node are there; the rest is installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{first_line, run, step};

const TARGET: &str = "wasm32-unknown-unknown";
const OLDEST_NODE: u32 = 20;

/// What building needs: Node, the wasm target, the npm packages.
pub(crate) fn build_tools(root: &Path) -> Result<()> {
    node()?;
    wasm_target()?;
    npm_packages(root)
}

/// A component of the toolchain that not every installation has.
pub(crate) fn component(name: &str, probe: &[&str]) -> Result<()> {
    if first_line("cargo", probe).is_some() {
        return Ok(());
    }
    step(&format!("install {name}"), || {
        run(Command::new("rustup").args(["component", "add", name]))
    })
}

/// Whether that version of Rust is there, installed if need be.
pub(crate) fn toolchain(version: &str) -> bool {
    if first_line("rustup", &["run", version, "rustc", "--version"]).is_some() {
        return true;
    }
    let install = ["toolchain", "install", version, "--profile", "minimal", "--no-self-update"];
    step(&format!("install Rust {version}"), || run(Command::new("rustup").args(install))).is_ok()
}

fn node() -> Result<()> {
    let version = first_line("node", &["--version"])
        .context("node was not found; install Node.js 20 or newer")?;
    match major(&version) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!("node is {version}; install Node.js {OLDEST_NODE} or newer"),
    }
}

/// The 20 of v20.1.2.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn wasm_target() -> Result<()> {
    let libraries = first_line("rustc", &["--print", "target-libdir", "--target", TARGET]);
    if libraries.is_some_and(|path| Path::new(path.trim()).is_dir()) {
        return Ok(());
    }
    step(&format!("install the target {TARGET}"), || {
        run(Command::new("rustup").args(["target", "add", TARGET]))
            .with_context(|| format!("add the target {TARGET} to the Rust toolchain by hand"))
    })
}

/// The packages of the lock file, once for each lock file.
fn npm_packages(root: &Path) -> Result<()> {
    let lock = fs::read(root.join("package-lock.json")).context("package-lock.json is missing")?;
    let stamp = root.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step("install the npm packages", || {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(root))?;
        Ok(fs::write(&stamp, &lock)?)
    })
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn node_versions() {
        let check = |version: &str, expect: Option<u32>| assert_eq!(major(version), expect);
        check("v20.20.2\n", Some(20));
        check("v8.0.0", Some(8));
        check("20.1.0", None);
        check("", None);
    }
}
