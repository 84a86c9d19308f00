//! What the service does for a request, and how much of it there is.
//!
//! One idea: a log knows how long a request took, at best, and never why nor what there is to do it
//! with. Measured times are waits that hold a worker, of whom there are twice as many as were ever
//! busy at once; where there are no times, the work is a guess that says so.

use super::super::account::{Account, counted, percent};
use super::super::fit::{Fit, LEAST, fit};
use super::super::number;
use super::super::paths::STATIC;
use super::super::series::Row;
use super::super::skeleton::{Endpoint, Param, Service, Skeleton, Step};
use super::super::times::Times;
use super::{Group, Groups, SERVICE, Setting};

/// Servers where nothing is known.
const SERVERS: u64 = 2;
/// Workers of all servers at least.
const WORKERS: u64 = 8;

/// Whether times are fine enough to say anything: a clock that counts whole seconds is not, where
/// most take less.
pub(super) fn are_times_fine(times: &Times, grain_s: Option<f64>) -> bool {
    let median = times.quantile_s(0.5).unwrap_or(0.0);
    grain_s.is_some_and(|grain| times.count >= LEAST && median >= grain * 2.0)
        || grain_s.is_some_and(|grain| times.count >= LEAST && grain <= 0.001)
}

/// Adds the service.
pub(super) fn service(
    found: &mut Skeleton,
    groups: &Groups,
    (row, setting): (&Row, &Setting<'_>),
    account: &mut Account,
) {
    let mut all = Times::default();
    groups
        .all
        .iter()
        .for_each(|group| all.merge(&group.stats.times));
    let fine = setting
        .grain_s
        .filter(|grain| are_times_fine(&all, Some(*grain)));
    let Some(grain) = fine else {
        let endpoints = groups.all.iter().map(|group| guessed(group, groups));
        let endpoints = endpoints.collect();
        found.params.push(servers());
        guess(found, no_times(&all), account);
        found.services.push(Service {
            remarks: Vec::new(),
            name: SERVICE.to_owned(),
            keys: guessed_keys(),
            endpoints,
        });
        return;
    };
    found.params.push(servers());
    let endpoints = groups
        .all
        .iter()
        .map(|group| measured(group, &all, grain, groups));
    let endpoints = endpoints.collect();
    found.services.push(Service {
        remarks: Vec::new(),
        name: SERVICE.to_owned(),
        keys: measured_keys(row, account),
        endpoints,
    });
}

/// Why the times of requests are not known.
fn no_times(all: &Times) -> &'static str {
    match all.count {
        0 => "how long a request takes is not in it (as `%D` or `$request_time` of an access log)",
        _ => "its times are too coarse or too few to say how long a request takes",
    }
}

/// How many workers there are, where it was measured how many were busy.
fn measured_keys(row: &Row, account: &mut Account) -> Vec<(&'static str, String)> {
    let busy = row.bins.iter().filter(|bin| bin.timed > 0).map(|bin| {
        let untold = bin.requests as f64 / bin.timed as f64;
        bin.nanos as f64 / 1e9 / row.width_s as f64 * untold
    });
    let busy = busy.fold(0.0, f64::max);
    let workers = (2.0 * busy).ceil().max(WORKERS as f64) / SERVERS as f64;
    let workers = workers.ceil();
    account.assumed.push(format!(
        "the number of servers and workers is not in a log: {SERVERS} servers of {workers} \
         workers, twice what was in use at most ({} requests at once, in the busiest {})",
        number::digits(busy),
        number::whole(row.width_s)
    ));
    account.assumed.push(
        "the time of a request holds a worker and does not grow with the load; what of it is work \
         for a core is not in a log"
            .to_owned(),
    );
    vec![
        ("servers", "\"$servers\"".to_owned()),
        ("workers", format!("{workers}")),
    ]
}

/// What an endpoint is guessed to need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Guess {
    /// Work of a program.
    Work,
    /// Next to nothing: it is a file.
    File,
}

/// Adds a service of which nothing is known but its endpoints: their names, what is said of them,
/// and what they need.
pub(in super::super) fn guessed_service(
    found: &mut Skeleton,
    endpoints: Vec<(String, Vec<String>, Guess)>,
    why: &str,
    account: &mut Account,
) {
    found.params.push(servers());
    guess(found, why, account);
    let endpoints = endpoints
        .into_iter()
        .map(|(name, remarks, guess)| Endpoint {
            remarks,
            name,
            steps: vec![needed(guess)],
        });
    let endpoints = endpoints.collect();
    found.services.push(Service {
        remarks: Vec::new(),
        name: SERVICE.to_owned(),
        keys: guessed_keys(),
        endpoints,
    });
}

