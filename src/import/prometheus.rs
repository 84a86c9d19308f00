//! Range queries of Prometheus: counters made rates, gauges as they are, histograms as laws.
//!
//! One idea: what a series is, is told by its name, as Prometheus' own rules for names say; where
//! the name is gone (`rate(…)` drops it), it is a rate. Series that differ only in what names no
//! endpoint are summed. A counter that falls has begun anew; a value that is no number is missing.

mod counter;
mod histogram;

use std::collections::BTreeMap;

use serde_json::Value;

use super::account::{Account, counted, grouped, percent};
use super::lines::{Input, Lines};
use super::measured::{Kind, Measured};
use super::rates::{self, Known};
use super::{Asked, Imported, Unusable, json, number, source};
use crate::base::visible::one_line;

/// Labels that say what was asked, the best first.
const ENDPOINT: [&str; 15] = [
    "handler",
    "route",
    "path",
    "uri",
    "endpoint",
    "url",
    "http_route",
    "operation",
    "rpc",
    "grpc_method",
    "action",
    "controller",
    "view",
    "service",
    "job",
];
/// Labels with a status of HTTP.
const STATUS: [&str; 7] = [
    "status",
    "code",
    "status_code",
    "http_status",
    "http_response_status_code",
    "response_code",
    "http_status_code",
];
/// Parts of names that count no users.
const NO_LOAD: [&str; 9] = [
    "cpu",
    "memory",
    "bytes",
    "utilization",
    "utilisation",
    "up",
    "goroutines",
    "heap",
    "gc",
];
/// Seconds of a bound at most.
const LONGEST_S: f64 = 86_400.0;
/// Endpoints that are told apart.
const ENDPOINTS: usize = 400;
/// What series are called that name no endpoint.
const ALL: &str = "requests";
/// What something else is answered with.
pub(super) const HELP: &str = "it is what `/api/v1/query_range` answers: `curl \
                    'http://…/api/v1/query_range?query=…&start=…&end=…&step=15s'`";

/// Values of a series with their milliseconds since 1970; none where there is no number.
pub(super) type Points = Vec<(i64, Option<f64>)>;

/// Values of series by name and time.
type Sums = BTreeMap<String, BTreeMap<i64, Option<f64>>>;

/// What a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// It counts since a process began.
    Counter,
    /// It is so many a second.
    Rate,
    /// It counts how many took at most so long.
    Bucket,
    /// It says nothing of who comes.
    Other,
}

/// Reads range queries.
///
/// # Errors
/// If nothing in them can be used.
pub fn import(inputs: Vec<Input<'_>>, asked: &Asked) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST);
    let mut found = Found::default();
    let path = ["data", "result"];
    let read = json::documents(&mut lines, &mut account, &path, |part| match part {
        json::Part::Item(series) => found.series(&series),
        json::Part::Rest(answer) => found.answer(&answer),
    });
    let read = read.and_then(|()| found.refused.take().map_or(Ok(()), Err));
    if let Err(why) = read {
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    }
    found.told(&mut account);
    found.counted_by_buckets(&mut account);
    let known = found.known(&mut account);
    let Some(grid) = found.load.grid(Kind::Rate(1.0)) else {
        let why = "it holds no series of requests".to_owned();
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    };
    let every = number::secs(grid.step_s);
    account.taken.push(format!(
        "a value every {every}; what is shorter is not seen"
    ));
    if grid.bridged > 0 {
        let bins = grouped(grid.bridged);
        let said = format!("missing: {bins} bins; a straight line joins their neighbours");
        account.doubtful.push(said);
    }
    let setting = rates::Setting {
        asked,
        source: &account.source.clone(),
        is_dated: true,
        noun: "request",
        known,
    };
    let skeleton = rates::outline(grid, &setting, &mut account);
    Ok(Imported::new(skeleton, account))
}

