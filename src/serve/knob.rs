//! Sliders: what of a model can be turned, how far, and where it stands.
//!
//! One idea: a slider has stops, and each stop is a value as `--set` writes it, so that what is
//! moved on the page is typed on a command line to the letter. Parameters have the range that their
//! author gave; servers, workers and cores go from one to four times as many.

use serde::Serialize;

use super::stops::{Scale, stops};
use crate::model::Model;
use crate::model::param::{Param, ParamUnit};
use crate::model::service::Service;

/// A slider.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Knob {
    /// What it changes, as `--set` names it.
    pub(super) path: String,
    /// What it is called.
    label: String,
    /// Where it belongs: a service, or nothing for a parameter.
    group: Option<String>,
    /// How well its value is known.
    known: Option<&'static str>,
    /// What it counts: `users`.
    counts: Option<String>,
    /// What follows the number of each stop: `/s`, `ms`, `%`.
    pub(super) unit: String,
    /// Where it stands in the model, as written.
    base: String,
    /// The values that it can take, from low to high, the base among them, each without its unit;
    /// empty if it has no range.
    pub(super) stops: Vec<String>,
    /// Which of the stops is the base.
    at: usize,
}

impl Knob {
    /// What it is called where its group is not beside it.
    pub(super) fn called(&self) -> String {
        match &self.group {
            Some(group) => format!("{group}, {}", self.label),
            None => self.label.clone(),
        }
    }
}

/// All sliders of a model: its parameters, then what its services have.
pub(super) fn all(model: &Model) -> Vec<Knob> {
    let params = model.params.iter();
    let mut knobs: Vec<Knob> = params.map(|(name, param)| of_param(name, param)).collect();
    // What was written first is what the author thought of first.
    knobs.sort_by_key(|knob| {
        let name = knob.path.trim_start_matches("param.");
        model.params.get(name).map(|param| param.place)
    });
    for (name, service) in &model.services {
        knobs.extend(of_service(model, name, service));
    }
    knobs
}

fn of_param(name: &str, param: &Param) -> Knob {
    let bare = Knob {
        path: format!("param.{name}"),
        label: param.label.clone(),
        group: None,
        known: Some(param.known.word()),
        counts: param.counts.clone(),
        unit: String::new(),
        base: param.written.clone(),
        stops: Vec::new(),
        at: 0,
    };
    let (Some(value), Some(range)) = (param.value, param.range) else {
        return bare;
    };
    let unit = Written::of(&param.written, value, param.unit);
    let scale = Scale {
        low: range.0 / unit.factor,
        high: range.1 / unit.factor,
        base: unit.number,
        whole: param.unit == ParamUnit::Number && [value, range.0, range.1].iter().all(is_whole),
    };
    let Some((stops, at)) = stops(&scale) else {
        return bare;
    };
    Knob {
        unit: unit.after,
        stops,
        at,
        ..bare
    }
}

fn is_whole(value: &f64) -> bool {
    value.fract().abs() < f64::EPSILON
}

/// A value taken apart: the number as it is written, what follows it, and what one of it is worth.
struct Written {
    number: f64,
    after: String,
    factor: f64,
}

impl Written {
    /// What stands there if it is one number with a unit, else the usual unit of its kind.
    fn of(written: &str, value: f64, kind: ParamUnit) -> Written {
        let text = written.trim_matches('"');
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_');
        let (number, after) = text.split_at(digits.unwrap_or(text.len()));
        let number: Option<f64> = number.replace('_', "").parse().ok();
        let is_one = !after.contains(|c: char| c.is_ascii_digit());
        if let Some(number) = number.filter(|number| *number > 0.0 && is_one && value > 0.0)
            && kind != ParamUnit::Number
        {
            return Written {
                number,
                after: after.trim().to_owned(),
                factor: value / number,
            };
        }
        let (after, factor) = match kind {
            ParamUnit::Seconds => ("s", 1.0),
            ParamUnit::PerSecond => ("/s", 1.0),
            ParamUnit::Bytes => ("B", 1.0),
            ParamUnit::BytesPerSecond => ("B/s", 1.0),
            ParamUnit::Share => ("%", 0.01),
            ParamUnit::Number | ParamUnit::Other => ("", 1.0),
        };
        Written {
            number: value / factor,
            after: after.to_owned(),
            factor,
        }
    }
}

