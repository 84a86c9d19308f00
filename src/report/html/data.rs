//! The figures that the page can be asked for, as compact JSON within it.
//!
//! One idea: whatever the script shows was read from the results document, digit for digit as far
//! as it is printed; the script computes nothing but differences of launches.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, PreEscaped, html};
use serde_json::{Map, Value, json};

use super::room;
use crate::base::decimal::nearest_short;
use crate::base::student::t_quantile;
use crate::report::chart::{growth, heat, outcome};
use crate::report::{reading, words};
use crate::results::{Better, Results, Series, Unit, Variant, key};

/// The element that holds them, in a page that has so many bytes without it: what the rest of it
/// leaves is for the series; if they need more, every second bin is there, every third …
pub(super) fn element(results: &Results, mut facts: Value, page: usize) -> Markup {
    let room = room::PAGE.saturating_sub(page + facts.to_string().len());
    facts["series"] = series_that_fit(results, room.max(room::SERIES));
    let text = facts.to_string().replace('<', "\\u003c");
    html! { script #data type="application/json" { (PreEscaped(text)) } }
}

/// All figures but the series.
pub(super) fn facts(results: &Results) -> Value {
    let names = || reading::variants(results);
    let labels: Map<String, Value> = names()
        .map(|(name, _)| (name.to_owned(), words::variant_label(results, name).into()))
        .collect();
    let confidence = reading::level_of_differences(results).unwrap_or(results.confidence);
    let most = names()
        .flat_map(|(_, v)| v.values.values().map(Vec::len))
        .max()
        .unwrap_or(0);
    let t: Vec<f64> = (1..most.max(1) as u32)
        .map(|n| t_quantile(n, confidence))
        .collect();
    json!({
        "base": reading::baseline_name(results),
        "order": names().map(|(name, _)| name).collect::<Vec<_>>(),
        "labels": labels,
        "starts": results.model.starts,
        "confidence": confidence,
        "t": t,
        "words": words::CONTROLS.iter().map(|(k, w)| ((*k).to_owned(), json!(w)))
            .collect::<Map<String, Value>>(),
        "clocks": names().map(|(name, v)| (name.to_owned(), json!([
            v.timeline.start_s, v.timeline.bin_s, v.timeline.n
        ]))).collect::<Map<String, Value>>(),
        "moments": names().map(|(name, v)| (name.to_owned(), moments(v)))
            .collect::<Map<String, Value>>(),
        "metrics": metrics(results),
        "paths": names().filter_map(|(name, v)| Some((name.to_owned(), paths(v)?)))
            .collect::<Map<String, Value>>(),
    })
}

fn moments(variant: &Variant) -> Value {
    let all = variant.moments.iter();
    all.map(|m| json!([m.at_s, m.to_s, m.what])).collect()
}

/// The headline metrics in every launch.
fn metrics(results: &Results) -> Value {
    let all = reading::headline(results).into_iter().map(|metric| {
        let measure = reading::measure(results, metric);
        let each = reading::variants(results)
            .filter_map(|(name, v)| Some((name.to_owned(), json!(v.values.get(metric)?))));
        let objective = reading::baseline(results)
            .and_then(|base| base.objectives.iter().find(|o| o.metric == metric));
        json!({
            "key": metric,
            "label": words::metric_head(results, metric),
            "unit": measure.unit,
            "better": match measure.better {
                Better::Higher => 1,
                Better::Lower => -1,
                Better::Neither => 0,
            },
            "limit": objective.map(|o| o.limit),
            "values": each.collect::<Map<String, Value>>(),
        })
    });
    all.collect()
}

/// Single launches, where they are stored.
fn paths(variant: &Variant) -> Option<Value> {
    let phase = variant.phase.as_ref()?;
    let short = |values: &[f64]| -> Vec<Value> { values.iter().map(|v| figure(*v)).collect() };
    let launches = phase.paths.iter().map(|path| {
        json!({
            "launch": path.launch + 1,
            "queue": short(&path.queue),
            "orbit": short(&path.orbit),
        })
    });
    Some(json!({
        "queue": key::queue(&phase.place),
        "orbit": key::ORBIT,
        "start": phase.start_s,
        "step": phase.step_s,
        "launches": launches.collect::<Vec<_>>(),
    }))
}

/// How much of the series a page holds.
#[derive(Clone, Copy)]
struct Fill {
    /// Of how many bins one is kept, of the series that charts show, and of all others.
    stride: (usize, usize),
    /// Whether the spread of launches stands beside the mean of every series, or of a few alone.
    spread: Spread,
}

#[derive(Clone, Copy, PartialEq)]
enum Spread {
    All,
    Main,
}

/// From all to ever less; the last has to do.
const FILLS: [Fill; 11] = {
    const fn fill(front: usize, others: usize, spread: Spread) -> Fill {
        let stride = (front, others);
        Fill { stride, spread }
    }
    [
        fill(1, 1, Spread::All),
        fill(1, 1, Spread::Main),
        fill(1, 2, Spread::Main),
        fill(1, 3, Spread::Main),
        fill(1, 4, Spread::Main),
        fill(1, 6, Spread::Main),
        fill(1, 8, Spread::Main),
        fill(2, 8, Spread::Main),
        fill(4, 16, Spread::Main),
        fill(8, 32, Spread::Main),
        fill(16, 64, Spread::Main),
    ]
};

/// The series, thinned until they fit.
fn series_that_fit(results: &Results, room: usize) -> Value {
    let told = told(results);
    let mut all = FILLS.into_iter().map(|fill| series(results, &told, fill));
    let first = all.next().unwrap_or_default();
    let fits = |series: &Value| series.to_string().len() <= room;
    if fits(&first) {
        return first;
    }
    let mut last = first;
    for next in all {
        last = next;
        if fits(&last) {
            break;
        }
    }
    last
}

/// Every series of a variant, each number as short as it can be: mean and, where launches differ
/// visibly, where eight of ten of them lie.
type Told<'a> = BTreeMap<(&'a str, &'a str), [Vec<Option<f64>>; 3]>;

fn told(results: &Results) -> Told<'_> {
    let mut all = Told::new();
    for (name, variant) in reading::variants(results) {
        for (key, series) in &variant.timeline.series {
            let unit = taken_apart(key).map_or(Unit::Count, |(form, what)| unit(form, what));
            let short = |values: &[Option<f64>]| -> Vec<Option<f64>> {
                values.iter().map(|v| v.map(|v| printed(v, unit))).collect()
            };
            let (low, high) = match differs(series) {
                true => (short(&series.p10), short(&series.p90)),
                false => (Vec::new(), Vec::new()),
            };
            all.insert((key, name), [short(&series.mean), low, high]);
        }
    }
    all
}

