//! Inputs that nobody wrote: half of the time for the exports in Node.js, half
//! for the crate under libFuzzer.

use std::process::Command;

use anyhow::Result;

use crate::build;
use crate::place::Place;
use crate::process::{cargo, first_line, node, run as run_program, say, status, step};

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
pub(crate) fn run(place: &Place, seconds: u32, seed: Option<u64>) -> Result<bool> {
    build::run(place)?;
    let mut exports = node(place);
    exports.arg("fuzz/run.mjs").arg((seconds / 2).max(1).to_string());
    exports.args(seed.map(|seed| seed.to_string()));
    let mut nothing_found = status(&mut exports)?.success();
    let host = first_line(Command::new("rustc").args(["--print", "host-tuple"]));
    let host = host.unwrap_or_default();
    let folder = place.target.join("fuzz");
    step("build the fuzz targets", || {
        run_program(
            cargo(place)
                .args(["build", "--quiet", "--release", "--target", &host, "--target-dir"])
                .arg(&folder)
                // Cargo's own, of this program, would be passed on.
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                .env("RUSTFLAGS", INSTRUMENTATION)
                .current_dir(place.root.join("fuzz/native")),
        )
    })?;
    for target in TARGETS {
        let corpus = folder.join("corpus").join(target);
        std::fs::create_dir_all(&corpus)?;
        let mut command = Command::new(folder.join(&host).join("release").join(target));
        command
            .arg(format!("-max_total_time={}", (seconds / 4).max(1)))
            .arg(format!("-artifact_prefix={}/", folder.display()))
            .args(["-print_final_stats=1", "-verbosity=0"])
            .arg(corpus);
        say!("• {target} …");
        nothing_found &= status(command.current_dir(&place.root))?.success();
    }
    Ok(nothing_found)
}