/// What the answers hold.
#[derive(Default)]
struct Found {
    /// Requests a second by endpoint.
    load: Measured,
    /// Requests a second by endpoint and time, in the present answer: the sum over series needs all
    /// of them.
    sums: Sums,
    /// The same by histograms, which count all requests in their last bucket.
    by_buckets: Sums,
    /// Why an answer is none.
    refused: Option<String>,
    /// Requests of each endpoint, and those of them that failed and that were refused.
    ends: BTreeMap<String, [f64; 3]>,
    /// How many took at most so many seconds, by endpoint and bits of the seconds.
    buckets: BTreeMap<String, BTreeMap<u64, f64>>,
    series: [u64; 4],
    resets: u64,
    missing: u64,
    /// Names of what was passed over.
    others: Vec<String>,
}

impl Found {
    /// The end of an answer, with all that stands beside its series.
    fn answer(&mut self, answer: &Value) {
        if let Some(why) = no_range(answer) {
            self.refused.get_or_insert(why);
        }
        for (name, values) in std::mem::take(&mut self.sums) {
            for (at, value) in values {
                self.load.add(&name, at, value);
            }
        }
    }

    fn series(&mut self, one: &Value) {
        let label = |name: &str| json::text(one, &["metric", name]);
        let points = points(one.get("values"));
        let missing = points.iter().filter(|(_, value)| value.is_none()).count();
        self.missing += missing as u64;
        let name = label("__name__").unwrap_or_default();
        let sort = sort(name, label("le"), &points);
        self.series[sort as usize] += 1;
        let endpoint = self.kept_apart(endpoint(&label), sort);
        match sort {
            Sort::Other => {
                if self.others.len() < 12 && !self.others.iter().any(|other| other == name) {
                    self.others.push(name.to_owned());
                }
            }
            Sort::Bucket => self.bucket(name, label("le"), (endpoint, points)),
            Sort::Counter | Sort::Rate => {
                let rates = self.rates(points, sort);
                self.ends(&endpoint, STATUS.into_iter().find_map(label), &rates);
                summed(&mut self.sums, endpoint, rates);
            }
        }
    }

    /// The name of an endpoint; of too many all others are one.
    fn kept_apart(&self, endpoint: String, sort: Sort) -> String {
        let (known, is_known) = match sort {
            Sort::Bucket => (self.buckets.len(), self.buckets.contains_key(&endpoint)),
            Sort::Counter | Sort::Rate | Sort::Other => {
                (self.ends.len(), self.ends.contains_key(&endpoint))
            }
        };
        match is_known || known < ENDPOINTS {
            true => endpoint,
            false => "other".to_owned(),
        }
    }

    /// Values a second.
    fn rates(&mut self, points: Points, sort: Sort) -> Points {
        if sort != Sort::Counter {
            return points;
        }
        let (rates, resets) = counter::rates(&points);
        self.resets += resets;
        rates
    }

    /// A series of those who took at most so long.
    fn bucket(&mut self, name: &str, le: Option<&str>, (endpoint, points): (String, Points)) {
        let le = le.and_then(|le| le.trim_start_matches('+').parse::<f64>().ok());
        let unit = match name.contains("milliseconds") || name.contains("_ms") {
            true => 1e-3,
            false => 1.0,
        };
        // What has no name was made a rate already: `sum by (le) (rate(…))`.
        let (rates, count) = match name.is_empty() {
            true => (points.clone(), counter::sum(&points)),
            false => (counter::rates(&points).0, counter::increase(&points)),
        };
        let secs = le.unwrap_or(f64::INFINITY) * unit;
        // A bound that nobody reaches says no more than the last one.
        if secs.is_finite() && secs > LONGEST_S {
            return;
        }
        let buckets = self.buckets.entry(endpoint.clone()).or_default();
        *buckets.entry(secs.max(0.0).to_bits()).or_default() += count;
        if secs.is_infinite() {
            summed(&mut self.by_buckets, endpoint, rates);
        }
    }

    /// Where nothing else says how many came, histograms do.
    fn counted_by_buckets(&mut self, account: &mut Account) {
        if !self.ends.is_empty() || self.by_buckets.is_empty() {
            return;
        }
        for (name, values) in std::mem::take(&mut self.by_buckets) {
            let rates: Points = values.into_iter().collect();
            self.ends(&name, None, &rates);
            for (at, value) in rates {
                self.load.add(&name, at, value);
            }
        }
        account
            .taken
            .push("how many came is what the last buckets of the histograms count".to_owned());
    }

