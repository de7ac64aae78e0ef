//! The processes of groups, and those that descend from them.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};

/// How often, and how long apart, to look whether all have ended.
const LOOKS: usize = 60;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Elsewhere there is no /proc, and groups are all that is ended.
const LISTS_PROCESSES: bool = cfg!(target_os = "linux");

#[derive(Clone, Copy, PartialEq, Debug)]
struct Process {
    id: u32,
    parent: u32,
    group: u32,
    /// Its threads may still be ending, and until then it has its children.
    has_ended: bool,
}

/// Ends the processes of the groups, their descendants, and those of `parent` that
/// are in no group of `spared`: by asking, and after three seconds by force.
pub(super) fn end(groups: &[u32], parent: u32, spared: &[u32]) {
    let mut known = BTreeSet::new();
    for signal in [Signal::TERM, Signal::KILL] {
        let mut told = BTreeSet::new();
        let mut was_empty = false;
        for look in 0..LOOKS {
            let processes = processes();
            known.extend(descendants(&processes, groups, parent, spared));
            known.retain(|id| {
                processes.iter().any(|process| process.id == *id && !process.has_ended)
            });
            let is_empty = known.is_empty() && !groups.iter().any(|group| is_there(*group));
            // Processes are read one after the other: one whose parent ended meanwhile
            // can be missed by one look, and not by two.
            if is_empty && was_empty {
                return;
            }
            was_empty = is_empty;
            // Once each: programs take a second signal for impatience.
            for id in known.iter().filter(|id| told.insert(**id)) {
                let _ = pid(*id).map(|id| kill_process(id, signal));
            }
            if look == 0 && !LISTS_PROCESSES {
                for group in groups.iter().filter_map(|group| pid(*group)) {
                    let _ = kill_process_group(group, signal);
                }
            }
            thread::sleep(BETWEEN_LOOKS);
        }
    }
}

fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(id).ok()?)
}

/// Whether a group has a process, where they cannot be listed.
fn is_there(group: u32) -> bool {
    !LISTS_PROCESSES && pid(group).is_some_and(|group| test_kill_process_group(group).is_ok())
}

fn descendants(all: &[Process], groups: &[u32], parent: u32, spared: &[u32]) -> BTreeSet<u32> {
    let own = all.iter().find(|process| process.id == parent).map(|process| process.group);
    let mut found: BTreeSet<u32> = all
        .iter()
        .filter(|process| {
            let is_left = process.parent == parent
                && Some(process.group) != own
                && !spared.contains(&process.group);
            groups.contains(&process.group) || is_left
        })
        .map(|process| process.id)
        .collect();
    loop {
        let children = all.iter().filter(|process| found.contains(&process.parent));
        let more: BTreeSet<u32> = children.map(|process| process.id).collect();
        if more.is_subset(&found) {
            return found;
        }
        found.extend(more);
    }
}

/// The processes of the machine.
fn processes() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| parse(id, &std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?))
        .collect()
}

/// A line of /proc/…/stat, by proc_pid_stat(5): `id (name) state parent group …`.
fn parse(id: u32, stat: &str) -> Option<Process> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let has_ended = matches!(fields.next()?, "Z" | "X");
    let parent = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    Some(Process { id, parent, group, has_ended })
}

#[cfg(test)]
mod tests {
    use super::{Process, descendants, parse};

    #[test]
    fn a_name_with_blanks_and_parentheses() {
        let stat = "12 (a) (b c) S 3 4 4 0 -1";
        let process = |has_ended| Some(Process { id: 12, parent: 3, group: 4, has_ended });
        assert_eq!(parse(12, stat), process(false));
        assert_eq!(parse(12, "12 (a) Z 3 4 4 0 -1"), process(true));
        assert_eq!(parse(12, ""), None);
    }

    #[test]
    fn who_belongs_to_a_group() {
        let process = |id, parent, group| Process { id, parent, group, has_ended: false };
        let all = [
            process(1, 0, 1),
            process(10, 1, 10),  // this command
            process(11, 10, 10), // one that it waits for
            process(12, 10, 12), // the watcher
            process(20, 10, 20), // a program
            process(21, 20, 20), // its child
            process(22, 21, 22), // a child that left the group
            process(30, 10, 30), // another program
            process(40, 10, 40), // left without a parent
            process(41, 40, 41),
            process(50, 1, 50), // somebody else's
        ];
        let found = descendants(&all, &[20], 10, &[12, 30]);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [20, 21, 22, 40, 41]);
    }
}
