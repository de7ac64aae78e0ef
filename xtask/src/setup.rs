//! What the machine must have. Cargo and Node.js are there; the rest is installed.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::place::Place;
use crate::process::{first_line, node, npm, run, step};

const TARGET: &str = "wasm32-unknown-unknown";

/// The oldest release of each line of Node.js that the development tools run on; Vite's
/// own floor. The published package asks for less.
const OLDEST_NODE: [(u32, u32); 3] = [(20, 19), (22, 12), (24, 0)];

/// What building needs: Node.js, the wasm target, the npm packages.
pub(crate) fn build_tools(place: &Place) -> Result<()> {
    check_node(first_line(node(place).arg("--version")).as_deref())?;
    wasm_target(place)?;
    npm_packages(place)
}

/// A component of the toolchain that not every installation has.
pub(crate) fn component(name: &str, probe: &mut Command) -> Result<()> {
    if first_line(probe).is_some() {
        return Ok(());
    }
    step(&format!("install {name}"), || {
        run(Command::new("rustup").args(["component", "add", name]))
    })
}

/// Whether that version of Rust is there. It is not installed unasked: it is large,
/// and needed for one check.
pub(crate) fn has_toolchain(version: &str) -> bool {
    first_line(Command::new("rustup").args(["run", version, "rustc", "--version"])).is_some()
}

fn check_node(version: Option<&str>) -> Result<()> {
    let wanted = "install 20.19, 22.12, 24 or newer from https://nodejs.org";
    let version = version.with_context(|| format!("Node.js was not found; {wanted}"))?;
    if !parse(version).is_some_and(is_new_enough) {
        bail!("Node.js is {version}, which the development tools do not run on; {wanted}");
    }
    Ok(())
}

fn is_new_enough((major, minor): (u32, u32)) -> bool {
    let [.., (newest, _)] = OLDEST_NODE;
    major > newest || OLDEST_NODE.iter().any(|(line, oldest)| major == *line && minor >= *oldest)
}

/// The 20 and 1 of v20.1.2.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

fn wasm_target(place: &Place) -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(&place.root);
    if first_line(&mut rustc).is_some_and(|path| Path::new(&path).is_dir()) {
        return Ok(());
    }
    step(&format!("install the target {TARGET}"), || {
        let mut rustup = Command::new("rustup");
        run(rustup.args(["target", "add", TARGET]).current_dir(&place.root))
            .with_context(|| format!("add the target {TARGET} to the Rust toolchain by hand"))
    })
}

/// The packages of the lock file, once for each lock file and kind of machine.
fn npm_packages(place: &Place) -> Result<()> {
    let lock = fs::read(place.root.join("package-lock.json"));
    let lock = lock.context("package-lock.json is missing")?;
    let stamp = place.root.join(format!("node_modules/.installed-{OS}-{ARCH}.json"));
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step("install the npm packages, a gigabyte", || {
        // Named, as NODE_ENV or a setting of the user's may leave them out. Of the
        // scripts, which npm warns of, one alone does something that is needed.
        let options = ["--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
        run(npm(place).arg("ci").args(options))?;
        run(node(place).arg("node_modules/bun/install.js"))?;
        Ok(fs::write(&stamp, &lock)?)
    })
}

#[cfg(test)]
mod tests {
    use super::{check_node, is_new_enough, parse};

    #[test]
    fn node_versions() {
        let check = |version: &str, expect: bool| {
            assert_eq!(parse(version).is_some_and(is_new_enough), expect, "{version}");
        };
        check("v20.19.0", true);
        check("v20.20.2\n", true);
        check("v20.18.3", false);
        check("v21.7.0", false);
        check("v22.11.0", false);
        check("v22.12.0", true);
        check("v23.4.0", false);
        check("v24.0.0", true);
        check("v27.1.0", true);
        check("v8.0.0", false);
        check("20.19.0", false);
        check("", false);
    }

    #[test]
    fn a_node_that_is_too_old_is_told_in_one_line() {
        let told = check_node(Some("v20.10.0")).unwrap_err().to_string();
        assert!(told.contains("v20.10.0") && told.contains("20.19") && !told.contains('\n'));
        assert!(check_node(None).unwrap_err().to_string().contains("not found"));
    }
}
