//! Incidents whose causes are known, given to the calibration as measurements.
//!
//! One idea: one launch of a model at inputs that are drawn is the incident; what its series
//! were, with two percent of noise, is all that the calibration sees. So an interval that says 95
//! % can be counted: it holds the drawn value or not.
//!
//! In full, with a line for each interval: `ONRUSH_SYNTHETIC=30 cargo test --release --locked --
//! --ignored synthetic_incidents --nocapture` makes thirty incidents of each kind, in some minutes.

mod command;

use std::sync::atomic::{AtomicU32, Ordering};

use onrush::model::files::Files;
use onrush::model::overlay::Change;
use onrush::model::{self, Checked, Model};
use onrush::results::{FittedParam, ObservedSeries, Results, Stopped, to_json};
use onrush::study::{Calibrated, Effort, Fit, Onlooker, Plan, Silent, calibrate, run};
use onrush::text::Source;

use crate::replicate::ALONE;

const RUSH: &str = include_str!("calibration/rush.toml");
const POOL: &str = include_str!("calibration/pool.toml");
const SLOW: &str = include_str!("calibration/slow.toml");
const PRODUCT: &str = include_str!("calibration/product.toml");

/// Seconds of a row.
const ROW_S: usize = 30;

/// Numbers from 0 to 1, the same on every machine (SplitMix64).
struct Luck(u64);

