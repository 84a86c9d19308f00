//! Rates and utilisation in range queries of Prometheus.
//!
//! One idea: a series about `cpu` says how busy processors are, a counter of CPU seconds in cores;
//! others that count requests are rates. Of several names that count the same one is taken. `sum by
//! (…)` and `rate` take names away, so that the name of the file decides then.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::account::Account;
use super::super::lines::Lines;
use super::super::{json, prometheus};
use super::joined::Readings;
use super::names::{self, Holds, Unit};
use super::tables::{LARGEST, SERVICE};

/// Labels that name a service.
const SERVICES: [&str; 6] = [
    "container",
    "service",
    "app",
    "job",
    "deployment",
    "namespace",
];
/// What processors do when they do nothing.
const IDLE: [&str; 3] = ["idle", "iowait", "steal"];
/// Words of what a container may use, which is not what it does.
const ALLOWED: [&str; 7] = [
    "quota",
    "period",
    "periods",
    "throttled",
    "shares",
    "spec",
    "request",
];
/// What a series without a name is, by the name of its file.
const ABOUT: [(&str, What); 4] = [
    ("cpu", What::Busy),
    ("util", What::Busy),
    ("cores", What::Cores),
    ("flight", What::AtWork),
];
/// Names of what is passed over that are kept.
const OTHERS: usize = 12;

/// What a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Rates,
    Busy,
    Cores,
    AtWork,
    Other,
}

/// Values by endpoint or service.
type ByName = BTreeMap<String, BTreeMap<i64, f64>>;

/// Sums of series that differ in what names neither an endpoint nor a service.
#[derive(Default)]
struct Sums {
    /// By the name of the series: two that count the same are not counted twice.
    rates: BTreeMap<String, ByName>,
    busy: BTreeMap<String, ByName>,
    /// The unit of those that are busy, and how many series of each service there are.
    units: BTreeMap<String, (Option<Unit>, BTreeMap<String, u32>)>,
    cores: BTreeMap<i64, f64>,
    at_work: BTreeMap<i64, f64>,
    others: Vec<String>,
}

/// Reads what `/api/v1/query_range` answers.
pub(super) fn read(
    lines: &mut Lines<'_>,
    file: &str,
    readings: &mut Readings,
    account: &mut Account,
) -> Result<(), (String, Option<String>)> {
    let (mut sums, mut refused) = (Sums::default(), None);
    let lower = file.to_lowercase();
    let path = ["data", "result"];
    let read = json::documents(lines, account, &path, |part| match part {
        json::Part::Item(one) => sums.add(&one, &lower, readings),
        json::Part::Rest(answer) => {
            refused = refused.take().or_else(|| prometheus::no_range(&answer));
        }
    });
    let read = read.and_then(|()| refused.map_or(Ok(()), Err));
    read.map_err(|why| (why, Some(prometheus::HELP.to_owned())))?;
    readings.is_dated = true;
    sums.end(file, readings, account);
    Ok(())
}

impl Sums {
    fn add(&mut self, one: &Value, file: &str, readings: &mut Readings) {
        let label = |name: &str| json::text(one, &["metric", name]);
        let name = label("__name__").unwrap_or_default();
        let points = prometheus::points(one.get("values"));
        let is_idle = label("mode").is_some_and(|mode| IDLE.contains(&mode));
        let (what, unit) = match label("resource") {
            _ if is_idle => (What::Other, None),
            Some("cpu") => (What::Cores, None),
            Some(_) => (What::Other, None),
            None => what(name, file, &points, label("le")),
        };
        let points = match prometheus::is_counter(name, &points) {
            true => prometheus::per_second(&points),
            false => points,
        };
        let sum = match what {
            What::Rates => {
                let rates = self.rates.entry(name.to_owned()).or_default();
                rates.entry(prometheus::endpoint(&label)).or_default()
            }
            What::Busy => {
                let service = SERVICES.into_iter().find_map(label).unwrap_or(SERVICE);
                let units = self.units.entry(name.to_owned()).or_default();
                units.0 = unit;
                *units.1.entry(service.to_owned()).or_default() += 1;
                let busy = self.busy.entry(name.to_owned()).or_default();
                busy.entry(service.to_owned()).or_default()
            }
            What::Cores => &mut self.cores,
            What::AtWork => &mut self.at_work,
            What::Other => return pass_over(name.to_owned(), &mut self.others),
        };
        readings.missing += points.iter().filter(|(_, value)| value.is_none()).count() as u64;
        for (at, value) in points {
            if let Some(value) = value.filter(|value| (0.0..=LARGEST).contains(value)) {
                *sum.entry(at).or_insert(0.0) += value;
            }
        }
    }

