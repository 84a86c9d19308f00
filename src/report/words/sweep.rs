//! How metrics follow one or two inputs, in sentences.
//!
//! One idea: where the curve turns first, with what it is there; then what a formula says, and what
//! could not be played.

use super::launches;
use crate::base::decimal::significant;
use crate::report::number;
use crate::results::{
    Curve, Estimate, Fitted, LineLaw, Results, Scalability, Sweep, SweptInput, Unit, UslFit,
    UslMethod,
};

/// Table of all values.
pub const SWEPT: &str = "Values that were played";
/// Table of measured pairs.
pub const PAIRS: &str = "Measured pairs and the law";
/// The curve as it was played.
pub const PLAYED: &str = "played";
/// What a knee is called in a chart.
pub const KNEE: &str = "knee";
/// Of a scale of colours.
pub const IN_FACTORS: &str = "each step the same factor";
/// A metric that does not come to be in some launch.
const NEVER: &str = "never";

/// The answer in one sentence.
pub fn swept(results: &Results) -> Option<String> {
    if let Some(found) = &results.answers.scalability {
        return scalability(results, found);
    }
    let sweep = results.answers.sweep.as_ref()?;
    match sweep.inputs.as_slice() {
        [input] => one(results, sweep.curves.first()?, input),
        [_, _] => two(results, sweep, sweep.curves.first()?),
        _ => None,
    }
}

/// A value of an input with its unit.
pub fn input_at(input: &SweptInput, at: usize) -> String {
    let value = input.values.get(at).copied().unwrap_or(0.0);
    format!("{value}{}", input.unit)
}

/// A metric of a combination: `1.2 s`, `never` or a dash.
pub fn swept_value(curve: &Curve, value: Option<&Estimate>) -> String {
    match value {
        Some(found) if found.never > 0 => NEVER.to_owned(),
        Some(found) => found.estimate.map_or_else(
            || number::ABSENT.to_owned(),
            |v| number::value(v, curve.unit),
        ),
        None => number::ABSENT.to_owned(),
    }
}

/// `1.2 s (95 % interval: 1.1 s to 1.3 s)`.
fn with_interval(results: &Results, curve: &Curve, value: Option<&Estimate>) -> String {
    let lead = swept_value(curve, value);
    match value.and_then(|found| Some((found.estimate?, found.low?, found.high?))) {
        Some((_, low, high)) => format!(
            "{lead} ({} interval: {} to {})",
            number::level(results.confidence),
            number::value(low, curve.unit),
            number::value(high, curve.unit)
        ),
        None => lead,
    }
}

/// The first sentence about one input.
fn one(results: &Results, curve: &Curve, input: &SweptInput) -> Option<String> {
    let (metric, last) = (&curve.metric, input.values.len().checked_sub(1)?);
    let at = |number: usize| curve.values.get(number).and_then(Option::as_ref);
    let ends = format!(
        "{} at {} and {} at {}",
        swept_value(curve, at(0)),
        input_at(input, 0),
        swept_value(curve, at(last)),
        input_at(input, last)
    );
    Some(match curve.knees.first().copied().flatten() {
        Some(knee) => format!(
            "{metric} has its knee at {} = {}, where it is {}; it is {ends}.",
            input.path,
            input_at(input, knee.at as usize),
            with_interval(results, curve, at(knee.at as usize))
        ),
        None => format!(
            "{metric} has no knee over {} = {} to {}: it is {} at {} and {} at {}.",
            input.path,
            input_at(input, 0),
            input_at(input, last),
            with_interval(results, curve, at(0)),
            input_at(input, 0),
            with_interval(results, curve, at(last)),
            input_at(input, last)
        ),
    })
}

/// `a = 3 and b = 4`.
fn combination(sweep: &Sweep, mut number: usize) -> String {
    let said = sweep.inputs.iter().map(|input| {
        let count = input.values.len().max(1);
        let at = number % count;
        number /= count;
        format!("{} = {}", input.path, input_at(input, at))
    });
    super::listed(&said.collect::<Vec<_>>())
}

