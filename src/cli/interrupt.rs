//! Ctrl-C: the first asks the study to stop and keep what is finished, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::console::say;
use super::exit::Exit;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Begins to listen. Without it, which a system may deny, Ctrl-C ends the process as usual.
pub(super) fn listen() {
    let listening = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
        say("stopping: what is finished is kept; once more ends at once");
    });
    if let Err(why) = listening {
        say(&format!(
            "warning: Ctrl-C will not keep what is finished: {why}"
        ));
    }
}

/// Whether somebody asked to stop.
pub(super) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
