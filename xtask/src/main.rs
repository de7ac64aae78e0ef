//! One command for each job. `cargo xtask --help` lists them.

mod bench;
mod browser;
mod build;
mod counts;
mod demo;
mod ending;
mod engines;
mod features;
mod fuzz;
mod mutate;
mod place;
mod process;
mod setup;
mod suites;
mod test;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::place::Place;
use crate::process::say;

/// The commands of this repository.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Updates a user of the sandbox, step by step, and keeps serving.
    Demo {
        /// End after the last step.
        #[arg(long)]
        once: bool,
        /// Where the sandbox listens; with --once any free port.
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// With what was built before.
        #[arg(long, hide = true)]
        built: bool,
    },
    /// Installs what is missing and runs the tests.
    Test {
        /// The suites to run; all of them unless named.
        suites: Vec<String>,
    },
    /// Makes the npm package in pkg/.
    Build {
        /// And the page in www/dist/, which `edge/` deploys.
        #[arg(long)]
        page: bool,
    },
    /// Makes the documentation site in www/dist/docs/, after a build of the package.
    Docs,
    /// Makes the pictures and quoted figures of the documentation anew.
    Pictures,
    /// Measures, and prints what was measured.
    Bench,
    /// Runs the gateway before the sandbox at full speed, on loopback, and looks for what was lost.
    Load {
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Attacks instead, with people among them: all of these must be answered, in flat memory.
        #[arg(long)]
        hostile: bool,
    },
    /// Lints the crate with every set of its features, natively and on wasm32.
    Features,
    /// Hostile inputs: to every export in Node.js, and to the crate by libFuzzer.
    Fuzz {
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Where the inputs begin; a find names the seed that leads to it.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Puts faults in, one at a time, and prints those that no test notices.
    Mutate {
        #[arg(long, default_value_t = 600)]
        seconds: u64,
        /// Which faults: another number tries others first.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// gateway, call, store, session, rules; all of them unless named.
        areas: Vec<String>,
    },
    /// Installs what is missing, the browsers for the tests included.
    Setup,
    /// What cargo calls to run a wasm test binary.
    #[command(hide = true, trailing_var_arg = true)]
    WasmTestRunner {
        /// As `wasm-bindgen-test-runner` takes them.
        #[arg(allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Ends what another xtask started, when that one is killed.
    #[command(hide = true)]
    WatchOver {
        /// The other one.
        parent: u32,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::WasmTestRunner { args } => run_wasm_tests(args),
        Command::WatchOver { parent } => {
            ending::watch_over(parent);
            Ok(true)
        }
        command => {
            let result = ending::prepare().and_then(|()| run(command));
            ending::finish();
            result
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the job succeeded.
fn run(command: Command) -> Result<bool> {
    let place = Place::find()?;
    if let Command::Demo { once, port, built } = command {
        // It gives the lock back while it serves.
        return demo::run(&place, once, port, built);
    }
    let _lock = place.lock()?;
    match command {
        Command::Test { suites } => test::run(&place, &suites),
        Command::Build { page } => {
            build::run(&place)?;
            if page {
                build::page(&place)?;
            }
            Ok(true)
        }
        Command::Docs => {
            build::run(&place)?;
            build::docs(&place)?;
            Ok(true)
        }
        Command::Pictures => {
            build::run(&place)?;
            build::pictures(&place)
        }
        Command::Bench => bench::run(&place),
        Command::Load { seconds, hostile } => bench::load(&place, seconds, hostile),
        Command::Features => features::run(&place),
        Command::Fuzz { seconds, seed } => fuzz::run(&place, seconds, seed),
        Command::Mutate { seconds, seed, areas } => {
            mutate::run(&place, &mutate::Plan { seconds, seed, areas })
        }
        Command::Setup => {
            setup::build_tools(&place)?;
            browser::find_or_install(&place)?;
            engines::set(&place, &mut process::node(&place))?;
            Ok(true)
        }
        Command::Demo { .. } | Command::WasmTestRunner { .. } | Command::WatchOver { .. } => {
            Ok(true)
        }
    }
}

fn run_wasm_tests(args: Vec<OsString>) -> Result<bool> {
    let args = std::iter::once(OsString::from("wasm-test-runner")).chain(args);
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(args)?;
    Ok(true)
}