/// How many times as many of what a service has can be tried, and how many at least.
const TIMES: f64 = 4.0;
const AT_LEAST: f64 = 8.0;

fn of_service(model: &Model, name: &str, service: &Service) -> Vec<Knob> {
    let label = service.label.clone().unwrap_or_else(|| name.to_owned());
    let all = [
        ("servers", f64::from(service.servers)),
        ("workers", f64::from(service.workers)),
        ("cores", service.cores),
    ];
    let knob = |(key, base): (&str, f64)| {
        let path = format!("service.{name}.{key}");
        let written = model.written_at(&path);
        // A parameter has a slider of its own.
        if written.as_ref().is_some_and(|text| text.contains('$')) {
            return None;
        }
        let scale = Scale {
            low: base.min(1.0),
            high: (base * TIMES).max(AT_LEAST),
            base,
            whole: is_whole(&base),
        };
        let (stops, at) = stops(&scale)?;
        Some(Knob {
            path,
            label: key.to_owned(),
            group: Some(label.clone()),
            known: None,
            counts: None,
            unit: String::new(),
            base: stops[at].clone(),
            stops,
            at,
        })
    };
    all.into_iter().filter_map(knob).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::files::Files;
    use crate::text::Source;

    fn knobs(text: &str) -> Vec<Knob> {
        let rest = "\n[arrivals.all]\njourney = \"visit\"\nrate = \"1/s\"\n[journey.visit]\n\
                    steps = [ { call = \"web.page\" } ]\n[service.web]\nworkers = 4\n\
                    [service.web.endpoint]\npage = [ { cpu = \"3ms\" } ]\n";
        let (model, _) = crate::model::read(
            Source::new("m.toml", &(text.to_owned() + rest)),
            Files::new(),
        );
        all(&model)
    }

    #[test]
    fn a_stop_is_written_as_the_author_wrote() {
        let knobs = knobs(
            "[param.storm]\nvalue = \"200/s\"\nrange = [\"120/s\", \"300/s\"]\nlabel = \"Storm\"\n\
             [param.work]\nvalue = \"1s\"\nrange = [\"5ms\", \"2500ms\"]\n\
             [param.crowd]\nvalue = 20_000\nrange = [10_000, 40_000]\nunit = \"users\"\n\
             [param.back]\nvalue = \"80%\"\nrange = [\"60%\", \"90%\"]\n\
             [param.gone]\nvalue = \"1m30s\"\nrange = [\"1m\", \"3m\"]\n\
             [param.law]\nvalue = \"exp(1s)\"\n",
        );
        let ends = |n: usize| {
            let knob: &Knob = &knobs[n];
            let (first, last) = (knob.stops.first(), knob.stops.last());
            let (first, last) = (first.expect("a stop"), last.expect("a stop"));
            let u = &knob.unit;
            format!(
                "{} {first}{u} {}{u} {last}{u}",
                knob.path, knob.stops[knob.at]
            )
        };
        assert_eq!(ends(0), "param.storm 120/s 200/s 300/s");
        assert_eq!(ends(1), "param.work 0.005s 1s 2.5s");
        assert_eq!(ends(2), "param.crowd 10000 20000 40000");
        assert_eq!(ends(3), "param.back 60% 80% 90%");
        assert_eq!(ends(4), "param.gone 60s 90s 180s");
        assert!(knobs[5].stops.is_empty() && knobs[5].base == "exp(1s)");
        assert_eq!(ends(6), "service.web.servers 1 1 8");
        assert_eq!(ends(7), "service.web.workers 1 4 16");
        assert_eq!(knobs.len(), 9);
    }
}
