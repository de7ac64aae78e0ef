//! The main job, to be seen: a user of the sandbox is really updated.

use std::io::{BufRead, BufReader, ErrorKind, Write, stdout};
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::ending;
use crate::place::Place;
use crate::process::{node, say, spawn, status, step};

const START_LIMIT: Duration = Duration::from_secs(60);

/// Builds, starts the sandbox, shows the steps; then serves until it is ended,
/// or ends with `once`.
pub(crate) fn run(place: &Place, once: bool, port: u16, built: bool) -> Result<bool> {
    let port = if once { 0 } else { port };
    check_port(port)?;
    let lock = place.lock()?;
    if !built {
        build::run(place)?;
        build::page(place)?;
        build::docs(place)?;
    }
    let mut sandbox = Sandbox::start(place, port)?;
    let steps = ["www/terminal.mjs", "--sandbox", &sandbox.url];
    let shown = status(node(place).args(steps))?.success();
    // The sandbox has read what it needs.
    drop(lock);
    if once || !shown {
        return Ok(shown);
    }
    writeln!(stdout(), "Open {} to touch it; Ctrl-C ends it.", sandbox.url)?;
    let ended = sandbox.process.wait()?;
    bail!("the sandbox ended by itself, with {ended}")
}

/// Before minutes of building, and in one line.
fn check_port(port: u16) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is taken; choose another with --port, or any free one with --port 0")
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            bail!("port {port} is for root alone; choose one from 1024 on with --port")
        }
        Err(error) => bail!("port {port} cannot be listened on: {error}"),
    }
}

/// The sandbox in workerd; ended when it is dropped.
struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    fn start(place: &Place, port: u16) -> Result<Self> {
        step("start the sandbox", || {
            let mut command = node(place);
            command.args(["edge/sandbox.mjs", "--page", "--port", &port.to_string()]);
            if port != 0 {
                // One for each port: two sandboxes must not write to one folder.
                command.arg("--persist").arg(place.work("sandbox").join(port.to_string()));
            }
            let mut process = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
            match wait_for_address(&mut process) {
                Ok(url) => Ok(Sandbox { process, url }),
                Err(error) => {
                    ending::end(process.id());
                    let _ = process.wait();
                    Err(error)
                }
            }
        })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        ending::end(self.process.id());
        let _ = self.process.wait();
    }
}

fn wait_for_address(process: &mut Child) -> Result<String> {
    let output = process.stdout.take().context("the sandbox has no output")?;
    let (sender, address) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            match line.strip_prefix("sandbox listening on ") {
                Some(url) => drop(sender.send(url.trim().to_owned())),
                None => say!("  {line}"),
            }
        }
    });
    match address.recv_timeout(START_LIMIT) {
        Ok(url) => Ok(url),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            bail!("the sandbox did not start within {} s", START_LIMIT.as_secs())
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the sandbox ended at once"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::check_port;

    #[test]
    fn a_taken_port_is_told_in_one_line() -> anyhow::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let told = check_port(port).unwrap_err().to_string();
        assert!(told.starts_with(&format!("port {port} is taken")) && !told.contains('\n'));
        drop(listener);
        check_port(port)
    }
}
