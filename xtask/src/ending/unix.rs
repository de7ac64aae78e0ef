//! Unix: each program leads a process group of its own. At a signal this process
//! ends the groups; when it is killed outright, a watcher does, a second process
//! that knows the groups and sees its input close.

use std::env;
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::process::{self, Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result};

use super::tree;

/// What a shell reports for a program that was interrupted.
const INTERRUPTED: i32 = 130;

struct State {
    groups: Vec<u32>,
    watcher: Option<(Child, ChildStdin)>,
    is_ending: bool,
}

static STATE: Mutex<State> =
    Mutex::new(State { groups: Vec::new(), watcher: None, is_ending: false });

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Called once, before anything is started.
pub(crate) fn prepare() -> Result<()> {
    // Programs whose parents have died become children of this one, where they
    // can be found. Other systems than Linux have no such thing.
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let mut watcher = Command::new(env::current_exe()?)
        .args(["watch-over", &process::id().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let orders = watcher.stdin.take().context("the watcher has no input")?;
    state().watcher = Some((watcher, orders));
    ctrlc::set_handler(|| {
        finish();
        process::exit(INTERRUPTED);
    })?;
    Ok(())
}

/// Starts a program as the leader of a group.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut state = state();
    if state.is_ending {
        drop(state);
        // The handler of the signal is about to end this process.
        loop {
            thread::park();
        }
    }
    let child = command.process_group(0).spawn()?;
    state.groups.push(child.id());
    state.order('+', child.id());
    Ok(child)
}

/// Ends a program, what it started, and what others left without a parent.
pub(crate) fn end(leader: u32) {
    let spared = {
        let state = state();
        let others = state.groups.iter().copied().filter(|group| *group != leader);
        let watcher = state.watcher.iter().map(|(watcher, _)| watcher.id());
        others.chain(watcher).collect::<Vec<_>>()
    };
    tree::end(&[leader], process::id(), &spared);
    let mut state = state();
    state.groups.retain(|group| *group != leader);
    state.order('-', leader);
}

/// Ends everything. Nothing can be started afterwards.
pub(crate) fn finish() {
    let mut state = state();
    state.is_ending = true;
    let spared: Vec<u32> = state.watcher.iter().map(|(watcher, _)| watcher.id()).collect();
    tree::end(&state.groups, process::id(), &spared);
    if let Some((mut watcher, orders)) = state.watcher.take() {
        drop(orders);
        let _ = watcher.wait();
    }
}

/// The watcher: ends the groups of a process that died without doing so.
pub(crate) fn watch_over(parent: u32) {
    let mut groups = Vec::new();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let Some((order, group)) = line.split_at_checked(1) else { continue };
        let Ok(group) = group.parse::<u32>() else { continue };
        groups.retain(|known| *known != group);
        if order == "+" {
            groups.push(group);
        }
    }
    tree::end(&groups, parent, &[process::id()]);
}

impl State {
    fn order(&mut self, order: char, group: u32) {
        if let Some((_, orders)) = &mut self.watcher {
            let _ = writeln!(orders, "{order}{group}");
        }
    }
}
