//! Whether the requests of users fare as usual, step by step, in short windows of time.
//!
//! One idea: a step is compared with itself. It is bad in a window if surely fewer of its requests
//! end ok than usual (the one-sided 99 % Clopper–Pearson bound lies below 0.9 of the usual share),
//! if its median is several times the usual one, or if many are open and none ends. What is usual
//! is what it did in the windows before the trigger, else in a run with hardly anybody. Absolute
//! limits would call a service of 30 s and cards that are always declined an outage. It does not
//! know what set a launch under stress.

use std::ops::Range;

use super::interval;
use crate::base::rank::rank;
use crate::base::time::{Span, Time};
use crate::observation::{StepWindows, Windows};

/// Fewer requests than this do not judge a step, nor are they stuck.
const LEAST: u64 = 10;

/// Over at most so many of its last windows a step is judged.
const BACK: usize = 20;

/// With fewer windows before the trigger in which a step can be judged, an unloaded run says what
/// is usual.
const REFERENCE_LEAST: usize = 5;

/// How sure it must be that a share is too low, one-sided.
const SURE: f64 = 0.99;

/// When a window counts as healthy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Least share ok, as a part of the usual share.
    pub share_ok: f64,
    /// Most times the usual median.
    pub slower: f64,
    /// Windows before the trigger that say what is usual.
    pub before: usize,
    /// Windows in a row that make a state.
    pub in_a_row: usize,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule {
            share_ok: 0.9,
            slower: 3.0,
            before: 20,
            in_a_row: 3,
        }
    }
}

/// How the requests of a step fare when nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// Share that ends ok.
    pub share_ok: f64,
    /// Median time of those, seconds.
    pub median_s: Option<f64>,
}

/// A step with what it is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What was seen of it.
    pub seen: &'a StepWindows,
    /// How it fares in a run with hardly anybody.
    pub unloaded: Option<Usual>,
    /// A median up to here is healthy whatever is usual, seconds.
    pub quick_s: f64,
}

/// By what a step was found to be bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// Too few ended ok.
    ShareOk,
    /// Those that ended ok took too long.
    Median,
    /// Many were open and none ended ok.
    Stuck,
}

/// A step that is bad in a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sign {
    /// Number of the step.
    pub step: usize,
    /// By what.
    pub test: Test,
    /// Share ok, median in seconds, or requests open.
    pub seen: f64,
    /// The usual share or median; nothing for those that are stuck.
    pub usual: Option<f64>,
}

/// The windows of one launch, to be judged.
#[derive(Clone, Debug)]
pub struct Ward<'a> {
    steps: &'a [Step<'a>],
    width: Span,
    ended: Time,
    /// The rule.
    pub rule: Rule,
    /// By step: what is usual; a step without it is left out.
    usual: Vec<Option<Usual>>,
}

