//! What users do, from what visits did.
//!
//! One idea: the sequences that many visits share are branches of one journey, step by step; all
//! other visits ask for one endpoint after the other by the shares that are left, as often as they
//! did in the mean. So the number of requests to each endpoint is that of the log.

use super::super::account::{Account, counted, percent};
use super::super::fit::fit;
use super::super::number;
use super::super::sequences::Sequence;
use super::super::skeleton::{Journey, Skeleton, Step};
use super::super::times::Times;
use super::super::traffic::{PERSON, Traffic};
use super::{Group, Groups, Setting, journey};

/// Sequences that are branches of their own at most.
const BRANCHES: usize = 8;
/// The share of the visits that makes a sequence one.
const OFTEN: f64 = 0.02;
/// The part of the requests from which on nobody's visits are known.
const MACHINES: f64 = 0.9;
/// Requests of a step in the mean from which on it is one that is repeated.
const AGAIN: f64 = 1.25;
/// Seconds in steps of which pauses are measured: most logs write no more.
const GRAIN_S: f64 = 1.0;

/// Whose requests they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Visits of people alone.
    Visits,
    /// Visits, and requests of what never ends.
    Both,
    /// Each request is on its own.
    Requests,
}

impl Who {
    pub(super) fn of(traffic: &mut Traffic) -> Who {
        let (all, machines) = totals(traffic);
        match machines {
            0 => Who::Visits,
            some if some as f64 > MACHINES * all as f64 => {
                traffic.series.without_visits();
                for stats in &mut traffic.stats {
                    stats.machines = stats.requests;
                }
                Who::Requests
            }
            _ => Who::Both,
        }
    }

    pub(super) fn has_visits(self) -> bool {
        self != Who::Requests
    }

    pub(super) fn has_machines(self) -> bool {
        self != Who::Visits
    }
}

/// All requests, and those that no person makes.
fn totals(traffic: &Traffic) -> (u64, u64) {
    let sum = |of: fn(&super::Stats) -> u64| traffic.stats.iter().map(of).sum();
    (sum(|stats| stats.requests), sum(|stats| stats.machines))
}

