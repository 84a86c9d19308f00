//! What happened at instants that only the launches know: actions and faults by `when`, faults at
//! random, autoscalers.
//!
//! One idea: what comes for the n-th time in one launch is held beside the n-th time of the others,
//! so that each time has its own median, and says in how many launches it came at all.

use crate::base::time::{Span, Time};
use crate::estimate::interval;
use crate::observation::{Observation, Unplanned};
use crate::program::{Deed, Program, Trigger};
use crate::results::{Estimate, EventKind};
use crate::study::fill::{Sight, moments};

/// So many times of a trigger are told one by one.
const TOLD: usize = 4;

/// Something unplanned, for the n-th time.
pub(super) struct Surprise {
    /// What happened.
    pub(super) what: Happened,
    /// Seconds from T+0 in each launch; absent in those that did not see it.
    pub(super) at_s: Vec<Option<f64>>,
}

/// What happened.
pub(super) enum Happened {
    /// An action took effect.
    Action(String),
    /// A fault began that waited for something; how long it lasts.
    Fault(String, Option<Span>),
    /// A fault that strikes at random struck for the first time.
    Breakdown(String),
    /// An autoscaler ordered or withdrew servers for the first time.
    Scaler(String),
}

impl Happened {
    /// What an event is called.
    pub(super) fn told(&self) -> (String, EventKind) {
        match self {
            Happened::Action(name) => (moments::action(name), EventKind::Action),
            Happened::Fault(name, _) => (format!("{name} begins"), EventKind::Fault),
            Happened::Breakdown(name) => (format!("{name} first strikes"), EventKind::Fault),
            Happened::Scaler(what) => (what.clone(), EventKind::Action),
        }
    }
}

impl Surprise {
    /// The median over the launches that saw it, and whether all did.
    pub(super) fn median_s(&self, sight: &Sight<'_>) -> (Option<f64>, bool) {
        let at = interval::mean(&self.at_s, sight.confidence);
        let median = at.and_then(Estimate::middle);
        (median, self.at_s.iter().all(Option::is_some))
    }

    /// When it ends in each launch, for what ends before the horizon.
    pub(super) fn ends_s(&self, horizon: Time) -> Option<Vec<Option<f64>>> {
        let Happened::Fault(_, Some(lasts)) = self.what else {
            return None;
        };
        let end = |at: f64| Some(at + lasts.as_secs_f64()).filter(|e| *e <= horizon.as_secs_f64());
        Some(self.at_s.iter().map(|at| at.and_then(end)).collect())
    }
}

/// Everything unplanned that some launch saw.
pub(super) fn surprises(sight: &Sight<'_>) -> Vec<Surprise> {
    let program = sight.lens.program;
    let mut all = Vec::new();
    let mut add = |what: Unplanned, time: usize, told: Happened| {
        let of = |totals: &Observation| {
            let at = totals.chronicle.times(what).nth(time);
            at.map(Time::as_secs_f64)
        };
        let at_s: Vec<_> = sight.seen.iter().map(|seen| of(&seen.totals)).collect();
        if at_s.iter().any(Option::is_some) {
            all.push(Surprise { what: told, at_s });
        }
    };
    for (number, trigger) in program.reactions.triggers.iter().enumerate() {
        for time in 0..TOLD {
            add(
                Unplanned::Trigger(number as u32),
                time,
                does(program, trigger),
            );
        }
    }
    for (number, name) in program.names.faults.iter().enumerate() {
        let told = Happened::Breakdown(name.clone());
        add(Unplanned::Breakdown(number as u32), 0, told);
    }
    for (id, scaler) in program.reactions.scalers.iter() {
        let [ordered, ..] = scaler.counts;
        // `autoscaler.web`, as its counters have it.
        let name = program.names.tallies[ordered.0 as usize]
            .of
            .replace('.', " ");
        let says = |does: &str| Happened::Scaler(format!("{name} first {does} servers"));
        add(Unplanned::Ordered(id.0), 0, says("orders"));
        add(Unplanned::Withdrawn(id.0), 0, says("withdraws"));
    }
    all
}

/// What a trigger does.
fn does(program: &Program, trigger: &Trigger) -> Happened {
    match trigger.does {
        Deed::Set { .. } | Deed::Restart(_) => Happened::Action(trigger.name.clone()),
        Deed::Fault(number) => {
            let (fault, names) = (&program.faults[number as usize], &program.names.faults);
            Happened::Fault(names[number as usize].clone(), fault.lasts)
        }
    }
}
