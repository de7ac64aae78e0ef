//! The benchmarks: figures to read, never to pass or fail on.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::browser;
use crate::build;
use crate::process::run as run_program;

/// Builds, measures, prints.
pub(crate) fn run(root: &Path) -> Result<bool> {
    build::run(root)?;
    build::page(root)?;
    let browser = browser::find_or_install()?;
    run_program(
        Command::new("node")
            .arg("bench/page.mjs")
            .env("CHROMIUM", &browser.chromium)
            .current_dir(root),
    )?;
    Ok(true)
}
