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

/// What an endpoint needs for a request.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Need {
    /// Work of a program: a guess.
    Work,
    /// Next to nothing: it is a file.
    File,
    /// So long, as it was measured.
    Time(String),
}

/// An endpoint, and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Plain {
    pub(in super::super) name: String,
    pub(in super::super) remarks: Vec<String>,
    pub(in super::super) need: Need,
    /// Shares of requests that fail, and that are refused.
    pub(in super::super) failed: f64,
    pub(in super::super) refused: f64,
}

impl Plain {
    /// One of which nothing is known but what it is called.
    pub(in super::super) fn of(name: String, label: &str) -> Plain {
        Plain {
            remarks: (label != name)
                .then(|| label.to_owned())
                .into_iter()
                .collect(),
            name,
            need: Need::Work,
            failed: 0.0,
            refused: 0.0,
        }
    }
}

/// Adds a service of such endpoints; `why` says why the work of some is a guess.
pub(in super::super) fn plain_service(
    found: &mut Skeleton,
    endpoints: Vec<Plain>,
    why: &str,
    account: &mut Account,
) {
    found.params.push(servers());
    match endpoints.iter().any(|endpoint| endpoint.need == Need::Work) {
        true => guess(found, why, account),
        false => account.assumed.push(format!(
            "the number of servers and workers was not measured: {SERVERS} servers of 64 workers; \
             times do not grow with the load"
        )),
    }
    let endpoints = endpoints.into_iter().map(|plain| Endpoint {
        steps: ending(
            needed(&plain.need),
            [(plain.failed, "failed"), (plain.refused, "refused")],
        ),
        remarks: plain.remarks,
        name: plain.name,
    });
    let endpoints = endpoints.collect();
    found.services.push(Service {
        remarks: Vec::new(),
        name: SERVICE.to_owned(),
        keys: guessed_keys(),
        endpoints,
    });
}

pub(in super::super) fn needed(need: &Need) -> Step {
    match need {
        Need::Work => Step::Cpu("exp($work)".to_owned()),
        Need::File => Step::Cpu("exp(1ms)".to_owned()),
        Need::Time(law) => Step::Wait(law.clone()),
    }
}

pub(in super::super) fn servers() -> Param {
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
pub(in super::super) fn guess(found: &mut Skeleton, why: &str, account: &mut Account) {
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
    let need = match group.pattern.as_str() {
        STATIC => Need::File,
        _ => Need::Work,
    };
    endpoint(group, said(group, groups), needed(&need))
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
    Endpoint {
        remarks,
        name: group.name.clone(),
        steps: ending(
            work,
            [
                (share(stats.failed), "failed"),
                (share(stats.refused), "refused"),
            ],
        ),
    }
}

/// Work, and how it ends by chance.
pub(in super::super) fn ending(work: Step, ends: [(f64, &'static str); 2]) -> Vec<Step> {
    let ends = ends.into_iter().filter(|(share, _)| *share > 0.0);
    let mut branches: Vec<(f64, Vec<Step>)> = ends
        .map(|(share, how)| (share, vec![Step::Fail(how)]))
        .collect();
    let bad: f64 = branches.iter().map(|(share, _)| share).sum();
    let mut steps = vec![work];
    if !branches.is_empty() {
        branches.push((1.0 - bad, Vec::new()));
        steps.push(Step::Choose(branches));
    }
    steps
}