/// Adds the journeys of the sources.
pub(super) fn journeys(
    found: &mut Skeleton,
    traffic: &Traffic,
    (groups, setting): (&Groups, &Setting<'_>),
    account: &mut Account,
) {
    let names: Vec<String> = found
        .sources
        .iter()
        .map(|source| source.journey.clone())
        .collect();
    let (all, machines) = totals(traffic);
    for name in names {
        match name.as_str() {
            "visit" => {
                let steps = visit(traffic, (groups, setting), account);
                found.journeys.push(steps);
            }
            _ => {
                let shares = groups
                    .all
                    .iter()
                    .map(|group| group.stats.machines as f64)
                    .collect();
                let steps = vec![any_of(groups, shares)];
                found.journeys.push(journey("request", Vec::new(), steps));
            }
        }
    }
    match (machines, all - machines) {
        (0, _) => {}
        (_, 0) if traffic.nobodys > 0 => account.assumed.push(
            "who made a request is not known: each is a user of its own who makes one".to_owned(),
        ),
        (_, 0) => account.assumed.push(format!(
            "most requests are of few (a proxy, or machines), more than {PERSON} \
             each without a pause: each request is a user of its own who makes one"
        )),
        (some, _) => account.assumed.push(format!(
            "{} ({}) are what is beyond {PERSON} of one visit: those come on their own, as \
             requests of robots and machines do",
            counted(some, "request"),
            percent(some as f64 / all as f64)
        )),
    }
}

/// What visits do.
fn visit(
    traffic: &Traffic,
    (groups, setting): (&Groups, &Setting<'_>),
    account: &mut Account,
) -> Journey {
    let sequences = traffic
        .sequences
        .grouped(|node| groups.of_node[node as usize]);
    let visits = traffic.sequences.visits();
    let mut often: Vec<(&Vec<usize>, &Sequence)> = sequences.iter().collect();
    often.sort_by_key(|(path, sequence)| (std::cmp::Reverse(sequence.visits), *path));
    let enough =
        |(_, sequence): &(&Vec<usize>, &Sequence)| sequence.visits as f64 >= OFTEN * visits as f64;
    let often: Vec<_> = often
        .into_iter()
        .take(BRANCHES)
        .take_while(enough)
        .collect();
    let mut left: Vec<f64> = groups
        .all
        .iter()
        .map(|group| (group.stats.requests - group.stats.machines) as f64)
        .collect();
    let mut branches = Vec::new();
    for (path, sequence) in &often {
        let share = sequence.visits as f64 / visits as f64;
        branches.push((share, steps(groups, path, sequence)));
        for (group, requests) in path.iter().zip(&sequence.requests) {
            // Those that the steps leave out are among the others.
            let told = each(*requests, sequence) * sequence.visits as f64;
            left[*group] = (left[*group] - told).max(0.0);
        }
    }
    let told: u64 = often.iter().map(|(_, sequence)| sequence.visits).sum();
    let rest = visits.saturating_sub(told);
    if rest > 0 {
        branches.push((rest as f64 / visits as f64, mixed(groups, &left, rest)));
    }
    told_of(traffic, setting, (visits, told, often.len()), account);
    let remark = format!(
        "from {}; shares are those of visits",
        counted(visits, "visit")
    );
    let steps = match branches.len() {
        1 => branches.remove(0).1,
        _ => vec![Step::Choose(branches)],
    };
    journey("visit", vec![remark], steps)
}

/// Says what was made of so many visits, so many of which do one of a few sequences.
fn told_of(
    traffic: &Traffic,
    setting: &Setting<'_>,
    (visits, told, sequences): (u64, u64, usize),
    account: &mut Account,
) {
    let (requests, machines) = totals(traffic);
    let do_what = match (sequences, visits - told) {
        (0, _) => "they ask for one endpoint after the other by their shares".to_owned(),
        (n, 0) => format!("all do one of {}", counted(n as u64, "sequence")),
        (n, _) => format!(
            "{} of them do one of {}, the others ask for one endpoint after the other by their \
             shares",
            percent(told as f64 / visits as f64),
            counted(n as u64, "sequence")
        ),
    };
    account.taken.push(format!(
        "{}, {} requests in the mean; {do_what}",
        counted(visits, "visit"),
        number::digits((requests - machines) as f64 / (visits as f64).max(1.0)),
    ));
    account.assumed.push(format!(
        "a visit is the requests of {} with no pause longer than `--gap`; users who share that are \
         one, and what caches answer is not seen",
        setting.who
    ));
    account.assumed.push(
        "whoever gets an error goes on with the visit; what is not found or not allowed (4xx) is \
         an answer, not an error"
            .to_owned(),
    );
}

/// The steps of a sequence.
fn steps(groups: &Groups, path: &[usize], sequence: &Sequence) -> Vec<Step> {
    let mut steps = Vec::new();
    for (n, (group, requests)) in path.iter().zip(&sequence.requests).enumerate() {
        let group = &groups.all[*group];
        if n > 0 {
            steps.extend(pause(&group.stats.pauses));
        }
        steps.push(repeated(each(*requests, sequence), || {
            let call = Step::Call(group.target());
            std::iter::once(call)
                .chain(pause(&group.stats.repeats))
                .collect()
        }));
    }
    steps
}

/// How often a step of a sequence is done in the mean: once, where hardly anybody does it again.
fn each(requests: f64, sequence: &Sequence) -> f64 {
    match requests / sequence.visits as f64 {
        each if each < AGAIN => 1.0,
        each => each,
    }
}

/// A step that is done so often in the mean.
fn repeated(times: f64, steps: impl Fn() -> Vec<Step>) -> Step {
    // A thousandth more is rounding.
    match times > 1.001 {
        true => Step::Repeat(
            format!("geometric(mean={})", number::digits(times)),
            steps(),
        ),
        false => steps().remove(0),
    }
}

/// Visits that ask for one endpoint after the other.
fn mixed(groups: &Groups, requests: &[f64], visits: u64) -> Vec<Step> {
    let each = (requests.iter().sum::<f64>() / visits as f64).max(1.0);
    let mut pauses = Times::default();
    for Group { stats, .. } in &groups.all {
        pauses.merge(&stats.pauses);
        pauses.merge(&stats.repeats);
    }
    let one = || {
        let any = any_of(groups, requests.to_vec());
        std::iter::once(any).chain(pause(&pauses)).collect()
    };
    vec![repeated(each, one)]
}

/// One of the endpoints, by these weights.
fn any_of(groups: &Groups, weights: Vec<f64>) -> Step {
    let all: f64 = weights.iter().sum();
    // Less than half a request is rounding.
    let asked = groups
        .all
        .iter()
        .zip(weights)
        .filter(|(_, weight)| *weight > 0.5);
    let mut branches: Vec<(f64, Vec<Step>)> = asked
        .map(|(group, weight)| (weight / all, vec![Step::Call(group.target())]))
        .collect();
    match branches.len() {
        0 => Step::Call(groups.all[0].target()),
        1 => branches.remove(0).1.remove(0),
        _ => Step::Choose(branches),
    }
}

/// The pause before a request; none where it follows at once.
fn pause(pauses: &Times) -> Option<Step> {
    let mean = pauses.mean_s().filter(|mean| *mean >= 0.05)?;
    let law = fit(pauses, GRAIN_S).map(|fit| fit.law().to_owned());
    Some(Step::Think(
        law.unwrap_or_else(|| format!("exp({})", number::secs(mean))),
    ))
}
