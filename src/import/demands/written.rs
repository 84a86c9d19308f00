//! Demands as the tables of a model.
//!
//! One idea: who comes is as it was measured; a request works as long as was found; what is busy
//! without any request is a source of its own, so that twice the users do not double it; and how
//! busy processors were stands beside it, so that a run says how near it is.

use super::super::account::Account;
use super::super::number::{self, secs};
use super::super::paths::name_of;
use super::super::rates::{self, Setting};
use super::super::skeleton::{
    Endpoint, Figure, Journey, Observed, Ramp, Service, Shape, Skeleton, Source, Spacing, Step,
};
use super::super::{Asked, account::counted};
use super::Found;
use super::joined::{self, Joined};
use crate::estimate::demand::{Amount, Untold};

/// Figures of how busy a service was, at most.
const FIGURES: usize = 6;
/// Pieces of the background at most.
const PIECES: f64 = 20_000.0;
/// Seconds of a piece at least.
const PIECE_S: f64 = 0.05;
/// Seconds that a request works at most: what needs more is no request.
const LONGEST_S: f64 = 86_400.0;
/// Cores that are as good as none.
const NOTHING: f64 = 1e-4;
/// What the background is called.
const BACKGROUND: &str = "background";

/// Makes the tables.
pub(super) fn model(
    joined: &Joined,
    found: &[Found],
    asked: &Asked,
    account: &mut Account,
) -> Skeleton {
    let setting = Setting {
        asked,
        source: &account.source.clone(),
        is_dated: joined.is_dated,
        noun: "request",
        known: std::collections::BTreeMap::new(),
    };
    let grid = joined.grid();
    if grid.bridged > 0 {
        account.doubtful.push(format!(
            "rates that are missing: {}; a straight line joins their neighbours in the arrivals",
            counted(grid.bridged, "value")
        ));
    }
    let grid = rates::windowed(grid, &setting, account);
    let (from_s, width_s) = (grid.from_s, grid.width_s);
    let names = services(found);
    let target = |_: &str, name: &str| format!("{}.{name}", names[0]);
    let (mut model, sources) = rates::arrivals(grid, &setting, (&target, account));
    // Of a series that is not dated T+0 is the first value.
    let first = usize::try_from((from_s - joined.from_s) / width_s).unwrap_or(0);
    let minutes = usize::try_from(model.run_for_s / width_s).unwrap_or(0);
    model.observed = Some(with_busy(&model, joined, (found, &names), first));
    for (at, service) in found.iter().enumerate() {
        let called: Vec<&String> = if at == 0 {
            names[1..].iter().collect()
        } else {
            Vec::new()
        };
        model.services.push(self::service(
            service,
            (&names[at], &called),
            joined,
            &sources,
        ));
        background(&mut model, service, &names[at]);
    }
    model.held = Some(observed(joined, (found, &names), (first, minutes)));
    model.objectives = rates::objective(&model, account).into_iter().collect();
    model
}

/// The names of the services, each of its own.
fn services(found: &[Found]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for service in found {
        let name = name_of(&service.name);
        let numbered = (2..).map(|n| format!("{name}-{n}"));
        let mut free = std::iter::once(name.clone()).chain(numbered);
        let free = free.find(|name| !names.contains(name));
        names.push(free.unwrap_or(name));
    }
    names
}

fn service(
    found: &Found,
    (name, called): (&str, &[&String]),
    joined: &Joined,
    sources: &[(String, String)],
) -> Service {
    let endpoints = sources.iter().map(|(label, source)| {
        let at = joined.rates.iter().position(|(name, _)| name == label);
        let amount = at
            .and_then(|at| found.demands.endpoints[at])
            .unwrap_or_default();
        let mut steps = vec![work(amount)];
        steps.extend(
            called
                .iter()
                .map(|other| Step::Call(format!("{other}.{source}"))),
        );
        let groups = || found.demands.untold.iter();
        let untold = at.and_then(|at| groups().find(|one| one.endpoints.contains(&at)));
        Endpoint {
            remarks: vec![said(label, amount, untold)],
            name: source.clone(),
            steps,
        }
    });
    Service {
        remarks: vec![format!(
            "busy {} in the mean",
            number::digits(busy(found, joined))
        )],
        name: name.to_owned(),
        keys: vec![
            ("workers", "10_000".to_owned()),
            ("cores", number::digits(found.cores)),
        ],
        endpoints: endpoints.collect(),
    }
}

/// The step in which a request works.
fn work(amount: Amount) -> Step {
    match amount.value > 0.0 {
        true => Step::Cpu(format!("exp({})", secs(amount.value.min(LONGEST_S)))),
        false => Step::Cpu("0s".to_owned()),
    }
}

fn said(label: &str, amount: Amount, untold: Option<&Untold>) -> String {
    let why = match untold.is_some() {
        true => ", shared with others by assumption",
        false => "",
    };
    let (from, to) = (secs(amount.from), secs(amount.to));
    format!("{label}: between {from} and {to} of CPU{why}")
}

