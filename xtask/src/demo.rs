//! The main job, to be seen: a user of the sandbox is really updated.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::process::{end, spawn, step};

const START_LIMIT: Duration = Duration::from_secs(60);

/// Builds, starts the sandbox, shows the steps; then serves until it is ended,
/// or ends with `once`.
pub(crate) fn run(root: &Path, once: bool, port: u16) -> Result<bool> {
    build::run(root)?;
    build::page(root)?;
    let state = root.join(if once { "target/sandbox-once" } else { "target/sandbox" });
    if once && state.exists() {
        fs::remove_dir_all(&state)?;
    }
    let port = if once { 0 } else { port };
    let mut sandbox = Sandbox::start(root, port, &state)?;
    let shown = Command::new("node")
        .args(["www/terminal.mjs", "--sandbox", &sandbox.url])
        .current_dir(root)
        .status()
        .context("could not start node")?
        .success();
    if once || !shown {
        return Ok(shown);
    }
    println!("Open {} to touch it; Ctrl-C ends it.", sandbox.url);
    sandbox.process.wait()?;
    Ok(true)
}

/// The sandbox in workerd; ended when it is dropped.
struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    fn start(root: &Path, port: u16, state: &Path) -> Result<Self> {
        step("start the sandbox", || {
            let mut process = spawn(
                Command::new("node")
                    .args(["edge/sandbox.mjs", "--page", "--port", &port.to_string(), "--persist"])
                    .arg(state)
                    .current_dir(root),
            )?;
            match wait_for_address(&mut process) {
                Ok(url) => Ok(Sandbox { process, url }),
                Err(error) => {
                    end(&mut process);
                    Err(error)
                }
            }
        })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn wait_for_address(process: &mut Child) -> Result<String> {
    let output = process.stdout.take().context("the sandbox has no output")?;
    let (sender, address) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            match line.strip_prefix("sandbox listening on ") {
                Some(url) => drop(sender.send(url.trim().to_owned())),
                None => eprintln!("  {line}"),
            }
        }
    });
    match address.recv_timeout(START_LIMIT) {
        Ok(url) => Ok(url),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            bail!("the sandbox did not start within {} s", START_LIMIT.as_secs())
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            bail!("the sandbox ended at once; its port may be taken (choose one with --port)")
        }
    }
}
