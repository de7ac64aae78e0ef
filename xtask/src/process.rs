//! Running other programs, with progress.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Says what is going on, does it, and says how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("• {name} …");
    let started = Instant::now();
    let result = work();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    eprintln!("{mark} {name} ({:.1} s)", started.elapsed().as_secs_f64());
    result
}

/// Runs a program to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start {}", name(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", name(command));
    }
    Ok(())
}

/// The first line a program prints, if it runs and succeeds.
pub(crate) fn first_line(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}

/// What a program printed, and whether it succeeded.
pub(crate) struct Finished {
    pub(crate) output: String,
    pub(crate) success: bool,
}

/// Runs a program and shows its output as it comes, both streams in one. Ends
/// it, and says so, when it takes longer than `limit`.
pub(crate) fn watch(command: &mut Command, limit: Duration) -> Result<Finished> {
    let deadline = Instant::now().checked_add(limit).context("the limit is too long")?;
    own_group(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {}", name(command)))?;
    let (lines, received) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as _),
        child.stderr.take().map(|stream| Box::new(stream) as _),
    ];
    for stream in streams.into_iter().flatten() {
        let lines = lines.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                if lines.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
    }
    drop(lines);
    let mut output = String::new();
    loop {
        match received.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                eprintln!("  {line}");
                output.push_str(&line);
                output.push('\n');
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                end_group(&mut child);
                let seconds = limit.as_secs();
                eprintln!("  {} took longer than {seconds} s and was ended", name(command));
                return Ok(Finished { output, success: false });
            }
        }
    }
    let success = child.wait()?.success();
    Ok(Finished { output, success })
}

/// A group of its own, so that what it starts can be ended with it.
fn own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Ends a program of a group of its own and what it started.
fn end_group(child: &mut Child) {
    signal(child, "-TERM", &format!("-{}", child.id()));
    signal(child, "-KILL", &format!("-{}", child.id()));
    let _ = child.wait();
}

/// Ends a program, politely first, so that it can end what it started.
pub(crate) fn end(child: &mut Child) {
    if !signal(child, "-TERM", &child.id().to_string()) {
        let _ = child.kill();
    }
    let _ = child.wait();
}

/// Whether the program ended within three seconds of the signal.
fn signal(child: &mut Child, signal: &str, whom: &str) -> bool {
    let _ = Command::new("kill").args([signal, "--", whom]).stderr(Stdio::null()).status();
    (0..30).any(|_| {
        thread::sleep(Duration::from_millis(100));
        matches!(child.try_wait(), Ok(Some(_)))
    })
}

/// Starts a program that goes on until it is ended, by us or by Ctrl-C.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {}", name(command)))
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