/// The mean part of the cores that was busy.
fn busy(found: &Found, joined: &Joined) -> f64 {
    let of = joined.busy.iter().find(|busy| busy.service == found.name);
    let known: Vec<f64> = of
        .iter()
        .flat_map(|busy| busy.values.iter().flatten())
        .copied()
        .collect();
    let mean = known.iter().sum::<f64>() / (known.len() as f64).max(1.0);
    joined::in_cores(mean, found.cores, found.unit) / found.cores
}

/// The source of what is busy without any request.
fn background(model: &mut Skeleton, found: &Found, service: &str) {
    let cores = found.demands.background.value;
    if cores < NOTHING * found.cores {
        return;
    }
    let name = match model.services.len() {
        1 => BACKGROUND.to_owned(),
        n => format!("{BACKGROUND}-{n}"),
    };
    let secs_all = model.run_for_s as f64;
    let piece = (cores * secs_all / PIECES).clamp(PIECE_S, LONGEST_S);
    let rate = Ramp::Rate(cores / piece, secs_all);
    model.sources.push(Source {
        remarks: vec![format!(
            "what is busy without any request: {} cores, in pieces of {}",
            number::digits(cores),
            secs(piece)
        )],
        name: name.clone(),
        journey: name.clone(),
        shape: Shape::Ramps(vec![rate], Spacing::Even),
    });
    model.journeys.push(Journey {
        remarks: Vec::new(),
        name: name.clone(),
        steps: vec![Step::Call(format!("{service}.{name}"))],
    });
    let endpoint = Endpoint {
        remarks: Vec::new(),
        name,
        steps: vec![Step::Cpu(secs(piece))],
    };
    if let Some(last) = model.services.last_mut() {
        last.endpoints.push(endpoint);
    }
}

/// By service, the part of the cores that was busy in a minute.
fn part(joined: &Joined, found: &Found, minute: usize) -> Option<f64> {
    let busy = joined.busy.iter().find(|busy| busy.service == found.name)?;
    let value = busy.values.get(minute).copied().flatten()?;
    // More than all of them is a number of cores that is too small, or a clock that was late.
    Some((joined::in_cores(value, found.cores, found.unit) / found.cores).min(1.0))
}

/// What was measured with how busy services were, from the first minute of the model on.
fn with_busy(
    model: &Skeleton,
    joined: &Joined,
    (found, names): (&[Found], &[String]),
    first: usize,
) -> String {
    let text = model.observed.as_deref().unwrap_or_default();
    let mut out = String::new();
    for (n, line) in text.lines().enumerate() {
        let cells = line.split_once(',').map_or("", |(_, cells)| cells);
        let time = line.split(',').next().unwrap_or_default();
        let (time, busy): (String, Vec<String>) = match n.checked_sub(1) {
            None => (
                time.to_owned(),
                names.iter().map(|name| format!("{name}_busy")).collect(),
            ),
            Some(minute) => {
                let busy = found.iter().map(|one| {
                    part(joined, one, first + minute).map_or_else(String::new, number::digits)
                });
                let from_start = (minute as i64 * joined.width_s).to_string();
                (
                    if joined.is_dated {
                        time.to_owned()
                    } else {
                        from_start
                    },
                    busy.collect(),
                )
            }
        };
        out.push_str(&format!("{time},{cells},{}\n", busy.join(",")));
    }
    out
}

/// How busy services were, to be held against launches.
fn observed(
    joined: &Joined,
    (found, names): (&[Found], &[String]),
    (first, minutes): (usize, usize),
) -> Observed {
    let metric = |name: &String| format!("mean({name}.busy)");
    let figures = found.iter().zip(names).flat_map(|(one, name)| {
        let length = minutes.div_ceil(FIGURES).max(1);
        let begins = (0..minutes).step_by(length);
        begins.filter_map(move |begin| {
            let end = (begin + length).min(minutes);
            let known = (begin..end).filter_map(|at| part(joined, one, first + at));
            let known: Vec<f64> = known.collect();
            let at = |minute: usize| number::whole(minute as i64 * joined.width_s);
            (!known.is_empty()).then(|| Figure {
                that: format!("{} between {} and {}", metric(name), at(begin), at(end)),
                is: percent(known.iter().sum::<f64>() / known.len() as f64),
                give: percent(give(one)),
            })
        })
    });
    let figures = figures.collect();
    let most = found.iter().map(give).fold(0.0, f64::max);
    Observed {
        columns: names
            .iter()
            .map(|name| (format!("{name}_busy"), metric(name)))
            .collect(),
        give: percent(most),
        figures,
    }
}

/// The noise of a value, as a part of the cores.
fn give(found: &Found) -> f64 {
    (found.demands.noise * found.mean / found.cores).clamp(0.001, 1.0)
}

fn percent(part: f64) -> String {
    format!("{}%", number::digits(part * 100.0))
}