/// Whether launches differ by more than a picture's line is wide.
fn differs(series: &Series) -> bool {
    let most = |all: &[Option<f64>]| all.iter().flatten().fold(0.0_f64, |m, v| m.max(v.abs()));
    let pairs = series.p10.iter().zip(&series.p90);
    let widths = pairs.map(|(low, high)| high.zip(*low).map(|(high, low)| high - low));
    let widths: Vec<Option<f64>> = widths.collect();
    most(&widths) > 0.02 * most(&series.mean)
}

fn series(results: &Results, told: &Told<'_>, fill: Fill) -> Value {
    let mut keys: BTreeMap<(usize, &str, &str), &str> = BTreeMap::new();
    for (_, variant) in reading::variants(results) {
        for (key, series) in &variant.timeline.series {
            let is_known = series.mean.iter().flatten().any(|v| *v != 0.0);
            if let (true, Some((form, what))) = (is_known, taken_apart(key)) {
                let (at, of) = group(results, variant, (form, what));
                keys.insert((at, of, key), key);
            }
        }
    }
    // Many are the same as another: all workers are busy cores, every request is served.
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let front = shown_by_charts(results);
    let all = keys.into_iter().map(|((at, _, _), key)| {
        let (form, what) = taken_apart(key).unwrap_or(("", key));
        let is_front = is_main(form, what) || front.contains(key);
        let stride = if is_front {
            fill.stride.0
        } else {
            fill.stride.1
        };
        let spread = match is_main(form, what) {
            true => Spread::All,
            false => fill.spread,
        };
        let each = reading::variants(results).filter_map(|(name, _)| {
            let values = values(told.get(&(key, name))?, stride, spread);
            let id = format!("{name} {stride} {values}");
            let same = seen.get(&id).map(|other| json!(other));
            seen.entry(id).or_insert_with(|| key.to_owned());
            Some((name.to_owned(), same.unwrap_or(values)))
        });
        json!({
            "key": key,
            "label": words::series(results, form, what),
            "group": words::GROUPS[at].0,
            "heading": words::GROUPS[at].1,
            "unit": unit(form, what),
            "stride": stride,
            "of": each.collect::<Map<String, Value>>(),
        })
    });
    all.collect()
}

