//! What this command started ends with it, whatever ends it: at a signal, at the
//! death of a program in the middle, and when this process is killed outright.

#[cfg(unix)]
mod tree;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{end, finish, prepare, spawn, watch_over};
#[cfg(windows)]
pub(crate) use windows::{end, finish, prepare, spawn, watch_over};