impl<'a> Ward<'a> {
    /// The windows of a launch; nothing is usual yet.
    pub fn new(windows: &Windows, steps: &'a [Step<'a>], rule: &Rule) -> Ward<'a> {
        Ward {
            steps,
            width: windows.width,
            ended: windows.ended,
            rule: *rule,
            usual: vec![None; steps.len()],
        }
    }

    /// How many windows there are.
    pub fn len(&self) -> usize {
        let windows = self.steps.iter().map(|step| step.seen.windows.len());
        windows.min().unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// From now on what is usual is what was seen in the windows before this one.
    pub fn take_as_usual_before(&mut self, window: usize) {
        let before = window.saturating_sub(self.rule.before)..window;
        self.usual = (0..self.steps.len())
            .map(|step| self.usual_in(step, &before).or(self.steps[step].unloaded))
            .collect();
    }

    /// What a step does in these windows; `None` if too few of them can be judged.
    fn usual_in(&self, step: usize, windows: &Range<usize>) -> Option<Usual> {
        let judged = windows.clone().filter(|&window| {
            let known = |&from: &usize| self.started(step, &(from..window + 1), None) >= LEAST;
            self.looks_back(window).any(|from| known(&from))
        });
        (judged.count() >= REFERENCE_LEAST)
            .then(|| usual(self.steps[step].seen, windows, self.width))
            .flatten()
    }

    /// The first windows of what a step may be judged over in a window, the shortest stretch first.
    fn looks_back(&self, window: usize) -> impl Iterator<Item = usize> {
        (0..BACK.min(window + 1)).map(move |back| window - back)
    }

    /// Requests of a step that started in these windows: those that are still open at the end
    /// count if they are at least so many seconds old, or never.
    fn started(&self, step: usize, windows: &Range<usize>, old_s: Option<f64>) -> u64 {
        let seen = self.steps[step].seen;
        let started = &seen.windows[windows.clone()];
        let started: u64 = started.iter().map(|w| u64::from(w.started)).sum();
        let open = seen.still_open(windows, self.width);
        let old = old_s.map_or(0, |old_s| {
            let before = self.ended - Span::from_secs_f64(old_s);
            open.partition_point(|since| *since <= before)
        });
        started - (open.len() - old) as u64
    }

    /// Whether a window is healthy; `None` if no step can be judged in it.
    pub fn is_healthy(&self, window: usize) -> Option<bool> {
        let mut judged = false;
        for step in 0..self.steps.len() {
            match self.judge(step, window) {
                Judgement::Bad(_) => return Some(false),
                Judgement::Well => judged = true,
                Judgement::Unknown => {}
            }
        }
        judged.then_some(true)
    }

    /// The steps that are bad in a window.
    pub fn signs(&self, window: usize) -> Vec<Sign> {
        let steps = 0..self.steps.len();
        let found = steps.filter_map(|step| match self.judge(step, window) {
            Judgement::Bad(sign) => Some(sign),
            Judgement::Well | Judgement::Unknown => None,
        });
        found.collect()
    }

    fn judge(&self, step: usize, window: usize) -> Judgement {
        let Some(usual) = self.usual[step] else {
            return Judgement::Unknown;
        };
        let bad = |test, seen, usual| {
            Judgement::Bad(Sign {
                step,
                test,
                seen,
                usual,
            })
        };
        let limit_s = self.limit_s(step, &usual);
        let open = self.stuck(step, window, limit_s);
        if open >= LEAST && usual.share_ok > 0.0 {
            return bad(Test::Stuck, open as f64, None);
        }
        let mut stretches = self.looks_back(window).map(|from| {
            let windows = from..window + 1;
            (self.started(step, &windows, Some(limit_s)), windows)
        });
        let Some((started, windows)) = stretches.find(|(started, _)| *started >= LEAST) else {
            return Judgement::Unknown;
        };
        let seen = self.steps[step].seen;
        let ok: u64 = seen.windows[windows.clone()]
            .iter()
            .map(|w| u64::from(w.ok))
            .sum();
        let least = self.rule.share_ok * usual.share_ok;
        if interval::is_surely_below((ok, started), least, SURE) {
            let share = ok as f64 / started as f64;
            return bad(Test::ShareOk, share, Some(usual.share_ok));
        }
        match (median_s(seen, &windows), usual.median_s) {
            (Some(median_s), Some(usual_s)) if median_s > limit_s => {
                bad(Test::Median, median_s, Some(usual_s))
            }
            _ => Judgement::Well,
        }
    }

    /// The longest healthy median of a step, seconds.
    fn limit_s(&self, step: usize, usual: &Usual) -> f64 {
        let usual_s = usual.median_s.unwrap_or(0.0);
        (self.rule.slower * usual_s).max(self.steps[step].quick_s)
    }

    /// How many requests of a step are open at the end of a window in which none ended ok. Those
    /// that started so lately that their time is not up do not count, in whole windows.
    fn stuck(&self, step: usize, window: usize, limit_s: f64) -> u64 {
        let windows = &self.steps[step].seen.windows;
        if windows[window].ended_ok > 0 {
            return 0;
        }
        let young = (limit_s / self.width.as_secs_f64()) as usize;
        let young = &windows[(window + 1).saturating_sub(young)..=window];
        let young: u64 = young.iter().map(|w| u64::from(w.started)).sum();
        u64::from(windows[window].open).saturating_sub(young)
    }
}

/// What a step says of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Judgement {
    /// Nothing: too few have asked, or nothing is usual.
    Unknown,
    Well,
    Bad(Sign),
}

/// How the requests of a step fared that started in these windows; those that are open at the end
/// do not count. `None` if fewer than ten are left.
pub fn usual(seen: &StepWindows, windows: &Range<usize>, width: Span) -> Option<Usual> {
    let counted = &seen.windows[windows.clone()];
    let ok: u64 = counted.iter().map(|w| u64::from(w.ok)).sum();
    let started: u64 = counted.iter().map(|w| u64::from(w.started)).sum();
    let started = started - seen.still_open(windows, width).len() as u64;
    (started >= LEAST).then(|| Usual {
        share_ok: ok as f64 / started as f64,
        median_s: median_s(seen, windows),
    })
}

/// The ⌈n/2⌉-th time of the n requests that ended ok of those that started in these windows.
fn median_s(seen: &StepWindows, windows: &Range<usize>) -> Option<f64> {
    let counted = &seen.windows[windows.clone()];
    let ok: u64 = counted.iter().map(|w| u64::from(w.ok)).sum();
    let mut left = rank(0.5, ok);
    for (class, &middle_s) in seen.middles_s.iter().enumerate() {
        let in_class = windows.clone().map(|w| u64::from(seen.times_of(w)[class]));
        let in_class: u64 = in_class.sum();
        if ok > 0 && in_class >= left {
            return Some(f64::from(middle_s));
        }
        left -= in_class;
    }
    None
}

#[cfg(test)]
mod tests;