fn needed(guess: Guess) -> Step {
    Step::Cpu(match guess {
        Guess::Work => "exp($work)".to_owned(),
        Guess::File => "exp(1ms)".to_owned(),
    })
}

fn servers() -> Param {
    Param {
        name: "servers",
        value: SERVERS.to_string(),
        range: Some(["1".to_owned(), "8".to_owned()]),
        label: "Servers".to_owned(),
    }
}

fn guessed_keys() -> Vec<(&'static str, String)> {
    vec![
        ("servers", "\"$servers\"".to_owned()),
        ("workers", "64".to_owned()),
        ("cores", "4".to_owned()),
    ]
}

/// Adds the guess of the work, and says why it is one.
fn guess(found: &mut Skeleton, why: &str, account: &mut Account) {
    found.params.push(Param {
        name: "work",
        value: "\"50ms\"".to_owned(),
        range: Some(["\"10ms\"".to_owned(), "\"250ms\"".to_owned()]),
        label: "CPU time of a request".to_owned(),
    });
    account
        .assumed
        .push(format!("{why}: `work` is a guess of 50 ms of CPU"));
    account.assumed.push(format!(
        "the number of servers, workers and cores was not measured: {SERVERS} servers of 4 cores"
    ));
}

/// An endpoint whose times are known.
fn measured(group: &Group, all: &Times, grain_s: f64, groups: &Groups) -> Endpoint {
    let times = &group.stats.times;
    let own = fit(times, grain_s);
    let (law, remark) = match &own {
        Some(fit) => (fit.law().to_owned(), fit.beside()),
        None => {
            let all = fit(all, grain_s).as_ref().map(Fit::law).map(str::to_owned);
            let law = all.unwrap_or_else(|| "0s".to_owned());
            let n = counted(times.count, "time");
            (
                law,
                format!("{n} of its own, too few: those of all requests"),
            )
        }
    };
    let mut remarks = said(group, groups);
    remarks.push(remark);
    endpoint(group, remarks, Step::Wait(law))
}

/// An endpoint whose times are not.
fn guessed(group: &Group, groups: &Groups) -> Endpoint {
    let guess = match group.pattern.as_str() {
        STATIC => Guess::File,
        _ => Guess::Work,
    };
    endpoint(group, said(group, groups), needed(guess))
}

/// What was asked, how often, and how it ended.
fn said(group: &Group, groups: &Groups) -> Vec<String> {
    let all: u64 = groups.all.iter().map(|group| group.stats.requests).sum();
    let stats = &group.stats;
    let what = match group.name == super::OTHER {
        true => format!("{} more", counted(groups.others as u64, "endpoint")),
        false => group.pattern.clone(),
    };
    let ends = [
        (stats.declined, "not found or not allowed (4xx)"),
        (stats.refused, "turned away (429, 503)"),
        (stats.failed, "failed (5xx)"),
        (stats.left, "left before the answer (499)"),
    ];
    let of = (stats.requests as f64).max(1.0);
    let ends = ends.into_iter().filter(|(n, _)| *n > 0);
    let ends = ends.map(|(n, what)| format!(", {} {what}", percent(n as f64 / of)));
    vec![format!(
        "{what}: {} ({}){}",
        counted(stats.requests, "request"),
        percent(stats.requests as f64 / all as f64),
        ends.collect::<String>()
    )]
}

fn endpoint(group: &Group, remarks: Vec<String>, work: Step) -> Endpoint {
    let stats = &group.stats;
    let share = |n: u64| n as f64 / (stats.requests as f64).max(1.0);
    let fails = [(stats.failed, "failed"), (stats.refused, "refused")];
    let fails = fails.into_iter().filter(|(n, _)| *n > 0);
    let mut branches: Vec<(f64, Vec<Step>)> = fails
        .map(|(n, how)| (share(n), vec![Step::Fail(how)]))
        .collect();
    let mut steps = vec![work];
    let bad: f64 = branches.iter().map(|(share, _)| share).sum();
    if !branches.is_empty() {
        branches.push((1.0 - bad, Vec::new()));
        steps.push(Step::Choose(branches));
    }
    Endpoint {
        remarks,
        name: group.name.clone(),
        steps,
    }
}
