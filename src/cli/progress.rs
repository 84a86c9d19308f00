//! How far a study is, drawn on a terminal with the time that is left; nothing is drawn off it.
//!
//! One idea: the bar is on stderr and gone when the work is done, so that it never mixes with
//! results.

use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::console::Console;
use crate::study::Progress;

/// A bar for the launches of a study.
pub(super) struct Bar {
    bar: ProgressBar,
    /// Events that were not simulated again.
    shared: AtomicU64,
}

impl Bar {
    /// A bar, hidden where nobody looks.
    pub(super) fn new(console: &Console) -> Bar {
        let target = match console.shows_progress() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let template = "{bar:30} {pos}/{len} launches, {elapsed} gone, {eta} left{msg}";
        let style = ProgressStyle::with_template(template).expect("its keys are those of the bar");
        bar.set_style(style.progress_chars(if console.is_plain() {
            "#> "
        } else {
            "█▌░"
        }));
        let shared = AtomicU64::new(0);
        Bar { bar, shared }
    }

    /// Events that were not simulated again, because variants share what came before they part.
    pub(super) fn shared(&self) -> u64 {
        self.shared.load(Ordering::Relaxed)
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn advanced(&self, done: u64, of: u64) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    fn shared(&self, events: u64) {
        self.shared.store(events, Ordering::Relaxed);
    }

    fn narrowed(&self, replications: u32, width: f64) {
        let message = format!(", {replications} replications, interval {width:.1} times the goal");
        self.bar.set_message(message);
    }
}
