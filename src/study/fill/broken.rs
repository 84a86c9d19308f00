//! When objectives on percentiles and shares of requests were first broken.
//!
//! One idea: an objective is broken only in a launch that does not meet it, and only in its own
//! part of the time. There its first breach is found by the bins of the timeline: for a sliding
//! window the bins of the window together, with `except` the first breach that lasts longer.

use crate::base::time::{Span, Time};
use crate::model::metric::{Comparison, Metric, Quantity, RequestAspect, RequestsOf, Statistic};
use crate::model::objective::Objective as Asked;
use crate::program::Judge;
use crate::results::{Event, EventKind, key};
use crate::study::columns::Shown;
use crate::study::fill::Sight;
use crate::study::fill::events::{bin_s, seen};
use crate::study::fill::objectives::held;
use crate::study::lens::Seen;

/// The first breach of every objective that is watched and broken in some launch.
pub(super) fn events(sight: &Sight<'_>) -> Vec<Event> {
    let judges = &sight.lens.program.names.judges;
    let asked = sight.lens.model.objectives.iter().zip(judges);
    asked
        .filter_map(|(asked, judge)| broken(sight, asked, *judge))
        .collect()
}

fn broken(sight: &Sight<'_>, asked: &Asked, judge: Judge) -> Option<Event> {
    let watched = Watched::of(sight, asked)?;
    let held = held(sight, asked, judge);
    let at: Vec<Option<f64>> = sight
        .seen
        .iter()
        .zip(held)
        .map(|(one, held)| {
            let first = if held {
                None
            } else {
                watched.first_breach(one)
            };
            first.map(|bin| bin_s(sight, bin))
        })
        .collect();
    let what = format!("{} first broken", asked.that);
    seen(sight, what, EventKind::Objective, &at)
}

/// The columns of a step that an objective is about, and what it wants of them.
struct Watched {
    /// Share ok of those that started.
    ok: usize,
    /// Requests started.
    started: usize,
    limits: Limits,
    comparison: Comparison,
    limit: f64,
    /// First bin of the objective's part of the time, and the first after it.
    bins: (usize, usize),
    /// Bins of the sliding window.
    window: usize,
    /// Bins that a breach may last.
    spared: usize,
}

/// What an objective limits.
enum Limits {
    /// The share ok.
    Share,
    /// A percentile of the times of all that started: which, its column, and of whom that is.
    Percentile(f64, usize, Of),
}

/// Whose times a column of percentiles holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Of all that started; absent where it is longer than any time.
    All,
    /// Of those that ended ok.
    Ok,
}

impl Watched {
    fn of(sight: &Sight<'_>, asked: &Asked) -> Option<Watched> {
        let metric = &asked.metric;
        let Quantity::Requests { of, aspect } = &metric.quantity else {
            return None;
        };
        let name = match of {
            RequestsOf::Step { name, .. } => name.clone(),
            RequestsOf::Endpoint { service, endpoint } => format!("{service}.{endpoint}"),
        };
        let column = |key: String| {
            let mut columns = sight.lens.columns.iter();
            columns.position(|column| column.shown.iter().any(|(known, _)| *known == key))
        };
        let limits = match (metric.statistic, aspect) {
            (Statistic::Share, RequestAspect::Ok) if metric.predicate.is_none() => Limits::Share,
            (Statistic::Percentile(q), RequestAspect::Time) => {
                let word = metric.statistic.word();
                let all = column(key::time(&word, &name)).map(|at| (at, Of::All));
                let ok = || column(key::ok_time(&word, &name)).map(|at| (at, Of::Ok));
                let (at, of) = all.or_else(ok)?;
                Limits::Percentile(q, at, of)
            }
            _ => return None,
        };
        let clock = &sight.lens.program.clock;
        let whole =
            |span: Option<Span>| span.map_or(0, |span| (span.nanos() / clock.bin.nanos()) as usize);
        Some(Watched {
            ok: column(key::share_ok(&name))?,
            started: {
                let shown = [(key::rate(&name), Shown::PerSecond)];
                let mut columns = sight.lens.columns.iter();
                columns.position(|column| column.shown == shown)?
            },
            limits,
            comparison: asked.comparison,
            limit: asked.limit,
            bins: bins(sight, metric),
            window: whole(metric.window).max(1),
            spared: whole(asked.except),
        })
    }

    /// The first bin of the first breach that is too long.
    fn first_breach(&self, seen: &Seen) -> Option<usize> {
        let (from, to) = self.bins;
        let mut since = None;
        for bin in from..to {
            if !self.breaks(seen, bin) {
                since = None;
                continue;
            }
            let first = *since.get_or_insert(bin);
            if bin + 1 - first > self.spared {
                return Some(first);
            }
        }
        None
    }

    /// Whether the window that begins with a bin breaks the limit.
    fn breaks(&self, seen: &Seen, bin: usize) -> bool {
        let bins = bin..(bin + self.window).min(self.bins.1);
        let sum = |of: &dyn Fn(usize) -> f64| bins.clone().map(of).sum::<f64>();
        let started = |bin: usize| f64::from(seen.columns[self.started].at(bin).max(0.0));
        let ok = |bin: usize| started(bin) * f64::from(seen.columns[self.ok].at(bin).max(0.0));
        let all = sum(&started);
        if all <= 0.0 || bins.len() < self.window {
            return false;
        }
        let share = sum(&ok) / all;
        let beyond = |value: f64| !self.comparison.holds(value, self.limit);
        match self.limits {
            Limits::Share => beyond(share),
            Limits::Percentile(q, ..) if share < q => beyond(f64::INFINITY),
            Limits::Percentile(_, column, of) => bins.clone().all(|bin| {
                let value = seen.columns[column].at(bin);
                match (value >= 0.0, of) {
                    (true, _) => beyond(f64::from(value)),
                    (false, Of::All) if started(bin) > 0.0 => beyond(f64::INFINITY),
                    (false, _) => true,
                }
            }),
        }
    }
}

/// The bins of a metric's part of the time: those that lie in it, or, where none does, those that
/// it touches.
fn bins(sight: &Sight<'_>, metric: &Metric) -> (usize, usize) {
    let clock = &sight.lens.program.clock;
    let all = clock.bins as usize;
    let Some(within) = metric.within else {
        return (0, all);
    };
    let width = clock.bin.nanos();
    let after = |at: Time| at.since(clock.start).nanos().max(0);
    let from = within.from.map_or(0, after);
    let to = after(within.to);
    let inside = (
        ((from + width - 1) / width) as usize,
        ((to / width) as usize).min(all),
    );
    if inside.0 < inside.1 {
        return inside;
    }
    let touched = ((to + width - 1) / width) as usize;
    ((from / width) as usize, touched.min(all))
}