    /// Hands over what was summed, and says what it was.
    fn end(mut self, file: &str, readings: &mut Readings, account: &mut Account) {
        let (rates_of, rates) = best(self.rates, &mut self.others);
        let (busy_of, busy) = best(self.busy, &mut self.others);
        for (what, name, many) in [
            ("requests", &rates_of, rates.len()),
            ("how busy processors were", &busy_of, busy.len()),
        ] {
            let name = match name.is_empty() {
                true => "series without a name".to_owned(),
                false => format!("`{name}`"),
            };
            if many > 0 {
                account.taken.push(format!("{what}: {name} in `{file}`"));
            }
        }
        if !self.others.is_empty() {
            let others = self.others.join("`, `");
            account.ignored.push(format!("series: `{others}`"));
        }
        for (endpoint, values) in rates {
            let values = values.into_iter();
            values.for_each(|(at, rate)| readings.rate(&endpoint, at, rate));
        }
        let (unit, series) = self.units.remove(&busy_of).unwrap_or_default();
        for (service, values) in busy {
            // Cores add up; what is a part of its own cores has a mean.
            let many = match unit {
                Some(Unit::Cores | Unit::Millicores) => 1,
                Some(Unit::Fraction | Unit::Percent) | None => {
                    series.get(&service).copied().unwrap_or(1)
                }
            };
            let values = values
                .into_iter()
                .map(|(at, value)| (at, value / f64::from(many)));
            let called = format!("CPU of `{service}`");
            let measured = readings.busy.entry(service).or_default();
            (measured.unit, measured.called) = (unit, called);
            measured.values.extend(values);
        }
        readings.cores.extend(self.cores);
        readings.at_work.extend(self.at_work);
    }
}

/// Keeps the name of what is passed over.
fn pass_over(name: String, others: &mut Vec<String>) {
    if others.len() < OTHERS && !name.is_empty() && !others.contains(&name) {
        others.push(name);
    }
}

/// The series of one name: a counter before others, then the one with most of them.
fn best(by_name: BTreeMap<String, ByName>, others: &mut Vec<String>) -> (String, ByName) {
    let rank = |name: &str, series: &ByName| (name.ends_with("_total"), series.len());
    let mut best = (String::new(), ByName::new());
    for (name, series) in by_name {
        let is_better = best.1.is_empty() || rank(&name, &series) > rank(&best.0, &best.1);
        let gone = match is_better {
            true => std::mem::replace(&mut best, (name, series)).0,
            false => name,
        };
        pass_over(gone, others);
    }
    best
}

/// What a series is, and the unit of how busy it says processors are.
fn what(
    name: &str,
    file: &str,
    points: &prometheus::Points,
    bucket: Option<&str>,
) -> (What, Option<Unit>) {
    if name.is_empty() {
        let about = ABOUT.into_iter().find(|(word, _)| file.contains(word));
        return (about.map_or(What::Rates, |(_, what)| what), None);
    }
    let has = |some: &[&str]| name.split(['_', ':']).any(|word| some.contains(&word));
    let is_counter = prometheus::is_counter(name, points);
    match names::of(name).0 {
        _ if bucket.is_some() || (has(&["cpu"]) && has(&ALLOWED)) => (What::Other, None),
        Holds::Busy(_) if is_counter && name.contains("seconds") => (What::Busy, Some(Unit::Cores)),
        Holds::Busy(unit) => (What::Busy, unit),
        Holds::Cores => (What::Cores, None),
        Holds::AtWork => (What::AtWork, None),
        Holds::Rate(_) | Holds::Sum => match prometheus::is_load(name, points) {
            true => (What::Rates, None),
            false => (What::Other, None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_series_is() {
        let flat = vec![(0, Some(1.5)), (1, Some(3.0)), (2, Some(2.5))];
        let cores = Some(Unit::Cores);
        for (name, file, expected) in [
            ("http_requests_total", "x", (What::Rates, None)),
            (
                "http_request_duration_seconds_count",
                "x",
                (What::Rates, None),
            ),
            (
                "http_request_duration_seconds_sum",
                "x",
                (What::Other, None),
            ),
            ("process_cpu_seconds_total", "x", (What::Busy, cores)),
            (
                "container_cpu_usage_seconds_total",
                "x",
                (What::Busy, cores),
            ),
            (
                "node_cpu_utilisation:ratio",
                "x",
                (What::Busy, Some(Unit::Fraction)),
            ),
            ("machine_cpu_cores", "x", (What::Cores, None)),
            ("container_spec_cpu_quota", "x", (What::Other, None)),
            (
                "container_cpu_cfs_throttled_seconds_total",
                "x",
                (What::Other, None),
            ),
            ("process_resident_memory_bytes", "x", (What::Other, None)),
            ("http_requests_in_flight", "x", (What::AtWork, None)),
            ("", "rates.json", (What::Rates, None)),
            ("", "cpu.json", (What::Busy, None)),
        ] {
            assert_eq!(what(name, file, &flat, None), expected, "{name} {file}");
        }
    }
}
