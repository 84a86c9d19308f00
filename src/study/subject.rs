//! The facts of the model that a report repeats.
//!
//! One idea: a stored result is reported without its model, so they are copied from it, from its
//! text (the question is its first comment) and from the program.

use std::collections::BTreeMap;

use crate::base::size::SizeRate;
use crate::base::table::Id;
use crate::base::time::Time;
use crate::model::arrival::Form;
use crate::model::fault::{Begins, Direction, Edge, Fault, FaultKind, Peer, Selector, Target};
use crate::model::param::{self, ParamUnit};
use crate::model::{self, Model};
use crate::program::{Program, Site};
use crate::random::family::Distribution;
use crate::random::key::identity;
use crate::results::{
    CallFacts, FaultFacts, Known, Labels, ModelFacts, NoteAt, ParamFacts, SourceFacts, Study,
};
use crate::study::plan::Plan;
use crate::text::FileId;

/// The facts of a model.
pub(crate) fn facts(model: &Model, program: &Program, plan: &Plan) -> ModelFacts {
    let clock = &program.clock;
    let source = model.sources().get(FileId::MODEL);
    let text = source.map_or("", |source| source.text());
    let path = source.map_or("", |source| source.name());
    ModelFacts {
        title: model.title.clone(),
        question: match &model.question {
            Some(question) => Some(question.text.clone()),
            None => question(text),
        },
        labels: labels(model, program),
        file: path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned(),
        hash: hash(text, &plan.set),
        study: match model.study {
            model::Study::Launch => Study::Launch,
            model::Study::Steady(_) => Study::Steady,
        },
        from_s: clock.start.as_secs_f64(),
        to_s: clock.horizon.as_secs_f64(),
        drain: model.drain,
        starts: model.starts.clone(),
        variants_from_s: plan.from.map(Time::as_secs_f64),
        set: plan.set.clone(),
        params: params(model),
        sources: sources(model),
        journeys: program
            .names
            .journeys
            .iter()
            .cloned()
            .zip(program.names.journey_steps.iter().cloned())
            .collect(),
        services: program.names.services_in_call_order.clone(),
        calls: calls(program),
        faults: faults(model),
        variants: model.variants.iter().map(|one| one.name.clone()).collect(),
        notes: model
            .notes
            .iter()
            .map(|note| NoteAt {
                at_s: note.at.as_secs_f64(),
                text: note.text.clone(),
            })
            .collect(),
    }
}

