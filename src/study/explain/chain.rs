//! The chain of events: what started it, what was full, what broke, who noticed, when it was too
//! late, when it was over.
//!
//! One idea: all but one of these stand in the document already, told over the launches; the point
//! of no return is found in each launch by undoing what started it sooner and sooner.

use super::candidates::Candidate;
use super::later::{later, span};
use super::plays::Plays;
use crate::base::calendar::Calendar;
use crate::base::time::{Span, Time};
use crate::engine::Exceeded;
use crate::estimate::interval;
use crate::estimate::recovery::Fate;
use crate::program::{self, Asked};
use crate::results::{Estimate, Event, EventKind, Link, LinkKind, Probability, Results, Variant};
use crate::study::contender::BASELINE;
use crate::study::launches::failure;
use crate::study::lens::Lens;
use crate::study::plan::Failure;
use crate::study::replicate::{Job, Seat};

/// Times that the span of a trigger is halved.
const HALVED: u32 = 6;

/// The links of the chain, in order of time.
pub(super) fn chain(
    plays: &mut Plays<'_>,
    results: &Results,
    causes: &[Candidate],
) -> Result<Vec<Link>, Failure> {
    let Some(variant) = results.variants.get(BASELINE) else {
        return Ok(Vec::new());
    };
    let teller = Teller {
        n: results.replications,
        confidence: results.confidence,
    };
    let changed = causes.iter().find(|one| one.changed());
    let mut all = Vec::new();
    let started = teller.trigger(plays, variant, changed, &mut all);
    teller.broke(variant, started, &mut all);
    if let Some(candidate) = changed {
        let each = no_return(plays, candidate)?;
        let found: Vec<Option<f64>> = each.iter().map(|one| one.flatten()).collect();
        let known = each.iter().flatten().count() as u32;
        let k = found.iter().flatten().count() as u32;
        if k > 0 {
            all.push(Link {
                kind: LinkKind::NoReturn,
                at_s: interval::mean(&found, teller.confidence),
                in_launches: interval::probability(k, known, teller.confidence),
                ..Link::default()
            });
        }
    }
    let starts = plays.model.starts.as_deref();
    if let Some(calendar) = starts.and_then(Calendar::read) {
        for link in &mut all {
            let at = link.at_s.and_then(Estimate::middle);
            link.clock = at.map(|at| calendar.label(at));
        }
    }
    let at = |link: &Link| link.at_s.and_then(|at| at.p50).unwrap_or(f64::MAX);
    all.sort_by(|a, b| at(a).total_cmp(&at(b)).then(a.kind.cmp(&b.kind)));
    Ok(all)
}

struct Teller {
    n: u32,
    confidence: f64,
}

impl Teller {
    /// What every launch sees at the same instant.
    fn always(&self, kind: LinkKind, what: &str, at_s: f64) -> Link {
        Link {
            kind,
            what: what.to_owned(),
            at_s: interval::mean(&vec![Some(at_s); self.n as usize], self.confidence),
            in_launches: interval::probability(self.n, self.n, self.confidence),
            clock: None,
        }
    }

    /// What started it, and when that was over; the instant at which it began.
    fn trigger(
        &self,
        plays: &Plays<'_>,
        variant: &Variant,
        changed: Option<&Candidate>,
        all: &mut Vec<Link>,
    ) -> Option<f64> {
        let horizon_s = plays.model.horizon().as_secs_f64();
        let own = changed.and_then(|one| Some((one, span(plays.model, &one.changes)?)));
        let found = variant.recovery.as_ref();
        let (what, from_s, to_s) = match own {
            Some((one, (from, to))) => (one.key(), from.as_secs_f64(), to.as_secs_f64()),
            None => {
                let found = found?;
                let (from, to) = (found.trigger_begin_s?, found.trigger_end_s?);
                (String::new(), from, to)
            }
        };
        all.push(self.always(LinkKind::Trigger, &what, from_s));
        if to_s < horizon_s && to_s > from_s {
            all.push(self.always(LinkKind::TriggerOver, &what, to_s));
        }
        Some(from_s)
    }

