//! The questions that a model can be asked, and for each what may be moved and how far.
//!
//! One idea: whoever asks "how much is enough" should not have to look up a path first. What is
//! proposed first is what matters most: of capacities those of the most loaded resource, of
//! triggers the faults, of loads the parameters that the author gave a range.

use serde::Serialize;

use super::asked::Ask;
use super::knob::Knob;
use super::stops::written;
use crate::base::decimal::Decimal;
use crate::model::capacity::ResourceKind;
use crate::model::{Model, Study};

/// A question that the model can be asked.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Question {
    ask: Ask,
    /// As a planner asks it.
    words: &'static str,
    /// What may be moved, one list for each input; the first of a list is the default. An input
    /// after the first may be left alone.
    inputs: Vec<Input>,
}

/// An input that a question moves.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Input {
    /// What it is to the question.
    what: &'static str,
    proposals: Vec<Proposal>,
}

/// A path with a range that makes sense for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Proposal {
    path: String,
    label: String,
    range: String,
}

/// How many times as much, and what part of it, is tried of a load that has no range.
const TIMES: f64 = 2.0;
/// The same of how long a fault lasts.
const TIMES_A_FAULT: f64 = 4.0;
/// Loads at which it is asked where it tips.
const LOADS: f64 = 4.0;

/// The questions of a model with these sliders.
pub(super) fn questions(model: &Model, knobs: &[Knob]) -> Vec<Question> {
    let (params, capacities): (Vec<&Knob>, Vec<&Knob>) = knobs
        .iter()
        .partition(|knob| knob.path.starts_with("param."));
    let ranged: Vec<Proposal> = params.iter().filter_map(|knob| of_slider(knob)).collect();
    let loads = [ranged.clone(), loads(model)].concat();
    let capacities = by_load(model, &capacities);
    let mut all = vec![Question {
        ask: Ask::Run,
        words: "Will it hold, and which change helps?",
        inputs: Vec::new(),
    }];
    let enough = [capacities.clone(), loads.clone()].concat();
    if !model.objectives.is_empty() && !enough.is_empty() {
        let inputs = vec![input("What may grow", &enough)];
        all.push(question(Ask::Size, "How much is enough?", inputs));
    }
    let swept = [loads.clone(), capacities].concat();
    if !swept.is_empty() {
        let inputs = vec![input("What is moved", &swept)];
        all.push(question(Ask::Sweep, "Where is the knee?", inputs));
    }
    let triggers = triggers(model, &params);
    if model.study == Study::Launch && !triggers.is_empty() {
        let is_free = |load: &&Proposal| triggers.iter().all(|one| one.path != load.path);
        let loads: Vec<Proposal> = loads.iter().filter(is_free).map(spread).collect();
        let inputs = vec![
            input("What goes wrong", &triggers),
            input("At which load", &loads),
        ];
        all.push(question(Ask::Tip, "Where does it tip?", inputs));
    }
    if model.params.values().any(|param| param.range.is_some()) {
        all.push(question(Ask::Uncertain, "Which guess decides?", Vec::new()));
    }
    all
}

fn question(ask: Ask, words: &'static str, inputs: Vec<Input>) -> Question {
    Question { ask, words, inputs }
}

fn input(what: &'static str, proposals: &[Proposal]) -> Input {
    Input {
        what,
        proposals: proposals.to_vec(),
    }
}

/// What a slider can do, as a range.
fn of_slider(knob: &Knob) -> Option<Proposal> {
    let (low, high) = (knob.stops.first()?, knob.stops.last()?);
    Some(Proposal {
        path: knob.path.clone(),
        label: knob.called(),
        range: format!("{low}{unit}..{high}{unit}", unit = knob.unit),
    })
}

/// Servers, workers and cores, those of the most loaded services first, and of each service the
/// one that it is short of.
fn by_load(model: &Model, knobs: &[&Knob]) -> Vec<Proposal> {
    let loaded = model.capacity().resources;
    let rank = |knob: &&&Knob| {
        let mut parts = knob.path.split('.').skip(1);
        let (service, key) = (parts.next(), parts.next());
        let of = |kind: &ResourceKind| match kind {
            ResourceKind::Cores(name) => (service == Some(name), "cores"),
            ResourceKind::Workers(name) => (service == Some(name), "workers"),
            ResourceKind::Pool(_) => (false, ""),
        };
        let at = loaded.iter().position(|one| of(&one.kind).0);
        let short = at.map(|at| of(&loaded[at].kind).1);
        // Who has several servers buys servers.
        let several = service.and_then(|name| model.services.get(name));
        let first = match several.is_some_and(|one| one.servers > 1) {
            true => Some("servers"),
            false => short,
        };
        (at.unwrap_or(usize::MAX), first != key)
    };
    let mut all: Vec<&&Knob> = knobs.iter().collect();
    all.sort_by_key(rank);
    all.into_iter().filter_map(|knob| of_slider(knob)).collect()
}

/// Rates and crowds that stand in the model as numbers.
fn loads(model: &Model) -> Vec<Proposal> {
    let names = model.arrivals.keys();
    let paths = names.flat_map(|name| {
        ["rate", "population", "crowd.users", "burst.users"]
            .map(|key| format!("arrivals.{name}.{key}"))
    });
    paths
        .filter_map(|path| around(model, &path, (1.0 / TIMES, TIMES)))
        .collect()
}

