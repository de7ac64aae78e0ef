//! One command for each job. `cargo xtask --help` lists them.

mod bench;
mod browser;
mod build;
mod counts;
mod demo;
mod fuzz;
mod process;
mod setup;
mod suites;
mod test;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

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
    /// Hostile inputs: to every export in Node.js, and to the crate by libFuzzer.
    Fuzz {
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Where the inputs begin; a find names the seed that leads to it.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Installs what is missing, the browser for the tests included.
    Setup,
    /// What cargo calls to run a wasm test binary.
    #[command(hide = true, trailing_var_arg = true)]
    WasmTestRunner {
        /// As `wasm-bindgen-test-runner` takes them.
        #[arg(allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the job succeeded.
fn run(command: Command) -> Result<bool> {
    let root = root()?;
    match command {
        Command::Demo { once, port } => demo::run(&root, once, port),
        Command::Test { suites } => test::run(&root, &suites),
        Command::Build { page } => {
            build::run(&root)?;
            if page {
                build::page(&root)?;
            }
            Ok(true)
        }
        Command::Bench => bench::run(&root),
        Command::Load { seconds, hostile } => bench::load(&root, seconds, hostile),
        Command::Fuzz { seconds, seed } => fuzz::run(&root, seconds, seed),
        Command::Setup => {
            setup::build_tools(&root)?;
            browser::find_or_install()?;
            Ok(true)
        }
        Command::WasmTestRunner { args } => {
            let args = std::iter::once(OsString::from("wasm-test-runner")).chain(args);
            wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(args)?;
            Ok(true)
        }
    }
}

fn root() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map(Path::to_path_buf).context("xtask lies in the repository's root")
}