/// Whether a series is one that is looked at first.
fn is_main(form: &str, what: &str) -> bool {
    let of_users = ["users", "orbit"].contains(&what) || (form, what) == ("rate", "served");
    let of_places = [".queue", ".waiting", ".backlog", ".left"];
    of_users || of_places.iter().any(|part| what.ends_with(part))
}

/// The series that the charts of the page show: a cursor in them reads every bin.
fn shown_by_charts(results: &Results) -> BTreeSet<String> {
    let outcomes = reading::variants(results).flat_map(|(_, v)| outcome::layers(v));
    let mut all: BTreeSet<String> = outcomes.map(|layer| key::count(layer.name)).collect();
    for (_, variant) in reading::variants(results) {
        let stations = heat::rows(&results.model, variant).into_iter();
        all.extend(stations.map(|row| key::held(row.name)));
    }
    for step in reading::focus_steps(results) {
        let forms = ["p50", "p95", "p99"].into_iter();
        all.extend(forms.map(|form| key::ok_time(form, step)));
        all.insert(key::share_ok(step));
    }
    all.extend(growth::place(results).map(|place| key::amplification(&place)));
    all
}

/// `p95` and `login.ok.time` of `p95(login.ok.time)`.
fn taken_apart(key: &str) -> Option<(&str, &str)> {
    key.strip_suffix(')')?.split_once('(')
}

/// Which group a series belongs to, and what it is of.
fn group<'a>(results: &Results, variant: &Variant, of: (&str, &'a str)) -> (usize, &'a str) {
    let (form, what) = of;
    let owner = |what: &'a str| -> Option<(usize, &'a str)> {
        let is = |known: bool, at: usize| known.then_some((at, what));
        let message = variant.messages.contains_key(what);
        let service = results.model.services.iter().any(|s| s == what);
        is(message, 5)
            .or(is(variant.rooms.contains_key(what), 3))
            .or(is(variant.pools.contains_key(what), 2))
            .or(is(service, 2))
            .or(is(variant.stock.contains_key(what), 1))
            .or(is(variant.marks.contains_key(what), 0))
    };
    let is_step = |what: &str| variant.requests.contains_key(what);
    let (head, _) = what.rsplit_once('.').unwrap_or((what, ""));
    let step = head.strip_suffix(".ok").unwrap_or(head);
    let timed = what.ends_with(".time") || what.ends_with(".ok") || what.ends_with(".delay");
    if timed && variant.messages.contains_key(step) {
        return (5, step);
    }
    if timed && is_step(step) {
        return (4, step);
    }
    if form == "rate" && is_step(what) {
        return (4, what);
    }
    owner(what).or_else(|| owner(head)).unwrap_or((0, ""))
}