    /// Adds what a series says of how requests end.
    fn ends(&mut self, endpoint: &str, status: Option<&str>, rates: &Points) {
        let sum: f64 = rates.iter().filter_map(|(_, rate)| *rate).sum();
        let ends = self.ends.entry(endpoint.to_owned()).or_default();
        ends[0] += sum;
        match status {
            Some("429" | "503") => ends[2] += sum,
            Some(status) if status.starts_with('5') => ends[1] += sum,
            _ => {}
        }
    }

    /// What is known of each endpoint beside its rate.
    fn known(&mut self, account: &mut Account) -> BTreeMap<String, Known> {
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for (name, [all, failed, refused]) in &self.ends {
            let share = |part: f64| if *all > 0.0 { part / all } else { 0.0 };
            let entry = known.entry(name.clone()).or_default();
            (entry.failed, entry.refused) = (share(*failed), share(*refused));
        }
        // What is known of one endpoint goes before what is known of all.
        let (of_all, of_some): (Vec<_>, Vec<_>) =
            self.buckets.iter().partition(|(name, _)| *name == ALL);
        for (name, buckets) in of_some.into_iter().chain(of_all) {
            let buckets: Vec<(f64, f64)> = buckets
                .iter()
                .map(|(bits, count)| (f64::from_bits(*bits), *count))
                .collect();
            let Some(law) = histogram::law(&buckets) else {
                continue;
            };
            // It may know no methods, and one of everything is that of each endpoint.
            let is_of = |known: &str| {
                let path = known.split_once(' ').map_or(known, |(_, path)| path);
                known == name || path == name || name == ALL
            };
            for (_, known) in known.iter_mut().filter(|(known, _)| is_of(known)) {
                known.law.get_or_insert_with(|| law.clone());
            }
        }
        let bad: f64 = self
            .ends
            .values()
            .map(|[_, failed, refused]| failed + refused)
            .sum();
        let all: f64 = self.ends.values().map(|[all, ..]| all).sum();
        if bad > 0.0 {
            account
                .taken
                .push(format!("errors: {} of the requests", percent(bad / all)));
        }
        known
    }

    fn told(&self, account: &mut Account) {
        for (sort, said) in [
            (Sort::Counter, "of counters, made rates"),
            (Sort::Rate, "as users a second"),
            (Sort::Bucket, "of histograms, as the law of the times"),
        ] {
            if self.series[sort as usize] > 0 {
                let series = counted(self.series[sort as usize], "series");
                account
                    .taken
                    .push(format!("{} {said}", series.replace("seriess", "series")));
            }
        }
        if self.resets > 0 {
            let resets = counted(self.resets, "reset");
            account.assumed.push(format!(
                "{resets} of counters: what was counted before is kept"
            ));
        }
        if self.missing > 0 {
            let missing = grouped(self.missing);
            account
                .doubtful
                .push(format!("values that are no number: {missing}"));
        }
        if !self.others.is_empty() {
            let others = self.others.join("`, `");
            account
                .ignored
                .push(format!("series that count no requests: `{others}`"));
        }
    }
}

/// Adds the values of a series to those of its endpoint.
fn summed(sums: &mut Sums, endpoint: String, rates: Points) {
    let sum = sums.entry(endpoint).or_default();
    for (at, rate) in rates {
        let before = sum.entry(at).or_insert(None);
        // A value below zero is no rate.
        let rate = rate.filter(|rate| *rate >= 0.0);
        *before = match (*before, rate) {
            (Some(before), Some(rate)) => Some(before + rate),
            (before, rate) => before.or(rate),
        };
    }
}

/// Why an answer is no range query, by all that stands beside its series; none if it is one.
pub(super) fn no_range(answer: &Value) -> Option<String> {
    if json::text(answer, &["status"]) == Some("error") {
        let why = json::text(answer, &["error"]).unwrap_or_default();
        let why = one_line(why);
        return Some(format!("Prometheus answered with an error: {why}"));
    }
    let data = answer.get("data").unwrap_or(answer);
    match json::text(data, &["resultType"]) {
        Some("matrix") | None => {}
        Some(other) => {
            let other = one_line(other);
            return Some(format!("it is a `{other}`, one value of each series"));
        }
    }
    let is_empty = !answer.is_null() && json::at(answer, &["data", "result"]).is_none();
    is_empty.then(|| "it holds no `data.result` with series".to_owned())
}

