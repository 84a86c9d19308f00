//! How much memory a study may take unless it is told: what is usual, or less where there is less.
//!
//! One idea: a study that is too large ends with a sentence, never by the hand of the system; so
//! what the system has left counts. No figure depends on it, only whether a study is given up.

use std::fs;

/// The usual limit, or three quarters of what the system has left where that is less.
pub(super) fn allowed(usual: usize) -> usize {
    let has = available(
        fs::read_to_string("/proc/meminfo").ok().as_deref(),
        fs::read_to_string("/sys/fs/cgroup/memory.max")
            .ok()
            .as_deref(),
        fs::read_to_string("/sys/fs/cgroup/memory.current")
            .ok()
            .as_deref(),
    );
    has.map_or(usual, |bytes| usual.min(bytes / 4 * 3))
}

/// Bytes that are left, as Linux tells: of the machine, and of the group of processes if that is
/// confined. None where nobody tells.
fn available(machine: Option<&str>, most: Option<&str>, used: Option<&str>) -> Option<usize> {
    let line = machine.and_then(|text| text.lines().find(|line| line.starts_with("MemAvailable:")));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    let machine = kib.and_then(|kib| kib.checked_mul(1024));
    let number = |text: Option<&str>| text?.trim().parse::<usize>().ok();
    let group = number(most).zip(number(used));
    let group = group.map(|(most, used)| most.saturating_sub(used));
    [machine, group].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMINFO: &str = "MemTotal:       24684656 kB\nMemAvailable:    2000000 kB\n";

    #[test]
    fn the_least_that_anybody_tells_counts() {
        assert_eq!(available(Some(MEMINFO), None, None), Some(2_048_000_000));
        let unconfined = available(Some(MEMINFO), Some("max\n"), Some("5\n"));
        assert_eq!(unconfined, Some(2_048_000_000));
        let confined = available(Some(MEMINFO), Some("1000\n"), Some("400\n"));
        assert_eq!(confined, Some(600));
        assert_eq!(available(None, None, None), None);
        assert_eq!(available(Some("what?"), None, None), None);
    }

    #[test]
    fn nobody_is_allowed_more_than_usual() {
        assert_eq!(allowed(1), 1);
    }
}
