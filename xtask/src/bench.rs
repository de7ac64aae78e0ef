//! The benchmarks: figures to read, never to pass or fail on.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::browser;
use crate::build;
use crate::process::{run as run_program, step};

/// Builds, measures, prints.
pub(crate) fn run(root: &Path) -> Result<bool> {
    build::run(root)?;
    build::page(root)?;
    let browser = browser::find_or_install()?;
    for name in ["rules", "growth", "page", "gateway"] {
        step(&format!("measure the {name}"), || {
            run_program(
                Command::new("node")
                    .arg(format!("bench/{name}.mjs"))
                    .env("CHROMIUM", &browser.chromium)
                    .current_dir(root),
            )
        })?;
    }
    Ok(true)
}

/// Gateway and sandbox at full speed, or under attack, for a while: whether nothing failed or was lost.
pub(crate) fn load(root: &Path, seconds: u32, hostile: bool) -> Result<bool> {
    build::run(root)?;
    let program = if hostile { "bench/hostile.mjs" } else { "bench/load.mjs" };
    let mut command = Command::new("node");
    command.args([program, "--seconds", &seconds.to_string()]).current_dir(root);
    Ok(command.status()?.success())
}
