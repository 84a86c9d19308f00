//! How well what was measured and what is simulated agree, and where they do not.
//!
//! One idea: the incident is one launch, so the yardstick is where nine launches in ten lie: of the
//! measured values nine in ten lie there too, if the model is right.

use super::{capital, launches};
use crate::report::number::{self, instant, share};
use crate::results::{Inside, Observed, ObservedFigure, ObservedSeries, Outside, Results, Unit};

/// Table of what was measured.
pub const MEASURED: &str = "What was measured, and what is simulated";
/// Its columns.
pub const MEASURED_HEAD: [&str; 6] = [
    "measured",
    "metric",
    "inside",
    "typical difference",
    "too low (−) or high (+)",
    "longest outside",
];
/// Table of published figures.
pub const FIGURES: &str = "Published figures, and what is simulated";
/// Its columns.
pub const FIGURES_HEAD: [&str; 5] = [
    "figure",
    "published",
    "nine launches in ten",
    "",
    "used to fit",
];
/// Over residuals.
pub const RESIDUALS: &str = "Measured − simulated";
/// Label of the mean of launches.
pub const MEAN_OF_LAUNCHES: &str = "mean of launches";
/// Label of the band of launches.
pub const BAND_OF_LAUNCHES: &str = "8 of 10 launches";
/// Label of measured values.
pub const MEASURED_VALUE: &str = "measured";
/// Label of measured values beyond where nine launches in ten lie.
pub const MEASURED_OUTSIDE: &str = "… outside";

/// From this share on, launches and measurements agree: nine in ten, less what chance does.
const AGREE: f64 = 0.85;
/// From this share on, they agree in part.
const IN_PART: f64 = 0.6;

/// How well a variant agrees with what was measured: one number in one sentence, then where not,
/// then the figures and the clock.
pub fn observed(results: &Results, variant: &str) -> Vec<String> {
    let Some(found) = results
        .variants
        .get(variant)
        .and_then(|one| one.observed.as_ref())
    else {
        return Vec::new();
    };
    let mut all: Vec<String> = agreement(found).into_iter().collect();
    all.extend(found.series.iter().filter_map(where_not));
    all.extend(of_figures(&found.figures));
    all.extend(clock(found));
    all
}

/// The one sentence.
fn agreement(found: &Observed) -> Option<String> {
    let inside = found.inside?;
    let word = match inside.share {
        good if good >= AGREE => "The launches agree with what was measured",
        good if good >= IN_PART => "The launches agree with what was measured in part",
        _ => "The launches do not agree with what was measured",
    };
    Some(format!(
        "{word}: {} of the {} measured values ({}) lie where nine launches in ten do; if the \
         incident was one launch of this model, nine in ten of them would.",
        number::whole(f64::from(inside.inside)),
        number::whole(f64::from(inside.of)),
        share(inside.share)
    ))
}

/// Where a series is outside for longest.
fn where_not(series: &ObservedSeries) -> Option<String> {
    let worst = series.worst.as_ref()?;
    let side = if worst.above { "above" } else { "below" };
    let typical = series.nrmse.map_or_else(String::new, |n| {
        format!("; the typical difference is {} of its mean", share(n))
    });
    Some(format!(
        "{} leaves that band for longest {}, where what was measured is {side} it{typical}.",
        series.column,
        from_until(worst)
    ))
}

fn from_until(outside: &Outside) -> String {
    format!(
        "from {} to {}",
        instant(outside.from_s),
        instant(outside.to_s)
    )
}