/// Who calls whom, users first.
fn calls(program: &Program) -> Vec<CallFacts> {
    let mut all: BTreeMap<(Option<&str>, &str, bool), Vec<String>> = BTreeMap::new();
    let service = |at: usize| program.names.services[at].as_str();
    for (call, name) in program.calls.values().zip(&program.names.calls) {
        let from = match call.from {
            Site::Users => None,
            Site::Service(id) => Some(service(id.index())),
        };
        let ends = (from, service(call.service.index()), call.message);
        let endpoint = &program.names.endpoints[call.endpoint.index()];
        let names = all.entry(ends).or_default();
        let name = if call.message { endpoint } else { name };
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let facts = all
        .into_iter()
        .map(|((from, to, message), names)| CallFacts {
            from: from.map(str::to_owned),
            to: to.to_owned(),
            message,
            names,
        });
    facts.collect()
}

/// What reports call things.
fn labels(model: &Model, program: &Program) -> Labels {
    let variants = model.variants.iter();
    let services = model.services.iter();
    Labels {
        variants: variants
            .filter_map(|one| Some((one.name.clone(), one.label.clone()?)))
            .collect(),
        services: services
            .filter_map(|(name, one)| Some((name.clone(), one.label.clone()?)))
            .collect(),
        steps: program.names.labels.clone(),
    }
}

/// The first paragraph of the comment at the head of a model.
fn question(text: &str) -> Option<String> {
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| line.trim().is_empty())
        .map_while(|line| line.trim().strip_prefix('#'))
        .map(|line| line.trim_start_matches('#').trim())
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// A hash of what was simulated: the text, and the changes made to it.
fn hash(text: &str, set: &BTreeMap<String, String>) -> String {
    let mut all = text.to_owned();
    for (path, value) in set {
        all.push_str(&format!("\n{path}={value}"));
    }
    format!("{:016x}", identity(&all))
}

fn params(model: &Model) -> BTreeMap<String, ParamFacts> {
    let params = model.params.iter();
    let facts = |(name, param): (&String, &param::Param)| {
        let range = model.written_at(&format!("param.{name}.range"));
        let facts = ParamFacts {
            range_written: range.as_deref().and_then(two),
            ..facts_of(param)
        };
        (name.clone(), facts)
    };
    params.map(facts).collect()
}

/// `20ms, 90ms` as two texts.
fn two(range: &str) -> Option<[String; 2]> {
    let (low, high) = range.split_once(", ")?;
    Some([low, high].map(str::to_owned))
}

fn facts_of(param: &param::Param) -> ParamFacts {
    let unit = match param.unit {
        ParamUnit::Number => Some("count"),
        ParamUnit::Seconds => Some("s"),
        ParamUnit::PerSecond => Some("/s"),
        ParamUnit::Bytes => Some("bytes"),
        ParamUnit::BytesPerSecond => Some("bytes/s"),
        ParamUnit::Share => Some("share"),
        ParamUnit::Other => None,
    };
    ParamFacts {
        value: param.value,
        written: param.written.clone(),
        low: param.range.map(|(low, _)| low),
        high: param.range.map(|(_, high)| high),
        range_written: None,
        known: match param.known {
            param::Known::Measured => Known::Measured,
            param::Known::Published => Known::Published,
            param::Known::Fitted => Known::Fitted,
            param::Known::Assumed => Known::Assumed,
        },
        label: Some(param.label.clone()),
        unit: param.counts.clone().or_else(|| unit.map(str::to_owned)),
    }
}

fn sources(model: &Model) -> BTreeMap<String, SourceFacts> {
    let horizon = model.horizon();
    let fact = |(name, source): (&String, &model::arrival::Arrivals)| {
        let form = match &source.form {
            Form::Flow { .. } => "rate",
            Form::States { .. } => "states",
            Form::Crowd { .. } => "crowd",
            Form::Burst { .. } => "burst",
            Form::Instants(_) => "file",
            Form::Population(_) => "population",
        };
        let facts = SourceFacts {
            journey: source.journey.clone(),
            form: form.to_owned(),
            expected_users: Some(source.users_expected(horizon)),
        };
        (name.clone(), facts)
    };
    model.arrivals.iter().map(fact).collect()
}

fn faults(model: &Model) -> Vec<FaultFacts> {
    let mut faults: Vec<(Time, FaultFacts)> = model
        .faults
        .iter()
        .map(|(name, fault)| {
            let begin = model.begins();
            let windows = fault.windows(model.horizon());
            let first = windows.first().map_or(begin, |(from, _)| *from);
            let last = windows.last().and_then(|(_, until)| *until);
            let facts = FaultFacts {
                name: name.clone(),
                from_s: first.as_secs_f64(),
                to_s: last.map(Time::as_secs_f64),
                what: Some(what(&fault.kind) + &again(fault)),
            };
            (first, facts)
        })
        .collect();
    faults.sort_by_key(|(at, _)| *at);
    faults.into_iter().map(|(_, facts)| facts).collect()
}

/// How a fault comes again, if it does.
fn again(fault: &Fault) -> String {
    match &fault.begins {
        Begins::Clock {
            every: Some(every), ..
        } => {
            let each = fault.lasts.map(|lasts| format!(" for {}", lasts.written()));
            format!(", every {}{}", every.written(), each.unwrap_or_default())
        }
        Begins::Clock { every: None, .. } => String::new(),
        Begins::Random { .. } => ", each by itself, at random".to_owned(),
        Begins::When(when) => format!(", when {}", when.written),
    }
}

/// A fault in a few words.
pub(crate) fn what(kind: &FaultKind) -> String {
    match kind {
        FaultKind::Slow {
            on,
            factor,
            share,
            add,
        } => slow(on, (*factor, *share), add.as_ref()),
        FaultKind::Pause(on) => match on.servers.is_one() {
            true => format!("{} stands still", some(on)),
            false => format!("{} stand still", some(on)),
        },
        FaultKind::Crash { on, .. } => match on.servers.is_one() {
            true => format!("{} crashes", some(on)),
            false => format!("{} crash", some(on)),
        },
        FaultKind::Capacity { on, cores, workers } => {
            let part = |share: f64, of: &str| {
                (share < 1.0).then(|| format!("{}% of the {of}", share * 100.0))
            };
            let left = [part(*cores, "cores"), part(*workers, "workers")];
            let left: Vec<String> = left.into_iter().flatten().collect();
            match on.servers.is_one() {
                true => format!("{} has {}", some(on), left.join(" and ")),
                false => format!("{} have {}", some(on), left.join(" and ")),
            }
        }
        FaultKind::Cut { edge, .. } => format!("no message {}", way(edge)),
        FaultKind::Delay { edge, share, .. } => {
            format!("{}% of messages {} late", share * 100.0, way(edge))
        }
        FaultKind::Loss { edge, share, .. } => {
            format!("{}% of packets {} lost", share * 100.0, way(edge))
        }
        FaultKind::Bandwidth { edge, rate, .. } => {
            format!("{} {}", SizeRate(*rate), way(edge))
        }
        FaultKind::Out { zone } => format!("zone {zone} is out"),
        FaultKind::Dependency {
            service,
            errors,
            hangs,
        } => {
            let part = |share: f64, how: &str| {
                (share > 0.0).then(|| format!("{}% of calls {how}", share * 100.0))
            };
            let parts = [part(*errors, "fail"), part(*hangs, "hang")];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            format!("{service}: {}", parts.join(", "))
        }
        FaultKind::Leak { on, grows } => format!("{} leaks from {}", SizeRate(*grows), some(on)),
        FaultKind::Deploy {
            service,
            batch,
            every,
            share,
            ..
        } => {
            let on = Target {
                service: service.clone(),
                servers: batch.clone(),
            };
            let up_to = match *share < 1.0 {
                true => format!(", up to {}%", share * 100.0),
                false => String::new(),
            };
            format!("a deploy to {} every {}{up_to}", some(&on), every.written())
        }
        FaultKind::Flush { cache, share } => {
            format!("{cache} loses {}% of its entries", share * 100.0)
        }
        FaultKind::Limit { on, connections } => {
            format!("{}: at most {connections} at once", some(on))
        }
        FaultKind::Shift {
            service,
            from,
            to,
            share,
        } => {
            let of = service
                .as_ref()
                .map_or(String::new(), |s| format!(" of {s}"));
            format!(
                "{}% of the traffic{of} from zone {from} to {to}",
                share * 100.0
            )
        }
        FaultKind::Error { on, share, .. } => match on.servers {
            Selector::All => format!("{}% of attempts at {} fail", share * 100.0, on.service),
            _ => format!("{}% of attempts at {} fail", share * 100.0, some(on)),
        },
    }
}

fn slow(on: &Target, (factor, share): (f64, Option<f64>), add: Option<&Distribution>) -> String {
    let whose = match share {
        Some(share) => format!("{}% of attempts at {}", share * 100.0, some(on)),
        None => some(on),
    };
    let much = ((factor - 1.0).abs() > 0.0).then(|| format!("{factor} times slower"));
    let late = add.map(|_| "late".to_owned());
    let how: Vec<String> = much.into_iter().chain(late).collect();
    format!("{whose} {}", how.join(" and "))
}

fn some(on: &Target) -> String {
    let service = &on.service;
    match &on.servers {
        Selector::All => format!("all servers of {service}"),
        Selector::Count(1) => format!("one server of {service}"),
        Selector::Count(n) => format!("{n} servers of {service}"),
        Selector::Share(share) => format!("{}% of the servers of {service}", share * 100.0),
        Selector::AtMost(n) => format!("up to {n} servers of {service}"),
        Selector::AtMostShare(share) => {
            format!("up to {}% of the servers of {service}", share * 100.0)
        }
        Selector::Zone { of, at } => format!("every server {} of {of} of {service}", at + 1),
        Selector::Numbers(numbers) => {
            let listed: Vec<String> = numbers.iter().map(u32::to_string).collect();
            match numbers.len() {
                1 => format!("server {} of {service}", listed.join("")),
                _ => format!("servers {} of {service}", listed.join(", ")),
            }
        }
    }
}

/// Which way messages go, and between whom.
fn way(edge: &Edge) -> String {
    let [a, b] = &edge.between;
    let (a, b) = (peer(a), peer(b));
    let b = match edge.server {
        Some(number) => format!("server {number} of {b}"),
        None => b.to_owned(),
    };
    match edge.direction {
        Direction::Both => format!("between {a} and {b}"),
        Direction::To => format!("from {a} to {b}"),
        Direction::From => format!("from {b} to {a}"),
    }
}

fn peer(peer: &Peer) -> &str {
    match peer {
        Peer::Users => "users",
        Peer::Service(name) => name,
    }
}
