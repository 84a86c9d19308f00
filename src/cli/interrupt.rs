//! Ctrl-C, a hangup, and what a scheduler sends before it kills: the first of them asks the study
//! to stop and keep what is finished, the second ends at once.
//!
//! One idea: a signal only sets a flag, at which the study looks anyway; so no thread has to
//! listen, which a system may deny.

use std::ffi::c_int;
use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::console::say;
use super::exit::Exit;

static ASKED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
static SAID: AtomicBool = AtomicBool::new(false);

#[cfg(unix)]
const SIGNALS: [c_int; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [c_int; 2] = [SIGINT, SIGTERM];

/// Begins to listen. Without it, which a system may deny, a signal ends the process as usual.
pub(super) fn listen() {
    let asked = Arc::<AtomicBool>::default();
    if ASKED.set(Arc::clone(&asked)).is_err() {
        return;
    }
    let ignored = ignored(fs::read_to_string("/proc/self/status").ok().as_deref());
    for signal in SIGNALS {
        if ignored & (1 << (signal - 1)) == 0
            && let Err(why) = heed(signal, &asked)
        {
            say(&format!(
                "warning: signal {signal} will not keep what is finished: {why}"
            ));
        }
    }
}

/// Lets a file that may not grow be a failure of writing, which is said, and not the end.
pub(super) fn outlive_large_files() {
    #[cfg(unix)]
    {
        // Where the system denies it, such a file ends the process as usual.
        let _ = flag::register(signal_hook::consts::SIGXFSZ, Arc::<AtomicBool>::default());
    }
}

/// The second signal must find the flag that the first one has set: the order of the two counts.
fn heed(signal: c_int, asked: &Arc<AtomicBool>) -> io::Result<()> {
    let code = c_int::from(Exit::Interrupted.code());
    flag::register_conditional_shutdown(signal, code, Arc::clone(asked))?;
    flag::register(signal, Arc::clone(asked))?;
    Ok(())
}

/// The signals that whoever started us wants ignored, one bit each, as Linux tells: `nohup` wants
/// it, and a shell for what it runs in the background.
fn ignored(status: Option<&str>) -> u64 {
    let mask = status.and_then(|text| text.lines().find_map(|line| line.strip_prefix("SigIgn:")));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// Whether somebody asked to stop.
pub(super) fn is_asked() -> bool {
    ASKED
        .get()
        .is_some_and(|asked| asked.load(Ordering::Relaxed))
}

/// Whether somebody asked to stop; the first time it is so, it is said what becomes of a study.
pub(super) fn asked() -> bool {
    let asked = is_asked();
    if asked && !SAID.swap(true, Ordering::Relaxed) {
        say("stopping: what is finished is kept; once more ends at once");
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_stays_so() {
        let status = "Name:\tonrush\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000004002\n";
        assert_eq!(ignored(Some(status)), 0x1001);
        assert_eq!((ignored(Some("what?")), ignored(None)), (0, 0));
    }
}
