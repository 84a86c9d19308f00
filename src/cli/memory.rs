//! How much memory a study may take unless it is told: what is usual, or less where there is less.
//!
//! One idea: a study that is too large ends with a sentence, never by the hand of the system; so
//! what the system has left counts. No figure depends on it, only whether a study is given up.

use std::fs;

use crate::engine::Limits;

/// What a study may take: what was asked for, else what is usual, or less where there is less.
pub(super) fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| allowed(Limits::default().bytes))
}

/// The usual limit, or less where the system has less left: three quarters of the memory, and half
/// of the addresses, since what grows stands in two places for a moment.
fn allowed(usual: usize) -> usize {
    let read = |path: &str| fs::read_to_string(path).ok();
    let memory = available(
        read("/proc/meminfo").as_deref(),
        read("/sys/fs/cgroup/memory.max").as_deref(),
        read("/sys/fs/cgroup/memory.current").as_deref(),
    );
    let addresses = addresses(
        read("/proc/self/limits").as_deref(),
        read("/proc/self/status").as_deref(),
    );
    let memory = memory.map(|bytes| bytes / 4 * 3);
    let addresses = addresses.map(|bytes| bytes / 2);
    [memory, addresses]
        .into_iter()
        .flatten()
        .fold(usual, usize::min)
}

/// Bytes that are left, as Linux tells: of the machine, and of the group of processes if that is
/// confined. None where nobody tells.
fn available(machine: Option<&str>, most: Option<&str>, used: Option<&str>) -> Option<usize> {
    let number = |text: Option<&str>| text?.trim().parse::<usize>().ok();
    let group = number(most).zip(number(used));
    let group = group.map(|(most, used)| most.saturating_sub(used));
    [kib_after("MemAvailable:", machine), group]
        .into_iter()
        .flatten()
        .min()
}

/// Bytes of addresses that this process may still use, as Linux tells; None if they have no limit.
fn addresses(limits: Option<&str>, status: Option<&str>) -> Option<usize> {
    let name = "Max address space";
    let line = limits.and_then(|text| text.lines().find_map(|line| line.strip_prefix(name)));
    let most = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok())?;
    Some(most.saturating_sub(kib_after("VmSize:", status).unwrap_or(0)))
}

/// The bytes that a line says in KiB.
fn kib_after(name: &str, text: Option<&str>) -> Option<usize> {
    let line = text.and_then(|text| text.lines().find_map(|line| line.strip_prefix(name)));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kib.and_then(|kib| kib.checked_mul(1024))
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
    fn addresses_that_are_confined_count() {
        let limits =
            "Max processes  9  9  processes\nMax address space  4096000  unlimited  bytes\n";
        let status = "VmPeak: 3000 kB\nVmSize:\t    1000 kB\n";
        assert_eq!(addresses(Some(limits), Some(status)), Some(3_072_000));
        assert_eq!(addresses(Some(limits), None), Some(4_096_000));
        let unlimited = limits.replace("4096000", "unlimited");
        assert_eq!(addresses(Some(&unlimited), Some(status)), None);
        assert_eq!(addresses(None, Some(status)), None);
    }

    #[test]
    fn nobody_is_allowed_more_than_usual() {
        assert_eq!(allowed(1), 1);
        assert_eq!(limit(Some(1)), 1);
    }
}
