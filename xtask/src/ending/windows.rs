//! Windows: this process and all it starts are in one job, which the system ends
//! with this process.

use std::io;
use std::process::{Child, Command, Stdio};

use anyhow::Result;
use win32job::{ExtendedLimitInfo, Job};

/// Called once, before anything is started.
pub(crate) fn prepare() -> Result<()> {
    let mut limits = ExtendedLimitInfo::new();
    limits.limit_kill_on_job_close();
    let job = Job::create_with_limit_info(&limits)?;
    job.assign_current_process()?;
    // The last handle closes when this process ends, in whatever way.
    std::mem::forget(job);
    Ok(())
}

pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    command.spawn()
}

/// Ends a program and what it started.
pub(crate) fn end(leader: u32) {
    let mut command = Command::new("taskkill");
    command.args(["/T", "/F", "/PID", &leader.to_string()]);
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// The job does it.
pub(crate) fn finish() {}

/// The job does it.
pub(crate) fn watch_over(_: u32) {}
