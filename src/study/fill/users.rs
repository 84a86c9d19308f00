//! What became of the users: outcomes, journeys, where they left.

use std::collections::BTreeMap;

use crate::estimate::interval;
use crate::observation::{CounterId, FunnelStep, Outcome, UserCounter, UserLevel};
use crate::results::{Estimate, Journey, MeanMax, Outcomes, StepFlow, Users};
use crate::study::fill::Sight;

/// All users.
pub(super) fn all(sight: &Sight<'_>) -> Users {
    let layout = &sight.lens.program.layout;
    let mut users = group(sight, layout.users(UserCounter::Arrived), &|outcome| {
        layout.users_ended(outcome)
    });
    let bin_s = sight.lens.program.clock.bin.as_secs_f64();
    let peaks: Vec<Option<f64>> = sight
        .seen
        .iter()
        .map(|seen| seen.peak.map(|peak| f64::from(peak.users) / bin_s))
        .collect();
    users.peak_rate = interval::mean(&peaks, sight.confidence);
    users
}

/// Users who wait to retry.
pub(super) fn orbit(sight: &Sight<'_>) -> MeanMax {
    sight.level(sight.lens.program.layout.user_level(UserLevel::Orbit))
}

/// Those of them without an attempt under way.
pub(super) fn orbit_waiting(sight: &Sight<'_>) -> MeanMax {
    sight.level(
        sight
            .lens
            .program
            .layout
            .user_level(UserLevel::OrbitWaiting),
    )
}

/// The users of each journey.
pub(super) fn journeys(sight: &Sight<'_>) -> BTreeMap<String, Journey> {
    let program = sight.lens.program;
    let layout = &program.layout;
    let of = |(index, name): (usize, &String)| {
        let journey = index as u32;
        let arrived = layout.journey(journey, UserCounter::Arrived);
        let time = layout.journey_time(journey);
        let found = Journey {
            users: group(sight, arrived, &|outcome| {
                layout.journey_ended(journey, outcome)
            }),
            time: sight.all_times(time, |reader| reader.count(arrived) as u64),
            ok_time: sight.times(time),
            steps: steps(sight, index),
        };
        (name.clone(), found)
    };
    program.names.journeys.iter().enumerate().map(of).collect()
}

fn group(sight: &Sight<'_>, arrived: CounterId, ended: &dyn Fn(Outcome) -> CounterId) -> Users {
    Users {
        arrived: sight.count(arrived),
        outcome: outcomes(sight, |outcome| sight.count(ended(outcome))),
        share: outcomes(sight, |outcome| {
            sight.part(|reader| (reader.count(ended(outcome)), reader.count(arrived)))
        }),
        peak_rate: None,
    }
}

fn outcomes(sight: &Sight<'_>, of: impl Fn(Outcome) -> Option<Estimate>) -> Outcomes {
    let words = &sight.lens.program.names.own_outcomes;
    let own = |(number, word): (usize, &String)| {
        let number = u8::try_from(number).expect("the number of outcomes was checked");
        Some((word.clone(), of(Outcome::Own(number))?))
    };
    Outcomes {
        own: words.iter().enumerate().filter_map(own).collect(),
        served: of(Outcome::Served),
        abandoned: of(Outcome::Abandoned),
        refused: of(Outcome::Refused),
        failed: of(Outcome::Failed),
        sold_out: of(Outcome::SoldOut),
        unfinished: of(Outcome::Unfinished),
    }
}

fn steps(sight: &Sight<'_>, journey: usize) -> Vec<StepFlow> {
    let names = &sight.lens.program.names;
    let calls = &names.journey_calls[journey];
    let flow = |(index, name): (usize, &String)| {
        let count = |of: &dyn Fn(&FunnelStep) -> u64| {
            sight.mean(|reader| {
                let step = reader.seen.funnel[journey].get(index)?;
                Some(of(step) as f64)
            })
        };
        StepFlow {
            name: name.clone(),
            calls: calls.get(index).cloned().unwrap_or_default(),
            reached: count(&|step| step.reached),
            passed: count(&|step| step.passed),
            left: outcomes(sight, |outcome| {
                (outcome != Outcome::Served)
                    .then(|| count(&|step| step.left[outcome.number()]))
                    .flatten()
            }),
        }
    };
    names.journey_steps[journey]
        .iter()
        .enumerate()
        .map(flow)
        .collect()
}