/// The first sentence about two inputs: where the metric is lowest and highest.
fn two(results: &Results, sweep: &Sweep, curve: &Curve) -> Option<String> {
    let known = curve.values.iter().enumerate();
    let known: Vec<(usize, f64)> = known
        .filter_map(|(at, value)| Some((at, value.as_ref()?.estimate?)))
        .collect();
    let least = known.iter().min_by(|a, b| a.1.total_cmp(&b.1))?.0;
    let most = known.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1))?.0;
    let said = |at: usize| {
        let value = with_interval(results, curve, curve.values[at].as_ref());
        format!("{value} at {}", combination(sweep, at))
    };
    let never = curve
        .values
        .iter()
        .flatten()
        .filter(|one| one.never > 0)
        .count();
    let never = match never {
        0 => String::new(),
        n => format!(
            " It is never reached at {n} of {} combinations.",
            curve.values.len()
        ),
    };
    Some(format!(
        "{} is lowest, {}, and highest, {}.{never}",
        curve.metric,
        said(least),
        said(most)
    ))
}

/// What there is to say beside the first sentence.
pub fn sweeping(results: &Results) -> Vec<String> {
    if let Some(found) = &results.answers.scalability {
        return about_fits(results, found);
    }
    let Some(sweep) = &results.answers.sweep else {
        return Vec::new();
    };
    let mut all = Vec::new();
    if let [input] = sweep.inputs.as_slice() {
        let others = sweep.curves.iter().skip(1);
        all.extend(others.filter_map(|curve| one(results, curve, input)));
    } else {
        let others = sweep.curves.iter().skip(1);
        all.extend(others.filter_map(|curve| two(results, sweep, curve)));
    }
    all.extend(
        sweep
            .curves
            .iter()
            .filter_map(|curve| line(results, sweep, curve)),
    );
    all.extend(knees(sweep));
    all.extend(effort(sweep));
    all
}

/// What a formula says beside a curve.
fn line(results: &Results, sweep: &Sweep, curve: &Curve) -> Option<String> {
    let line = curve.line.as_ref()?;
    match line.law {
        LineLaw::Mmc => {
            let (mut inside, mut all) = (0_usize, 0_usize);
            for (value, known) in curve.values.iter().zip(&line.values) {
                let Some((low, high, known)) = value
                    .as_ref()
                    .and_then(|v| Some((v.low?, v.high?, (*known)?)))
                else {
                    continue;
                };
                all += 1;
                inside += usize::from(low <= known && known <= high);
            }
            let endless = line.values.iter().zip(&sweep.launches);
            let endless = endless.filter(|(v, n)| v.is_none() && **n > 0).count();
            let endless = match endless {
                0 => String::new(),
                n => format!(
                    " At {} the formula has no answer: more comes than can be done.",
                    super::small(n) + if n == 1 { " value" } else { " values" }
                ),
            };
            Some(format!(
                "The model is a queue with Poisson arrivals, exponential work and one line \
                 (M/M/c), so {} has a formula, drawn beside it; it lies within the interval at \
                 {inside} of {all} values.{endless}",
                curve.metric
            ))
        }
        LineLaw::Usl => {
            let fit = line.fit.as_ref()?;
            let peak = match (&fit.load_at_most, &fit.most) {
                (Some(at), Some(most)) => format!(
                    "it says that {} is largest with {} at work: {}",
                    curve.metric,
                    amount(results, at, 4),
                    number::value(most.value, Unit::PerSecond)
                ),
                _ => format!("by it {} never falls", curve.metric),
            };
            Some(format!(
                "The universal scalability law was fitted to the curve (contention {}, coherency \
                 {}); {peak}.",
                amount(results, &fit.sigma, 3),
                amount(results, &fit.kappa, 3)
            ))
        }
    }
}

