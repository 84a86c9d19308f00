//! Which inputs reproduce what was measured, in sentences.
//!
//! One idea: a fitted value is said with its interval, and what the measurements cannot tell is
//! said as plainly as what they can.

use super::{capital, input_value, launches, listed, small};
use crate::report::number;
use crate::report::reading;
use crate::results::{Calibrate, FittedParam, FittedPart, Results, Untold};

/// Table of fitted inputs.
pub const FITTED_INPUTS: &str = "Inputs as fitted";
/// Its columns.
pub const FITTED_HEAD: [&str; 5] = ["input", "fits best", "interval", "before", "range"];
/// Table of how the estimates depend on each other.
pub const CORRELATIONS: &str = "Correlations of the fitted values";
/// Table of what was fitted.
pub const FITTED_PARTS: &str = "What was fitted, in standard errors";
/// Its columns.
pub const PARTS_HEAD: [&str; 3] = ["measured", "time", "measured − fitted"];
/// Vertical axis of profiles.
pub const PROFILE_AXIS: &str = "Worse than the best fit by (2 ln likelihood)";
/// What the line of a profile means.
pub const PROFILE_LIMIT: &str = "the interval ends here";

/// The answer in one sentence: every value with its interval.
pub fn fitted(results: &Results) -> Option<String> {
    let found = results.answers.calibrate.as_ref()?;
    let all: Vec<String> = found
        .params
        .iter()
        .map(|p| fitted_param(results, p))
        .collect();
    let level = number::level(results.confidence);
    Some(match found.settled {
        true => format!("Fits best, with its {level} interval: {}.", listed(&all)),
        false => format!(
            "Interrupted before intervals could be told; the best so far: {}.",
            listed(&all)
        ),
    })
}

/// `login_work 44.9 ms [43.1 ms, 46.8 ms]`.
fn fitted_param(results: &Results, param: &FittedParam) -> String {
    let value = input_value(results, &param.name, param.value);
    let text = match interval(results, param) {
        Some(interval) => format!("{value} {interval}"),
        None => value,
    };
    format!("{} {text}", param.name)
}

/// `[43.1 ms, 46.8 ms]`.
fn interval(results: &Results, param: &FittedParam) -> Option<String> {
    let value = |v: f64| input_value(results, &param.name, v);
    Some(format!("[{}, {}]", value(param.from?), value(param.to?)))
}

/// What there is to say about a fit: how good it is, what it cannot tell, what lies at an end,
/// how it was found.
pub fn calibrated(results: &Results) -> Vec<String> {
    let Some(found) = &results.answers.calibrate else {
        return Vec::new();
    };
    let mut all: Vec<String> = fit(found).into_iter().collect();
    all.extend(found.untold.iter().map(untold));
    all.extend(
        found
            .params
            .iter()
            .filter_map(|param| at_an_end(results, param)),
    );
    all.extend(held_out(results));
    all.push(effort(found));
    all
}

/// The excess that chance alone hardly reaches with so many degrees of freedom: two standard
/// deviations of χ².
fn by_chance(degrees: u32) -> f64 {
    1.0 + 2.0 * (2.0 / f64::from(degrees.max(1))).sqrt()
}

fn fit(found: &Calibrate) -> Option<String> {
    let (misfit, excess) = (found.misfit?, found.excess?);
    let figures = format!(
        "misfit {}, where about {} is usual",
        number::ratio(misfit),
        found.degrees
    );
    let worst = found
        .parts
        .iter()
        .reduce(|worst, next| match next.off.abs() > worst.off.abs() {
            true => next,
            false => worst,
        });
    Some(match excess > by_chance(found.degrees) {
        false => format!(
            "The best fit is as close to what was measured as launches are to each other \
             ({figures})."
        ),
        true => {
            let worst = worst.map_or_else(String::new, |part| {
                let side = if part.off > 0.0 { "higher" } else { "lower" };
                format!("; {} is furthest off, measured {side}", part_name(part))
            });
            format!(
                "Even the best fit is further off than launches differ ({figures}{worst}): the \
                 model lacks something. The intervals are {} times as wide for it.",
                number::ratio(found.widened.unwrap_or(1.0))
            )
        }
    })
}

/// `p95_ms from T+05:00 to T+06:40`.
fn part_name(part: &FittedPart) -> String {
    match part_time(part) {
        Some(time) => format!("{} {time}", part.of),
        None => part.of.clone(),
    }
}

fn part_time(part: &FittedPart) -> Option<String> {
    let (from, to) = (part.from_s?, part.to_s?);
    Some(format!(
        "from {} to {}",
        number::instant(from),
        number::instant(to)
    ))
}

