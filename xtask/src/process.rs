//! Running other programs, with progress.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::ending;
use crate::place::Place;

/// Writes a line for the user. A terminal that was closed is no reason to fail.
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($part)*);
    }};
}
pub(crate) use say;

/// The cargo that runs this program.
pub(crate) static CARGO: LazyLock<OsString> =
    LazyLock::new(|| env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));

/// How long a program may be silent before a line says that it still runs.
const SILENCE: Duration = Duration::from_secs(10);

/// How long to wait for the last output of a program that has ended.
const LAST_OUTPUT: Duration = Duration::from_secs(5);

/// Cargo in the checkout, with the target folder it has now.
pub(crate) fn cargo(place: &Place) -> Command {
    let mut command = Command::new(&*CARGO);
    command.env("CARGO_TARGET_DIR", &place.target).current_dir(&place.root);
    command
}

/// Node.js in the checkout. `NODE_ENV` is left to the programs: a value of the
/// user's would change what bundlers and test runners do.
pub(crate) fn node(place: &Place) -> Command {
    let mut command = Command::new("node");
    command.env_remove("NODE_ENV").current_dir(&place.root);
    command
}

/// npm in the checkout.
pub(crate) fn npm(place: &Place) -> Command {
    // Windows looks for no other ending than .exe by itself.
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.env_remove("NODE_ENV").current_dir(&place.root);
    command
}

/// Says what is going on, does it, and says how long it took. Long work says so
/// every ten seconds.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say!("• {name} …");
    let started = Instant::now();
    let (done, is_done) = mpsc::channel::<()>();
    let title = name.to_owned();
    let ticker = thread::spawn(move || {
        while let Err(mpsc::RecvTimeoutError::Timeout) = is_done.recv_timeout(SILENCE) {
            say!("  … {title}, {} s", started.elapsed().as_secs());
        }
    });
    let result = work();
    drop(done);
    let _ = ticker.join();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    say!("{mark} {name} ({:.1} s)", started.elapsed().as_secs_f64());
    result
}

/// Runs a program to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("{} ended with {status}", name(command));
    }
    Ok(())
}

/// The same, for a program that may fail.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    let mut child = spawn(command.stdin(Stdio::null()))?;
    let status = child.wait()?;
    ending::end(child.id());
    Ok(status)
}

/// Starts a program that ends when this one does.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    ending::spawn(command).with_context(|| format!("could not start {}", name(command)))
}

/// The first line a program prints, if it runs and succeeds.
pub(crate) fn first_line(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}

/// What a program printed, and whether it succeeded.
pub(crate) struct Finished {
    pub(crate) output: String,
    pub(crate) success: bool,
}

enum Event {
    Line(String),
    Ended(bool),
}

/// Runs a program and shows its output as it comes, both streams in one. Ends
/// it, and says so, when it takes longer than `limit`. What the program leaves
/// running is ended with it.
pub(crate) fn watch(command: &mut Command, limit: Duration) -> Result<Finished> {
    let started = Instant::now();
    let mut child =
        spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let leader = child.id();
    let (events, received) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as _),
        child.stderr.take().map(|stream| Box::new(stream) as _),
    ];
    for stream in streams.into_iter().flatten() {
        let events = events.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                if events.send(Event::Line(String::from_utf8_lossy(&line).into_owned())).is_err() {
                    return;
                }
            }
        });
    }
    thread::spawn(move || {
        let success = child.wait().is_ok_and(|status| status.success());
        let _ = events.send(Event::Ended(success));
    });
    let mut output = String::new();
    let mut success = None;
    loop {
        let wait = if success.is_some() {
            LAST_OUTPUT
        } else {
            SILENCE.min(limit.saturating_sub(started.elapsed()))
        };
        match received.recv_timeout(wait) {
            Ok(Event::Line(line)) => {
                say!("  {line}");
                output.push_str(&line);
                output.push('\n');
            }
            Ok(Event::Ended(ended)) => {
                success = Some(ended);
                ending::end(leader);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) if success.is_some() => break,
            Err(mpsc::RecvTimeoutError::Timeout) if started.elapsed() < limit => {
                say!("  … {} s", started.elapsed().as_secs());
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                say!("  {} took longer than {} s and was ended", name(command), limit.as_secs());
                ending::end(leader);
                success = Some(false);
            }
        }
    }
    Ok(Finished { output, success: success.unwrap_or(false) })
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