/// How many figures lie where the launches do.
fn of_figures(figures: &[ObservedFigure]) -> Option<String> {
    let inside = figures.iter().filter(|figure| figure.inside).count();
    let missed: Vec<&str> = figures
        .iter()
        .filter(|figure| !figure.inside)
        .map(|figure| figure.that.as_str())
        .collect();
    match (figures.len(), missed.as_slice()) {
        (0, _) => None,
        (1, []) => Some("The published figure lies where nine launches in ten do.".to_owned()),
        (1, _) => {
            Some("The published figure lies outside of where nine launches in ten do.".to_owned())
        }
        (all, []) => Some(format!(
            "All {all} published figures lie where nine launches in ten do."
        )),
        (all, missed) => Some(format!(
            "{inside} of the {all} published figures lie where nine launches in ten do; missed: \
             {}.",
            missed.join(", ")
        )),
    }
}

/// What the clocks differ by.
fn clock(found: &Observed) -> Option<String> {
    let offset = found.offset_s.filter(|offset| *offset != 0.0)?;
    let how = if found.offset_found {
        "found by comparing"
    } else {
        "as the model says"
    };
    let moved = if offset < 0.0 { "earlier" } else { "later" };
    Some(format!(
        "The times of the file were moved {} {moved}, {how}.",
        number::duration(offset.abs())
    ))
}

/// `58 of 60 (96.7 %)`.
pub fn inside(found: Option<&Inside>) -> String {
    found.map_or_else(
        || number::ABSENT.to_owned(),
        |found| {
            let whole = |n: u32| number::whole(f64::from(n));
            format!(
                "{} of {} ({})",
                whole(found.inside),
                whole(found.of),
                share(found.share)
            )
        },
    )
}

/// The cells of a series.
pub fn series_row(series: &ObservedSeries) -> Vec<String> {
    let or_absent = |text: Option<String>| text.unwrap_or_else(|| number::ABSENT.to_owned());
    // Of the simulation, which reads the other way round than the residuals.
    let high = series
        .bias
        .map(|bias| number::change(-bias, Unit::Share).replace("pt", "%"));
    let worst = series.worst.as_ref().map(|worst| {
        let side = if worst.above {
            "measured above"
        } else {
            "measured below"
        };
        format!("{}, {side}", from_until(worst))
    });
    vec![
        series.column.clone(),
        series.metric.clone(),
        inside(series.inside.as_ref()),
        or_absent(series.nrmse.map(share)),
        or_absent(high),
        worst.map_or_else(|| "never".to_owned(), |text| capital(&text)),
    ]
}

/// The cells of a figure.
pub fn figure_row(figure: &ObservedFigure) -> Vec<String> {
    let value = |v: f64| number::value(v, figure.unit);
    let published = match figure.low.total_cmp(&figure.high).is_eq() {
        true => value(figure.low),
        false => format!("{} to {}", value(figure.low), value(figure.high)),
    };
    let give = match figure.give {
        give if give > 0.0 => format!(
            " ± {}",
            number::change(give, figure.unit).trim_start_matches('+')
        ),
        _ => String::new(),
    };
    let span = match (figure.p5, figure.p95) {
        (Some(low), Some(high)) => format!("{} to {}", value(low), value(high)),
        (Some(low), None) => format!("{} to never", value(low)),
        _ => number::ABSENT.to_owned(),
    };
    vec![
        figure.that.clone(),
        published + &give,
        span,
        if figure.inside { "inside" } else { "outside" }.to_owned(),
        if figure.check { "no: a check" } else { "yes" }.to_owned(),
    ]
}

/// Title and takeaway of the chart of a series.
pub fn observed_caption(results: &Results, variant: &str, at: usize) -> (String, String) {
    let found = results
        .variants
        .get(variant)
        .and_then(|one| one.observed.as_ref());
    let Some(series) = found.and_then(|found| found.series.get(at)) else {
        return Default::default();
    };
    let title = format!(
        "Measured and simulated: {} ({}), {}",
        series.column,
        series.metric,
        super::variant_label(results, variant)
    );
    let inside = inside(series.inside.as_ref());
    let n = launches(results.replications);
    let mut text = format!(
        "{inside} of the measured values lie where nine launches in ten do; the band holds eight \
         in ten of {n}."
    );
    text.extend(where_not(series).map(|said| format!(" {said}")));
    (title, text)
}