/// What the measurements cannot tell, and what would.
fn untold(found: &Untold) -> String {
    let names: Vec<String> = found
        .params
        .iter()
        .map(|param| param.name.clone())
        .collect();
    let what = match names.as_slice() {
        [] => "The measurements leave a combination of the inputs open".to_owned(),
        [one] => format!("The measurements do not tell {one}"),
        some => {
            let first = found.params[0].part;
            let against: Vec<String> = found
                .params
                .iter()
                .filter(|param| param.part * first < 0.0)
                .map(|param| param.name.clone())
                .collect();
            let along: Vec<String> = found
                .params
                .iter()
                .filter(|param| param.part * first > 0.0)
                .map(|param| param.name.clone())
                .collect();
            let how = match against.as_slice() {
                [] => "they may rise and fall together".to_owned(),
                against => format!(
                    "they trade off: more of {} does the same as less of {}",
                    listed(&along),
                    listed(against)
                ),
            };
            format!("The measurements cannot tell {} apart; {how}", listed(some))
        }
    };
    match &found.would_tell {
        Some(metric) => format!("{what}. A measurement of {metric} would tell most of it."),
        None => format!(
            "{what}. No metric of this model would tell it: only a different load or fault."
        ),
    }
}

/// An input at an end of its range.
fn at_an_end(results: &Results, param: &FittedParam) -> Option<String> {
    let value = |v: f64| input_value(results, &param.name, v);
    let (end, more) = match (param.at_low, param.at_high) {
        (true, false) => (
            format!("the low end of its range, {}", value(param.low)),
            "lower",
        ),
        (false, true) => (
            format!("the high end of its range, {}", value(param.high)),
            "higher",
        ),
        _ => return None,
    };
    Some(format!(
        "The interval of {} reaches {end}: {more} values may fit as well. Widen `range` if they \
         are possible.",
        param.name
    ))
}

/// How what was held out fares.
fn held_out(results: &Results) -> Option<String> {
    let observed = reading::baseline(results)?.observed.as_ref()?;
    let figures = observed.figures.iter().filter(|figure| figure.check);
    let figures = figures.map(|f| (f.that.clone(), f.inside));
    let series = observed.series.iter().filter(|series| series.check);
    let series = series.filter_map(|s| Some((s.column.clone(), s.inside?.share >= HELD)));
    let all: Vec<(String, bool)> = series.chain(figures).collect();
    let of = |good: bool| -> Vec<String> {
        let some = all.iter().filter(|(_, inside)| *inside == good);
        some.map(|(name, _)| name.clone()).collect()
    };
    let (good, bad) = (of(true), of(false));
    match (good.as_slice(), bad.as_slice()) {
        ([], []) => None,
        (good, []) => Some(format!(
            "Held out and reproduced: {}, although the fit never looked at it.",
            listed(good)
        )),
        ([], bad) => Some(format!("Held out and not reproduced: {}.", listed(bad))),
        (good, bad) => Some(format!(
            "Held out and reproduced: {}; held out and not reproduced: {}.",
            listed(good),
            listed(bad)
        )),
    }
}

/// From this share of its values inside on, a series that was held out is reproduced.
const HELD: f64 = 0.85;

fn effort(found: &Calibrate) -> String {
    let inputs = match found.params.len() {
        1 => "One input was".to_owned(),
        n => format!("{} inputs were", capital(&small(n))),
    };
    let unplayed = match found.unplayed {
        0 => String::new(),
        n => format!(
            "; {} more could not be simulated",
            number::whole(f64::from(n))
        ),
    };
    format!(
        "{inputs} free; {} combinations were simulated in {}{unplayed}.",
        number::whole(f64::from(found.points)),
        launches(found.launches)
    )
}

/// The cells of an input.
pub fn fitted_row(results: &Results, param: &FittedParam) -> Vec<String> {
    let value = |v: f64| input_value(results, &param.name, v);
    let absent = || number::ABSENT.to_owned();
    vec![
        param.name.clone(),
        value(param.value),
        interval(results, param).unwrap_or_else(absent),
        param.was.map_or_else(absent, value),
        format!("{} … {}", value(param.low), value(param.high)),
    ]
}

/// The cells of a part of what was fitted.
pub fn part_row(part: &FittedPart) -> Vec<String> {
    let sign = if part.off > 0.0 { "+" } else { "" };
    vec![
        part.of.clone(),
        part_time(part).unwrap_or_else(|| number::ABSENT.to_owned()),
        format!("{sign}{}", number::ratio(part.off)),
    ]
}

/// Title and takeaway of the profiles.
pub fn profiles_caption(results: &Results) -> (String, String) {
    let answer = fitted(results).unwrap_or_default();
    (
        "How much worse other values of each input fit".to_owned(),
        format!("{answer} A flat curve: the measurements do not tell this input."),
    )
}
