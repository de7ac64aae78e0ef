//! Every set of the crate's features, on every target: what `cargo hack` does, without
//! a tool to install.

use anyhow::Result;

use crate::build;
use crate::place::Place;
use crate::process::{cargo, say};

/// Those that a user can choose. `http` needs `json`, and `reqwest` both, so a set with
/// one of them stands for the sets that lack what it needs.
const FEATURES: [&str; 7] = ["json", "http", "reqwest", "fetch", "hmac", "preserve_order", "wasm"];

/// Whether the crate compiles without a warning with every set, natively and on wasm32.
pub(crate) fn run(place: &Place) -> Result<bool> {
    let mut is_clean = true;
    for target in [None, Some(build::TARGET)] {
        for features in sets() {
            let features = features.join(",");
            let mut command = cargo(place);
            command.args([
                "clippy",
                "-p",
                "palm-user",
                "--lib",
                "--quiet",
                "--no-default-features",
            ]);
            command.args(["--features", &features]);
            command.args(target.iter().flat_map(|target| ["--target", target]));
            let succeeded = command.args(["--", "-D", "warnings"]).status()?.success();
            let verdict = if succeeded { "✓" } else { "✗" };
            say!("{verdict} {} {features}", target.unwrap_or("native"));
            is_clean &= succeeded;
        }
    }
    Ok(is_clean)
}

/// All sets of features that differ in what they turn on.
fn sets() -> Vec<Vec<&'static str>> {
    let all = FEATURES.iter().fold(vec![Vec::new()], |sets: Vec<Vec<&str>>, feature| {
        let with = sets.iter().map(|set| [set.as_slice(), &[*feature]].concat());
        sets.iter().cloned().chain(with).collect()
    });
    let needs = |feature: &str| match feature {
        "http" | "fetch" | "preserve_order" => &["json"][..],
        "reqwest" => &["json", "http"],
        _ => &[],
    };
    let is_closed = |set: &Vec<&str>| {
        set.iter().all(|feature| needs(feature).iter().all(|needed| set.contains(needed)))
    };
    all.into_iter().filter(is_closed).collect()
}
