//! Inputs that nobody wrote: half of the time for the exports in Node.js, half
//! for the crate under libFuzzer.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::build;
use crate::process::{first_line, run as run_program, step};

const TARGETS: [&str; 2] = ["rules", "values"];

/// What libFuzzer steers by. cargo-fuzz sets the same, and wants a nightly
/// compiler for the sanitizers; safe code does well without those.
const INSTRUMENTATION: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1";

/// Whether nothing was found. A find names its seed, or the file that holds it.
pub(crate) fn run(root: &Path, seconds: u32, seed: Option<u64>) -> Result<bool> {
    build::run(root)?;
    let mut exports = Command::new("node");
    exports.arg("fuzz/run.mjs").arg((seconds / 2).max(1).to_string());
    exports.args(seed.map(|seed| seed.to_string()));
    let mut nothing_found = exports.current_dir(root).status()?.success();
    let host = first_line("rustc", &["--print", "host-tuple"]).unwrap_or_default();
    let host = host.trim();
    let folder = root.join("target/fuzz");
    step("build the fuzz targets", || {
        run_program(
            Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
                .args(["build", "--quiet", "--release", "--target", host, "--target-dir"])
                .arg(&folder)
                // Cargo's own, of this program, would be passed on.
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                .env("RUSTFLAGS", INSTRUMENTATION)
                .current_dir(root.join("fuzz/native")),
        )
    })?;
    for target in TARGETS {
        let corpus = folder.join("corpus").join(target);
        std::fs::create_dir_all(&corpus)?;
        let mut command = Command::new(folder.join(host).join("release").join(target));
        command
            .arg(format!("-max_total_time={}", (seconds / 4).max(1)))
            .arg(format!("-artifact_prefix={}/", folder.display()))
            .args(["-print_final_stats=1", "-verbosity=0"])
            .arg(corpus);
        eprintln!("• {target} …");
        nothing_found &= command.current_dir(root).status()?.success();
    }
    Ok(nothing_found)
}