fn unit(form: &str, what: &str) -> Unit {
    let ends = |part: &str| what.ends_with(part);
    match form {
        "rate" => Unit::PerSecond,
        "share" => Unit::Share,
        "count" => Unit::Count,
        _ if ends(".time") || ends(".delay") || ends(".wait") || ends(".lag") => Unit::Seconds,
        "mean" if ends(".held") || ends(".busy") || ends(".blocked") || ends(".up") => Unit::Share,
        "mean" if ends(".amplification") => Unit::Ratio,
        _ => Unit::Count,
    }
}

/// Of the mean and of its spread every so many bins.
fn values(told: &[Vec<Option<f64>>; 3], stride: usize, spread: Spread) -> Value {
    let lists = told.iter().filter(|list| !list.is_empty());
    let lists = lists.take(match spread {
        Spread::All => told.len(),
        Spread::Main => 1,
    });
    lists
        .map(|list| in_runs(list.iter().step_by(stride).copied()))
        .collect()
}

/// Values in turn; four and more of the same are one pair, the value and how many.
fn in_runs(values: impl Iterator<Item = Option<f64>>) -> Value {
    let values: Vec<Value> = values.map(|v| v.map_or(Value::Null, figure)).collect();
    let mut told = Vec::new();
    let mut rest = values.as_slice();
    while let Some(value) = rest.first() {
        let run = rest.iter().take_while(|other| *other == value).count();
        match run >= 4 {
            true => told.push(json!([value, run])),
            false => told.extend(rest[..run].iter().cloned()),
        }
        rest = &rest[run..];
    }
    Value::Array(told)
}

/// The shortest number that is printed as this one is, if that is certain.
fn printed(value: f64, unit: Unit) -> f64 {
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e3 {
        return value;
    }
    let is_tie = |size: f64| (size.fract() - 0.5).abs() < 1e-6;
    match unit {
        Unit::Share if (0.0006..0.9994).contains(&size) && !is_tie(size * 1e3) => {
            (value * 1e3).round() / 1e3
        }
        Unit::Share => value,
        // Times are printed from whole nanoseconds.
        Unit::Seconds | Unit::Instant if size < 1e-4 => value,
        Unit::Seconds | Unit::Instant if size >= 60.0 && !is_tie(size) => value.round(),
        Unit::Count | Unit::PerSecond if size >= 99.5 && !is_tie(size) => value.round(),
        Unit::Seconds | Unit::Instant | Unit::Count | Unit::PerSecond | Unit::Ratio => {
            let short = nearest_short(value, 3);
            // Where figures of another form begin.
            let border = if unit == Unit::Seconds { 60.0 } else { 99.5 };
            if (size < border) == (short.abs() < border) && size < border {
                short
            } else {
                value
            }
        }
    }
}

/// A number as the document has it, a whole one without a point.
fn figure(value: f64) -> Value {
    let whole = value.round();
    match (value - whole).abs() == 0.0 && whole.abs() < 1e15 {
        true => json!(whole as i64),
        false => json!(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::number;

    #[test]
    fn what_is_shortened_is_printed_as_before() {
        let units = [
            Unit::Share,
            Unit::Seconds,
            Unit::Count,
            Unit::PerSecond,
            Unit::Ratio,
        ];
        let sizes = (0..24_000).map(|at| 1e-6 * crate::base::math::exp(f64::from(at) * 1e-3));
        let edges = [
            0.0, 0.0005, 0.00049, 0.9995, 0.99951, 1.0, 59.96, 59.94, 60.5, 99.49, 99.5,
        ];
        let ties = [100.5, 101.5, 119.5, 0.125, 0.0625, 1e3 + 0.5, 86_399.5];
        for value in sizes.chain(edges).chain(ties) {
            for unit in units {
                if unit != Unit::Share || value <= 1.0 {
                    let short = printed(value, unit);
                    assert_eq!(
                        number::value(short, unit),
                        number::value(value, unit),
                        "{value}"
                    );
                }
            }
        }
    }

    #[test]
    fn runs_are_pairs() {
        let values = [Some(1.0); 5].into_iter().chain([None, Some(0.25)]);
        assert_eq!(in_runs(values).to_string(), "[[1,5],null,0.25]");
    }
}