/// How long faults last and how bad they are: as a number of their own, or by the parameter that
/// says it.
fn triggers(model: &Model, params: &[&Knob]) -> Vec<Proposal> {
    let mut all: Vec<Proposal> = Vec::new();
    for name in model.faults.keys() {
        let table = format!("fault.{name}");
        for key in ["for", "slow.factor", "error.share", "dependency.errors"] {
            let path = format!("{table}.{key}");
            let ends = (1.0 / TIMES_A_FAULT, TIMES_A_FAULT);
            let found = match model.written_at(&path) {
                Some(text) => match text.trim_matches('"').strip_prefix('$') {
                    Some(param) => of_param(model, params, param, ends),
                    None => around(model, &path, ends),
                },
                None => None,
            };
            all.extend(found);
        }
    }
    all.dedup();
    all
}

/// A parameter over its range, or around its value.
fn of_param(model: &Model, params: &[&Knob], name: &str, ends: (f64, f64)) -> Option<Proposal> {
    let path = format!("param.{name}");
    let slider = params.iter().find(|knob| knob.path == path);
    slider
        .and_then(|knob| of_slider(knob))
        .or_else(|| around(model, &path, ends))
}

/// From a part of what is written to a multiple of it; nothing where no number is written.
fn around(model: &Model, path: &str, (part, times): (f64, f64)) -> Option<Proposal> {
    let text = model.written_at(path)?.replace(['"', '_'], "");
    let (number, unit) = Decimal::lead(&text)?;
    let value = number.to_f64();
    let is_one = !unit.contains(|c: char| c.is_ascii_digit() || c == '(' || c == ',');
    // A share goes up to all.
    let most = if unit == "%" { 100.0 } else { f64::MAX };
    let [low, high] = [part, times].map(|of| short(value * of).min(most));
    (is_one && low < high).then(|| Proposal {
        path: path.to_owned(),
        label: path.to_owned(),
        range: format!("{}{unit}..{}{unit}", written(low), written(high)),
    })
}

/// Two digits of it: what nobody has measured is not proposed to the third.
fn short(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

/// The same over a few values only: at each of them a border is looked for.
fn spread(load: &Proposal) -> Proposal {
    let ends = load.range.split_once("..");
    let step = ends.and_then(|(low, high)| {
        let [low, high] = [Decimal::lead(low)?, Decimal::lead(high)?];
        let step = (high.0.to_f64() - low.0.to_f64()) / LOADS;
        Some(format!("{}:{}{}", load.range, written(step), high.1))
    });
    Proposal {
        range: step.unwrap_or_else(|| load.range.clone()),
        ..load.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::files::Files;
    use crate::serve::knob;
    use crate::study;
    use crate::text::Source;

    fn proposed(text: &str) -> Vec<(Ask, Vec<String>)> {
        let (model, found) = crate::model::read(Source::new("m.toml", text), Files::new());
        assert!(model.is_sound(), "{found:?}");
        let all = questions(&model, &knob::all(&model)).into_iter();
        all.map(|one| {
            let first = one
                .inputs
                .iter()
                .filter_map(|input| input.proposals.first());
            let said = first.map(|one| format!("{}={}", one.path, one.range));
            (one.ask, said.collect())
        })
        .collect()
    }

    fn check(text: &str, expected: &[(Ask, &[&str])]) {
        let found = proposed(text);
        let said: Vec<(Ask, Vec<&str>)> = found
            .iter()
            .map(|(ask, all)| (*ask, all.iter().map(String::as_str).collect()))
            .collect();
        let expected: Vec<(Ask, Vec<&str>)> = expected
            .iter()
            .map(|(ask, all)| (*ask, all.to_vec()))
            .collect();
        assert_eq!(said, expected);
        for text in found.iter().flat_map(|(_, all)| all) {
            study::Knob::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        }
    }

    #[test]
    fn what_matters_most_is_proposed_first() {
        check(
            include_str!("../../models/launch-rush.toml"),
            &[
                (Ask::Run, &[]),
                (Ask::Size, &["service.db.cores=1..32"]),
                (Ask::Sweep, &["param.crowd=10000..40000"]),
                (Ask::Uncertain, &[]),
            ],
        );
        check(
            include_str!("../../models/zone-loss.toml"),
            &[
                (Ask::Run, &[]),
                (Ask::Size, &["service.shop.servers=1..48"]),
                (Ask::Sweep, &["param.load=24/s..34/s"]),
                (
                    Ask::Tip,
                    &["fault.power.for=2.5m..40m", "param.load=24/s..34/s:2.5/s"],
                ),
                (Ask::Uncertain, &[]),
            ],
        );
        check(
            include_str!("../../models/gc-spiral.toml"),
            &[
                (Ask::Run, &[]),
                (Ask::Size, &["service.api.cores=1..8"]),
                (Ask::Sweep, &["arrivals.users.rate=19/s..76/s"]),
                (
                    Ask::Tip,
                    &[
                        "fault.disk.for=2.5s..40s",
                        "arrivals.users.rate=19/s..76/s:14.25/s",
                    ],
                ),
            ],
        );
    }
}