/// How knees were found, and where they are for each value of a second input.
fn knees(sweep: &Sweep) -> Option<String> {
    let found: usize = sweep
        .curves
        .iter()
        .map(|c| c.knees.iter().flatten().count())
        .sum();
    let method = "A knee is the value farthest from the straight line between the ends of the \
                  range (Kneedle, 2011), so it depends on the range; what luck \
                  could have bent is none.";
    match sweep.inputs.as_slice() {
        [_] => Some(method.to_owned()),
        [first, second] if found > 0 => {
            let curve = sweep.curves.first()?;
            let rows = curve.knees.iter().enumerate().filter_map(|(row, knee)| {
                let at = input_at(first, knee.as_ref()?.at as usize);
                Some(format!(
                    "{at} with {} = {}",
                    second.path,
                    input_at(second, row)
                ))
            });
            let rows: Vec<String> = rows.collect();
            (!rows.is_empty()).then(|| {
                format!(
                    "Along {}, {} has its knee at {}. {method}",
                    first.path,
                    curve.metric,
                    super::listed(&rows)
                )
            })
        }
        _ => None,
    }
}

fn effort(sweep: &Sweep) -> Vec<String> {
    let all = sweep.launches.len();
    let played = sweep.launches.iter().filter(|n| **n > 0).count();
    let total: u32 = sweep.launches.iter().sum();
    let noun = match sweep.inputs.len() {
        1 => "values",
        _ => "combinations",
    };
    let mut said = vec![format!(
        "{} of {} {noun} were played with {} in all, the same ones at each.",
        number::whole(played as f64),
        number::whole(all as f64),
        launches(total)
    )];
    if played < all {
        said.push(
            "The others make no valid model, or were not reached before it was stopped.".to_owned(),
        );
    }
    for input in &sweep.inputs {
        if let Some(was) = &input.was {
            said.push(format!(
                "The model as it is written has {} = {was}.",
                input.path
            ));
        }
    }
    said
}

/// `111.6 (95 % interval: 97.2 to 126)`.
fn amount(results: &Results, one: &Fitted, digits: usize) -> String {
    let value = significant(one.value, digits);
    match (one.low, one.high) {
        (Some(low), Some(high)) => format!(
            "{value} ({} interval: {} to {})",
            number::level(results.confidence),
            significant(low, digits),
            significant(high, digits)
        ),
        _ => value,
    }
}

fn scalability(results: &Results, found: &Scalability) -> Option<String> {
    let fit = found.fits.first()?;
    let pairs = found.pairs.len();
    Some(match (&fit.load_at_most, &fit.most) {
        (Some(at), Some(most)) => format!(
            "{} is largest at {} N* = {}: X_max = {}, by the universal scalability law of {pairs} \
             measured pairs.",
            super::capital(&found.throughput),
            found.load,
            amount(results, at, 4),
            amount(results, most, 5),
        ),
        _ => format!(
            "{} never falls, by the universal scalability law of {pairs} measured pairs.",
            super::capital(&found.throughput)
        ),
    })
}

fn about_fits(results: &Results, found: &Scalability) -> Vec<String> {
    let mut all: Vec<String> = found
        .fits
        .iter()
        .map(|fit| about_fit(results, fit))
        .collect();
    if let [first, second] = found.fits.as_slice()
        && let (Some(one), Some(other)) = (&first.load_at_most, &second.load_at_most)
    {
        all.push(format!(
            "The two ways put the largest throughput at {} and {}: how far they part says how well \
             the law describes these pairs.",
            significant(one.value, 4),
            significant(other.value, 4)
        ));
    }
    all
}

fn about_fit(results: &Results, fit: &UslFit) -> String {
    let how = way_of_fit(fit.method);
    let alone = match fit.method {
        UslMethod::Normalised => {
            format!(
                "the throughput of one alone (lambda) is {} as measured",
                amount(results, &fit.lambda, 4)
            )
        }
        UslMethod::LeastSquares => format!(
            "the throughput of one alone (lambda) is {}",
            amount(results, &fit.lambda, 4)
        ),
    };
    let peak = match (&fit.load_at_most, &fit.most) {
        (Some(at), Some(most)) => format!(
            "; N* is {} and X_max {}",
            amount(results, at, 4),
            amount(results, most, 5)
        ),
        _ => String::new(),
    };
    format!(
        "{how}: contention (sigma) is {}, coherency (kappa) is {}, {alone}{peak}; it misses the \
         throughput by {} (root of the mean square).",
        amount(results, &fit.sigma, 4),
        amount(results, &fit.kappa, 4),
        significant(fit.misses, 3)
    )
}

