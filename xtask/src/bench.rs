//! The benchmarks: figures to read, never to pass or fail on.

use anyhow::{Context, Result};

use crate::browser;
use crate::build;
use crate::engines;
use crate::place::Place;
use crate::process::{node, run as run_program, status, step};

/// Builds, measures, prints.
pub(crate) fn run(place: &Place) -> Result<bool> {
    build::run(place)?;
    build::page(place)?;
    let browser = browser::find_or_install(place)?.context(browser::MISSING)?;
    for name in ["rules", "growth", "page", "gateway"] {
        step(&format!("measure the {name}"), || {
            let mut command = node(place);
            engines::set(place, &mut command)?;
            run_program(command.arg(format!("bench/{name}.mjs")).env("CHROMIUM", &browser))
        })?;
    }
    Ok(true)
}

/// Gateway and sandbox at full speed, or under attack, for a while: whether nothing failed or was lost.
pub(crate) fn load(place: &Place, seconds: u32, hostile: bool) -> Result<bool> {
    build::run(place)?;
    let program = if hostile { "bench/hostile.mjs" } else { "bench/load.mjs" };
    Ok(status(node(place).args([program, "--seconds", &seconds.to_string()]))?.success())
}
