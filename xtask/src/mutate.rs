//! Faults put in on purpose, one at a time: what no test notices is printed.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::build;
use crate::place::Place;
use crate::process::{cargo, node, run as run_program, say, status, step, watch};

const CARGO_MUTANTS: &str = "27.1.0";

/// The rules are cut into so many parts; the seed says which is tried.
const PARTS: u64 = 16;

/// What to change, and for how long.
pub(crate) struct Plan {
    pub(crate) seconds: u64,
    pub(crate) seed: u64,
    pub(crate) areas: Vec<String>,
}

/// Whether every fault was noticed that is not explained. The areas are `rules`, of the
/// crate, and those of tests/mutate/run.mjs; each kind has half of the time.
pub(crate) fn run(place: &Place, plan: &Plan) -> Result<bool> {
    let (rust, typescript): (Vec<&str>, Vec<&str>) =
        plan.areas.iter().map(String::as_str).partition(|area| *area == "rules");
    let is_all = plan.areas.is_empty();
    let seconds = if is_all || !(rust.is_empty() || typescript.is_empty()) {
        plan.seconds / 2
    } else {
        plan.seconds
    };
    let mut all_noticed = true;
    if is_all || !typescript.is_empty() {
        build::run(place)?;
        let mut command = node(place);
        command.args(["tests/mutate/run.mjs", "--seconds", &seconds.to_string()]);
        command.args(["--seed", &plan.seed.to_string()]);
        if !is_all {
            command.args(["--area", &typescript.join(",")]);
        }
        all_noticed &= status(&mut command)?.success();
    }
    if is_all || !rust.is_empty() {
        all_noticed &= rules(place, seconds, plan.seed)?;
    }
    Ok(all_noticed)
}

/// The crate by cargo-mutants, held to its native tests.
fn rules(place: &Place, seconds: u64, seed: u64) -> Result<bool> {
    let tools = place.work("tools");
    let program = tools.join(format!("bin/cargo-mutants{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        step("install cargo-mutants", || {
            let install = ["install", "cargo-mutants", "--locked", "--version", CARGO_MUTANTS];
            run_program(cargo(place).args(install).arg("--root").arg(&tools))
        })?;
    }
    let output = place.work("mutate");
    fs::create_dir_all(&output)?;
    let mut command = Command::new(program);
    command.arg("mutants").args(["--package", "palm-user", "--colors", "never"]);
    let part = seed.checked_rem(PARTS).unwrap_or(0);
    command.args(["--shard", &format!("{part}/{PARTS}"), "--sharding", "round-robin"]);
    // The bindings are tried by the suites of the package, which cargo does not run.
    command.args(["--exclude", "src/wasm/**", "--minimum-test-timeout", "60"]);
    command.arg("--output").arg(&output).args(["--", "--tests"]).current_dir(&place.root);
    watch(&mut command, Duration::from_secs(seconds))?;
    let outcomes = output.join("mutants.out");
    let caught = lines(&outcomes, "caught").len().saturating_add(lines(&outcomes, "timeout").len());
    let missed = lines(&outcomes, "missed");
    for line in &missed {
        say!("survived: {line}");
    }
    say!("rules, part {part} of {PARTS}: {caught} caught, {} survived", missed.len());
    Ok(missed.is_empty())
}

fn lines(outcomes: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(outcomes.join(format!("{name}.txt"))).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}