/// The name of a way to fit.
pub fn way_of_fit(of: UslMethod) -> &'static str {
    match of {
        UslMethod::Normalised => "By Gunther's parabola",
        UslMethod::LeastSquares => "By least squares",
    }
}

/// The name of a formula beside a curve.
pub fn law_of_line(of: LineLaw) -> &'static str {
    match of {
        LineLaw::Mmc => "M/M/c",
        LineLaw::Usl => "scalability law",
    }
}

/// Title and takeaway of a curve or map.
pub(super) fn curve_caption(results: &Results, number: usize) -> (String, String) {
    let Some(sweep) = &results.answers.sweep else {
        return Default::default();
    };
    let Some(curve) = sweep.curves.get(number) else {
        return Default::default();
    };
    let takeaway = match sweep.inputs.as_slice() {
        [input] => one(results, curve, input),
        _ => two(results, sweep, curve),
    };
    let paths: Vec<String> = sweep
        .inputs
        .iter()
        .map(|input| input.path.clone())
        .collect();
    (
        format!("How {} follows {}", curve.metric, super::listed(&paths)),
        takeaway.unwrap_or_default(),
    )
}

/// Title and takeaway of the picture of measured pairs.
pub(super) fn scalability_caption(results: &Results) -> (String, String) {
    let takeaway = swept(results).unwrap_or_default();
    ("Throughput against load".to_owned(), takeaway)
}

/// What the line of an objective in a curve says.
pub fn curve_limit(curve: &Curve, limit: f64) -> String {
    format!("objective: {}", number::value(limit, curve.unit))
}

/// The columns of the table of all values.
pub fn swept_head(sweep: &Sweep) -> Vec<String> {
    let mut head: Vec<String> = sweep
        .inputs
        .iter()
        .map(|input| input.path.clone())
        .collect();
    for curve in &sweep.curves {
        head.push(curve.metric.clone());
        head.extend(
            curve
                .line
                .as_ref()
                .map(|line| law_of_line(line.law).to_owned()),
        );
    }
    head.push("launches".to_owned());
    head
}

/// One combination.
pub fn swept_row(sweep: &Sweep, number: usize) -> Vec<String> {
    let mut row = Vec::new();
    let mut rest = number;
    for input in &sweep.inputs {
        let count = input.values.len().max(1);
        row.push(input_at(input, rest % count));
        rest /= count;
    }
    for curve in &sweep.curves {
        let value = curve.values.get(number).and_then(Option::as_ref);
        let lead = swept_value(curve, value);
        row.push(
            match value.and_then(|v| Some((v.estimate?, v.low?, v.high?))) {
                Some((_, low, high)) => number::with_interval(
                    &lead,
                    &number::value(low, curve.unit),
                    &number::value(high, curve.unit),
                ),
                None => lead,
            },
        );
        if let Some(line) = &curve.line {
            let value = line.values.get(number).copied().flatten();
            row.push(value.map_or_else(
                || number::ABSENT.to_owned(),
                |value| number::value(value, curve.unit),
            ));
        }
    }
    let launches = sweep.launches.get(number).copied().unwrap_or(0);
    row.push(number::whole(f64::from(launches)));
    row
}

/// The columns of the table of measured pairs.
pub fn pairs_head(found: &Scalability) -> Vec<String> {
    let mut head = vec![found.load.clone(), found.throughput.clone()];
    head.extend(
        found
            .fits
            .iter()
            .map(|fit| way_of_fit(fit.method).to_lowercase()),
    );
    head
}

/// One pair, with what each fit says there.
pub fn pairs_row(found: &Scalability, pair: [f64; 2]) -> Vec<String> {
    let fits = found.fits.iter();
    let all = pair
        .into_iter()
        .chain(fits.map(|fit| fit.throughput(pair[0])));
    all.map(|value| significant(value, 5)).collect()
}
