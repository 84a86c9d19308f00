//! The figures that the page can be asked for, as compact JSON within it.
//!
//! One idea: whatever the script shows was read from the results document, digit for digit as far
//! as it is printed; the script computes nothing but differences of launches.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};
use serde_json::{Map, Value, json};

use crate::base::decimal::nearest_short;
use crate::base::student::t_quantile;
use crate::report::{number, reading, words};
use crate::results::{Better, Results, Series, Unit, Variant, key};

/// Bytes of a page that is looked at anywhere, sent by mail and kept: what the rest of it leaves is
/// for the series; if they need more, every second bin is there, every third …
const PAGE: usize = 960_000;

/// Bytes of series that every page has room for.
const LEAST: usize = 120_000;

/// The element that holds them, in a page that has so many bytes without it.
pub(super) fn element(results: &Results, page: usize) -> Markup {
    let text = data(results, PAGE.saturating_sub(page).max(LEAST))
        .to_string()
        .replace('<', "\\u003c");
    html! { script #data type="application/json" { (PreEscaped(text)) } }
}

fn data(results: &Results, room: usize) -> Value {
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
    let (series, stride) = series_that_fit(results, room);
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
        "stride": stride,
        "series": series,
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
    /// Of how many bins one is kept.
    stride: usize,
    /// Whether the spread of launches stands beside the mean of every series, or of a few alone.
    spread: Spread,
}

#[derive(Clone, Copy, PartialEq)]
enum Spread {
    All,
    Main,
}

/// The series, thinned until they fit, and of how many bins one is kept.
fn series_that_fit(results: &Results, room: usize) -> (Value, usize) {
    let tries = [(1, Spread::All), (1, Spread::Main)].into_iter();
    let tries = tries.chain((2..).map(|stride| (stride, Spread::Main)));
    for (stride, spread) in tries {
        let all = series(results, Fill { stride, spread });
        if stride >= 16 || all.to_string().len() <= room {
            return (all, stride);
        }
    }
    (Value::Null, 1)
}

fn series(results: &Results, fill: Fill) -> Value {
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
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    let all = keys.into_iter().map(|((at, _, _), key)| {
        let (form, what) = taken_apart(key).unwrap_or(("", key));
        let each = reading::variants(results).filter_map(|(name, variant)| {
            let series = variant.timeline.series.get(key)?;
            let values = values(series, unit(form, what), (fill, is_main(form, what)));
            let id = format!("{name} {values}");
            let same = told.get(&id).map(|other| json!(other));
            told.entry(id).or_insert_with(|| key.to_owned());
            Some((name.to_owned(), same.unwrap_or(values)))
        });
        json!({
            "key": key,
            "label": words::series(results, form, what),
            "group": words::GROUPS[at].0,
            "heading": words::GROUPS[at].1,
            "unit": unit(form, what),
            "of": each.collect::<Map<String, Value>>(),
        })
    });
    all.collect()
}

/// Whether a series is one that is looked at first.
fn is_main(form: &str, what: &str) -> bool {
    let of_users = ["users", "orbit", "served"].contains(&what);
    of_users || form == "p95" && what.ends_with(".ok.time") || what.ends_with(".queue")
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

/// Mean, and where launches differ visibly, where eight of ten of them lie.
fn values(series: &Series, unit: Unit, (fill, main): (Fill, bool)) -> Value {
    let short = |all: &[Option<f64>]| {
        let kept = all.iter().step_by(fill.stride);
        in_runs(kept.map(|v| v.map(|v| printed(v, unit))))
    };
    let most = |all: &[Option<f64>]| all.iter().flatten().fold(0.0_f64, |m, v| m.max(v.abs()));
    let pairs = series.p10.iter().zip(&series.p90);
    let widths = pairs.map(|(low, high)| high.zip(*low).map(|(high, low)| high - low));
    let widths: Vec<Option<f64>> = widths.collect();
    let visible = most(&widths) > 0.02 * most(&series.mean);
    match visible && (main || fill.spread == Spread::All) {
        true => json!([short(&series.mean), short(&series.p10), short(&series.p90)]),
        false => json!([short(&series.mean)]),
    }
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

/// The shortest number that is printed as this one is.
fn printed(value: f64, unit: Unit) -> f64 {
    let short = match unit {
        Unit::Share => (value * 1e3).round() / 1e3,
        Unit::Seconds | Unit::Instant if value.abs() >= 60.0 => value.round(),
        Unit::Count | Unit::PerSecond if value.abs() >= 99.5 => value.round(),
        Unit::Seconds | Unit::Instant | Unit::Count | Unit::PerSecond | Unit::Ratio => {
            nearest_short(value, 3)
        }
    };
    match number::value(short, unit) == number::value(value, unit) {
        true => short,
        false => value,
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