impl Luck {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Near enough to a normal distribution: twelve uniform numbers.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

fn read(text: &str, data: &str) -> Checked {
    let mut files = Files::new();
    files.insert("seen.csv", data.to_owned());
    let (model, found) = model::read(Source::new("model.toml", text), files);
    Checked::new(model).unwrap_or_else(|| panic!("{found:?}"))
}

/// A file of rows with a column for each series.
fn file(columns: &[String], rows: usize, value: impl Fn(usize, usize) -> Option<f64>) -> String {
    let mut text = format!("t,{}\n", columns.join(","));
    for row in 0..rows {
        let cells = (0..columns.len())
            .map(|column| value(column, row).map_or_else(String::new, |value| value.to_string()));
        let cells: Vec<String> = cells.collect();
        text.push_str(&format!("{},{}\n", row * ROW_S, cells.join(",")));
    }
    text
}

/// An incident: the model with what was measured, and the inputs that it came from.
struct Incident {
    model: Checked,
    /// Where in its range each input is, in equal factors from 0 to 1.
    parts: Vec<f64>,
    truth: Vec<(String, f64)>,
}

/// The changes that set every input to where it is in its range, and the values.
fn at(model: &Model, parts: &[f64]) -> (Vec<Change>, Vec<(String, f64)>) {
    let each = model.params.iter().zip(parts).map(|((name, param), part)| {
        let (low, high) = param.range.expect("every input has a range");
        let value = low * (high / low).powf(*part);
        let unit = param
            .written
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let written = match unit {
            "ms" => format!("{}ms", value * 1e3),
            "%" => format!("{}%", value * 100.0),
            unit => format!("{value}{unit}"),
        };
        let change = Change::new(&format!("param.{name}"), &written);
        (change, (name.clone(), value))
    });
    each.unzip()
}

/// One launch of a model at drawn inputs, as its series say it.
fn incident(text: &str, number: u64) -> Incident {
    let head = file(&columns(text), 2, |_, _| Some(0.5));
    let model = read(text, &head);
    let mut luck = Luck(number.wrapping_mul(7_919) + 17);
    // In the inner four fifths of the range.
    let each = model.params.iter();
    let parts: Vec<f64> = each.map(|_| 0.1 + 0.8 * luck.uniform()).collect();
    let (changes, truth) = at(&model, &parts);
    let rows = model.run_for.nanos() as usize / 1_000_000_000 / ROW_S;
    let model = read(text, &file(&columns(text), rows, |_, _| Some(0.5)));
    let true_one = Checked::new(model.with(&changes).0).expect("the truth is a valid model");
    let plan = Plan {
        seed: 1_000_003 + number,
        effort: Effort::Replications(1),
        ..Plan::of(&true_one)
    };
    let results = run(&true_one, None, &plan, ALONE).expect("it is small");
    let series = series(&results);
    let noisy: Vec<Vec<Option<f64>>> = series
        .iter()
        .map(|one| {
            let scale = if one.column.ends_with("_ms") {
                1e3
            } else {
                1.0
            };
            let noisy = |v: &Option<f64>| v.map(|v| v * scale * (1.0 + 0.02 * luck.normal()));
            one.mean.iter().map(noisy).collect()
        })
        .collect();
    let data = file(&columns(text), rows, |column, row| noisy[column][row]);
    Incident {
        model: read(text, &data),
        parts,
        truth,
    }
}

/// The columns that a model matches, in their order.
fn columns(text: &str) -> Vec<String> {
    let line = text
        .lines()
        .find(|line| line.starts_with("match"))
        .expect("something is matched");
    let table = line
        .split(['{', '}'])
        .nth(1)
        .expect("it is a table in one line");
    let keys = table
        .split(", ")
        .map(|entry| entry.split('=').next().unwrap_or(""));
    keys.map(|key| key.trim().to_owned()).collect()
}

fn series(results: &Results) -> &[ObservedSeries] {
    let observed = results.variants["baseline"].observed.as_ref();
    &observed.expect("something was measured").series
}

fn all_inputs(model: &Model) -> Vec<String> {
    model.params.keys().cloned().collect()
}

fn fit(incident: &Incident, near: u32, at_most: u32, threads: usize) -> Calibrated {
    let fit = Fit {
        free: all_inputs(&incident.model),
        replications: near,
        at_most,
    };
    let plan = Plan {
        threads,
        ..Plan::of(&incident.model)
    };
    calibrate(&incident.model, &fit, &plan, ALONE).expect("it can be fitted")
}

/// How many directions of the inputs a launch tells anything of at the truth: eigenvalues of the
/// Fisher information, in units of the ranges, above that of the ranges themselves (a uniform
/// prior has a variance of 1/12).
///
/// Every row of what is fitted counts as a measurement of its own, so the rank is rather too high
/// than too low, and what is only just identifiable counts among what is.
fn rank_at_truth(incident: &Incident) -> usize {
    const STEP: f64 = 0.05;
    let played = |input: usize, by: f64| {
        let mut parts = incident.parts.clone();
        parts[input] += by;
        let (changes, _) = at(&incident.model, &parts);
        let model = Checked::new(incident.model.with(&changes).0).expect("it is a valid model");
        let plan = Plan {
            effort: Effort::Replications(40),
            ..Plan::of(&model)
        };
        run(&model, None, &plan, ALONE).expect("it is small")
    };
    let sides: Vec<[Results; 2]> = (0..2)
        .map(|input| [played(input, -STEP), played(input, STEP)])
        .collect();
    let mut information = [[0.0; 2]; 2];
    for (number, fitted) in series(&sides[0][0]).iter().enumerate() {
        for row in 0..if fitted.check { 0 } else { fitted.mean.len() } {
            let one = |input: usize, side: usize| &series(&sides[input][side])[number];
            let slope = |input: usize| {
                let means = [0, 1].map(|side| one(input, side).mean[row]);
                Some((means[1]? - means[0]?) / (2.0 * STEP))
            };
            let (Some(mean), Some(low), Some(high)) =
                (one(0, 0).mean[row], one(0, 0).p10[row], one(0, 0).p90[row])
            else {
                continue;
            };
            // The outer tenths of a normal distribution are 2.563 standard deviations apart.
            let variance = ((high - low) / 2.563).powi(2) + (0.02 * mean).powi(2);
            let (Some(a), Some(b)) = (slope(0), slope(1)) else {
                continue;
            };
            if variance > 0.0 {
                information[0][0] += a * a / variance;
                information[0][1] += a * b / variance;
                information[1][1] += b * b / variance;
            }
        }
    }
    let [[aa, ab], [_, bb]] = information;
    let (middle, off) = (
        (aa + bb) / 2.0,
        (((aa - bb) / 2.0).powi(2) + ab * ab).sqrt(),
    );
    [middle - off, middle + off]
        .iter()
        .filter(|eigenvalue| **eigenvalue > 12.0)
        .count()
}

/// Whether the interval of an input holds its true value, and its width as a part of the range, in
/// equal factors.
fn held(param: &FittedParam, truth: f64) -> (bool, f64) {
    let (from, to) = (
        param.from.expect("it has one"),
        param.to.expect("it has one"),
    );
    let width = (to / from).ln() / (param.high / param.low).ln();
    ((from..=to).contains(&truth), width)
}

/// One line for each interval.
fn told(incident: &Incident, done: &Calibrated) -> Vec<(bool, f64, String)> {
    let found = done
        .results
        .answers
        .calibrate
        .as_ref()
        .expect("it was calibrated");
    incident
        .truth
        .iter()
        .map(|(name, truth)| {
            let mut params = found.params.iter();
            let param = params
                .find(|param| param.name == *name)
                .expect("it was free");
            let (inside, width) = held(param, *truth);
            let line = format!(
                "{name}: true {truth:.4}, fits {:.4} [{:.4}, {:.4}], width {width:.3}, excess \
                 {:.2}, rank {}, launches {}{}",
                param.value,
                param.from.unwrap_or(f64::NAN),
                param.to.unwrap_or(f64::NAN),
                found.excess.unwrap_or(f64::NAN),
                found.rank,
                found.launches,
                if inside { "" } else { "  MISSED" }
            );
            (inside, width, line)
        })
        .collect()
}

/// A known truth is recovered: both intervals hold it and are narrow; the series that was held
/// out is reproduced; the document does not depend on the number of threads.
#[test]
fn a_known_truth_is_recovered() {
    let incident = incident(RUSH, 1);
    let done = fit(&incident, 4, 300, 1);
    let found = told(&incident, &done);
    assert!(
        found
            .iter()
            .all(|(inside, width, _)| *inside && *width < 0.5),
        "{found:#?}"
    );
    let answer = done
        .results
        .answers
        .calibrate
        .as_ref()
        .expect("it was calibrated");
    assert_eq!((answer.rank, answer.untold.len()), (2, 0));
    assert!(answer.settled && answer.launches <= 300);
    let busy = series(&done.results)
        .iter()
        .find(|one| one.column == "busy");
    let busy = busy.expect("it is reported");
    assert!(busy.check);
    assert!(busy.inside.expect("it was compared").share > 0.6);
    assert!(
        !answer.parts.iter().any(|part| part.of == "busy"),
        "it was held out"
    );
    let again = fit(&incident, 4, 300, 3);
    assert_eq!(to_json(&done.results), to_json(&again.results));
}

/// Only the product of two inputs matters: they are named together, as trading off.
#[test]
fn what_cannot_be_told_apart_is_named() {
    let incident = incident(PRODUCT, 1);
    let done = fit(&incident, 3, 200, 0);
    let answer = done
        .results
        .answers
        .calibrate
        .as_ref()
        .expect("it was calibrated");
    assert_eq!(answer.rank, 1, "{answer:#?}");
    let [untold] = answer.untold.as_slice() else {
        panic!("{:?}", answer.untold)
    };
    let names: Vec<&str> = untold
        .params
        .iter()
        .map(|param| param.name.as_str())
        .collect();
    assert!(
        names.contains(&"visitors") && names.contains(&"turnout"),
        "{names:?}"
    );
    assert!(
        untold.params[0].part * untold.params[1].part < 0.0,
        "they trade off"
    );
    // What comes is the product, whatever its parts.
    let product: f64 = answer.params.iter().map(|param| param.value).product();
    let truth: f64 = incident.truth.iter().map(|(_, value)| value).product();
    assert!((product / truth - 1.0).abs() < 0.05, "{product} {truth}");
}

/// Somebody stops it: the best combination so far is kept, and said to be unfinished.
#[test]
fn what_was_found_before_a_stop_is_kept() {
    let incident = incident(RUSH, 2);
    let asked = AtomicU32::new(0);
    let stop = || asked.fetch_add(1, Ordering::Relaxed) > 60;
    let onlooker = Onlooker {
        progress: &Silent,
        stop: &stop,
        until: None,
        store: None,
    };
    let plan = Plan {
        threads: 1,
        ..Plan::of(&incident.model)
    };
    let fit = Fit {
        free: vec!["param.work".to_owned()],
        replications: 4,
        at_most: 400,
    };
    let done = calibrate(&incident.model, &fit, &plan, onlooker).expect("something was finished");
    assert_eq!(
        (done.results.complete, done.results.stopped),
        (false, Stopped::Interrupted)
    );
    let answer = done.results.answers.calibrate.expect("it was calibrated");
    assert!(answer.points > 0 && !answer.settled);
    assert_eq!(done.values[0].0, "work");
}

/// What there is nothing to fit to, or nothing to fit, is refused with what is missing.
#[test]
fn nothing_to_fit_is_refused() {
    let incident = incident(RUSH, 1);
    let plan = Plan::of(&incident.model);
    let refused = |free: &[&str], model: &Checked| {
        let fit = Fit {
            free: free.iter().map(|name| (*name).to_owned()).collect(),
            replications: 2,
            at_most: 100,
        };
        calibrate(model, &fit, &plan, ALONE)
            .expect_err("it is refused")
            .to_string()
    };
    assert!(refused(&[], &incident.model).contains("no parameter is free"));
    assert!(refused(&["wrok"], &incident.model).contains("no parameter `wrok`"));
    let text = RUSH
        .split("[observed]")
        .next()
        .expect("there is a beginning");
    assert!(refused(&["work"], &read(text, "")).contains("nothing to fit to"));
    let without = RUSH.replace("range = [\"40ms\", \"240ms\"]\n", "");
    let head = file(&columns(RUSH), 2, |_, _| Some(0.5));
    assert!(refused(&["work"], &read(&without, &head)).contains("has no `range`"));
}

/// Coverage of the intervals over many incidents of each kind.
#[test]
#[ignore = "minutes; see the head of this file"]
fn synthetic_incidents() {
    let asked = std::env::var("ONRUSH_SYNTHETIC").ok();
    let each: u64 = asked.and_then(|n| n.parse().ok()).unwrap_or(2);
    let (mut inside, mut widths) = (0_usize, Vec::new());
    let (mut named, mut vague) = (0_usize, 0_usize);
    let kinds = [
        ("rush", RUSH),
        ("pool", POOL),
        ("slow", SLOW),
        ("product", PRODUCT),
    ];
    for (kind, text) in kinds {
        for number in 0..each {
            let incident = incident(text, 100 + number);
            let is_identifiable = rank_at_truth(&incident) == 2;
            let done = fit(&incident, 8, 4_000, 0);
            let answer = done.results.answers.calibrate.as_ref();
            let untold = &answer.expect("it was calibrated").untold;
            for (is_inside, width, line) in told(&incident, &done) {
                println!("{kind} {number} identifiable {is_identifiable} {line}");
                if is_identifiable {
                    inside += usize::from(is_inside);
                    widths.push(width);
                }
            }
            if !is_identifiable {
                vague += 1;
                named += usize::from(untold.iter().any(|one| one.params.len() == 2));
            }
        }
    }
    widths.sort_by(f64::total_cmp);
    let (all, median) = (widths.len(), widths[widths.len() / 2]);
    println!("{inside} of {all} intervals hold the truth; median width {median:.3} of the range");
    println!("{named} of {vague} pairs that cannot be told apart are named");
    assert!(inside * 10 >= all * 9, "{inside} of {all}");
    assert!(median <= 0.5, "{median}");
    assert!(named * 10 >= vague * 9, "{named} of {vague}");
}