/// Whether a series counts since a process began.
pub(super) fn is_counter(name: &str, points: &Points) -> bool {
    let says = name.ends_with("_total") || name.ends_with("_count");
    says || sort(name, None, points) == Sort::Counter
}

/// Whether a series with this name says how often something is asked.
pub(super) fn is_load(name: &str, points: &Points) -> bool {
    matches!(sort(name, None, points), Sort::Counter | Sort::Rate)
}

/// A counter as values a second.
pub(super) fn per_second(points: &Points) -> Points {
    counter::rates(points).0
}

/// `[ [ 1700000000, "12.5" ], … ]`
pub(super) fn points(values: Option<&Value>) -> Points {
    let values = values.and_then(Value::as_array).into_iter().flatten();
    let point = |value: &Value| {
        let at = value
            .get(0)?
            .as_f64()
            .filter(|at| (0.0..7.2e9).contains(at))?;
        let number = match value.get(1)? {
            Value::String(text) => text.parse::<f64>().ok(),
            Value::Number(number) => number.as_f64(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        Some((
            (at * 1e3) as i64,
            number.filter(|n| n.is_finite() && n.abs() < 1e15),
        ))
    };
    let mut points: Points = values.filter_map(point).collect();
    points.sort_by_key(|(at, _)| *at);
    points.dedup_by_key(|(at, _)| *at);
    points
}

/// What a series is, by its name, else by how it goes.
fn sort(name: &str, le: Option<&str>, points: &Points) -> Sort {
    let words: Vec<&str> = name.split(['_', ':']).collect();
    let has = |some: &[&str]| words.iter().any(|word| some.contains(word));
    let is_time = has(&[
        "duration",
        "latency",
        "seconds",
        "milliseconds",
        "ms",
        "time",
    ]);
    match () {
        () if le.is_some() && (is_time || name.is_empty()) => Sort::Bucket,
        () if le.is_some() || name.ends_with("_sum") || has(&NO_LOAD) => Sort::Other,
        () if name.ends_with("_total") || name.ends_with("_count") => Sort::Counter,
        () if name.is_empty() || name.contains(':') => Sort::Rate,
        () if is_time => Sort::Other,
        () if counter::is_one(points) => Sort::Counter,
        () => Sort::Rate,
    }
}

/// What was asked for: the labels that say it.
pub(super) fn endpoint<'v>(label: &impl Fn(&str) -> Option<&'v str>) -> String {
    let asked = ENDPOINT
        .into_iter()
        .find_map(|name| label(name).filter(|text| !text.is_empty()));
    let asked = asked.unwrap_or(ALL);
    let method = label("method")
        .or(label("http_method"))
        .or(label("http_request_method"));
    match method.filter(|method| asked.starts_with('/') && !method.is_empty()) {
        Some(method) => format!("{} {asked}", method.to_uppercase()),
        None => asked.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_series_is() {
        let flat = vec![(0, Some(1.0)), (1, Some(3.0)), (2, Some(2.5))];
        for (name, le, expected) in [
            ("http_requests_total", None, Sort::Counter),
            ("http_request_duration_seconds_count", None, Sort::Counter),
            (
                "http_request_duration_seconds_bucket",
                Some("0.5"),
                Sort::Bucket,
            ),
            ("response_size_bytes_bucket", Some("100"), Sort::Other),
            ("http_request_duration_seconds_sum", None, Sort::Other),
            ("job:http_requests:rate5m", None, Sort::Rate),
            ("", None, Sort::Rate),
            ("process_cpu_seconds_total", None, Sort::Other),
            ("nginx_connections_accepted", None, Sort::Rate),
        ] {
            assert_eq!(sort(name, le, &flat), expected, "{name}");
        }
        let grows = vec![
            (0, Some(100.0)),
            (1, Some(130.0)),
            (2, Some(130.0)),
            (3, Some(10.0)),
        ];
        assert_eq!(
            sort("nginx_connections_accepted", None, &grows),
            Sort::Counter
        );
    }
}