    /// What was full, what broke, who noticed, and how it ended.
    fn broke(&self, variant: &Variant, started: Option<f64>, all: &mut Vec<Link>) {
        let since = started.unwrap_or(f64::MIN);
        let of = |kind: LinkKind, event: &Event| Link {
            kind,
            what: event.what.clone(),
            at_s: event.at_s,
            in_launches: event.in_launches,
            clock: None,
        };
        let first = |is: &dyn Fn(&Event) -> bool| {
            let at = |event: &Event| event.at_s.and_then(|at| at.p50).unwrap_or(f64::MAX);
            let mut events: Vec<&Event> = variant.events.iter().filter(|one| is(one)).collect();
            events.sort_by(|a, b| at(a).total_cmp(&at(b)));
            let after = |event: &&&Event| at(event) >= since - variant.timeline.bin_s;
            events.iter().find(after).copied()
        };
        let full = first(&|one| {
            let ends = one.what.ends_with(" no longer full");
            one.kind == EventKind::Saturated && one.what.ends_with(" full") && !ends
        });
        all.extend(full.map(|event| of(LinkKind::Saturated, event)));
        let broken = first(&|one| one.kind == EventKind::Objective);
        all.extend(broken.map(|event| of(LinkKind::Broken, event)));
        let noticed = first(&|one| matches!(one.kind, EventKind::Note | EventKind::Action));
        all.extend(noticed.map(|event| of(LinkKind::Noticed, event)));
        let Some(found) = &variant.recovery else {
            return;
        };
        let mut tell = |kind, at_s: Option<Estimate>, chance: Option<Probability>| {
            let seen = at_s.filter(|_| chance.is_some_and(|chance| chance.k > 0));
            all.extend(seen.map(|at_s| Link {
                kind,
                at_s: Some(at_s),
                in_launches: chance,
                ..Link::default()
            }));
        };
        tell(LinkKind::Unhealthy, found.onset_s, found.unhealthy);
        tell(LinkKind::Recovered, found.over_s, found.recovered);
    }
}

/// Whether a launch came back.
fn came_back(fate: Option<&Fate>) -> bool {
    fate.is_some_and(|fate| !fate.unhealthy() || fate.recovered() == Some(true))
}

/// In each launch the last instant at which taking its trigger away still lets it recover; nothing
/// in it if there was a way back all the time, or none at all; `None` where it is not known.
fn no_return(
    plays: &mut Plays<'_>,
    candidate: &Candidate,
) -> Result<Vec<Option<Option<f64>>>, Failure> {
    let model = plays.model;
    let clock = span(model, &candidate.changes).filter(|(_, end)| *end < model.horizon());
    let Some((begin, end)) = clock.filter(|_| plays.judge.is_some()) else {
        return Ok(Vec::new());
    };
    let undone = Undone {
        plays,
        candidate,
        begin,
        length: end.since(begin).as_secs_f64(),
    };
    let done = plays
        .crew
        .each(plays.replications as usize, &|launch, seat| {
            undone.last(launch as u32, seat)
        });
    let done = done.map_err(|overrun| {
        let job = (BASELINE, overrun.job as u32);
        failure(job, overrun, (plays.plan, plays.crew))
    })?;
    let found: Option<Vec<(Option<Option<f64>>, u64)>> = done.into_iter().collect();
    let found = found.ok_or_else(|| plays.crew.nothing())?;
    plays.launches += found.iter().map(|one| one.1).sum::<u64>();
    Ok(found.into_iter().map(|one| one.0).collect())
}

/// A trigger that is taken away sooner than it ended.
struct Undone<'p, 'a> {
    plays: &'p Plays<'a>,
    candidate: &'p Candidate,
    begin: Time,
    length: f64,
}

impl Undone<'_, '_> {
    fn at(&self, part: f64) -> Time {
        self.begin + Span::SECOND * (self.length * part).round() as i64
    }

    /// The last instant in a launch, and how many launches it took to find it.
    fn last(&self, launch: u32, seat: &mut Seat) -> Result<(Option<Option<f64>>, u64), Exceeded> {
        let mut played = 0;
        let mut comes_back = |part: f64, seat: &mut Seat| {
            played += 1;
            self.comes_back(part, launch, seat)
        };
        let (mut early, mut late) = (0.0, 1.0);
        let first = comes_back(early, seat)?;
        if first != Some(true) || comes_back(late, seat)? != Some(false) {
            return Ok((first.map(|_| None), played));
        }
        for _ in 0..HALVED {
            let middle = f64::midpoint(early, late);
            match comes_back(middle, seat)? {
                Some(true) => early = middle,
                _ => late = middle,
            }
        }
        Ok((Some(Some(self.at(early).as_secs_f64())), played))
    }

    /// Whether a launch comes back if the trigger is taken away a part of the way through it.
    fn comes_back(
        &self,
        part: f64,
        launch: u32,
        seat: &mut Seat,
    ) -> Result<Option<bool>, Exceeded> {
        let plays = self.plays;
        let Some(play) = later(plays.model, &self.candidate.changes, self.at(part)) else {
            return Ok(None);
        };
        let Some(model) = play.model(plays.model) else {
            return Ok(None);
        };
        let program = program::compile(&model, &Asked::default());
        let job = Job {
            program: &program,
            seed: plays.plan.seed,
            number: launch,
            limits: plays.plan.limits,
        };
        let seen = plays.crew.execute(&job, seat)?;
        let lens = Lens::new(&model, &program, plays.judge);
        let fate = lens.fate(&seen);
        Ok(fate.as_ref().map(|fate| came_back(Some(fate))))
    }
}
