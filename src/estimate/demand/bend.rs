//! Where work grows faster, or slower, than the rates.
//!
//! One idea: the straight line is held against two that meet. Where they meet is looked for among
//! the busier half of the minutes, with Huber's weights alone, since what leaves the line at the
//! end would else be left out as an odd minute. As the best of several places is taken, it counts
//! only from more standard errors on than a single look needs (Andrews 1993, *Econometrica* 61,
//! 821–856).

use super::robust::{Design, Fit, Sign};
use super::spread::Spread;
use crate::base::linear::dot;

/// Parts of the minutes below which the place is looked for.
const PLACES: [f64; 10] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];
/// Standard errors from which the best of all places is no chance: 4 in 10,000 straight lines.
const SURE: f64 = 4.0;
/// The least change at the busiest minute that matters, as a part of all.
const MATTERS: f64 = 0.01;

/// A place where the line bends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// The work of requests at which it does.
    pub(super) at: f64,
    /// 1 if more work is needed from there on, −1 if less.
    pub(super) sign: f64,
}

/// Looks at most: what requests need is less than it seemed, or more, once the bend is known.
const LOOKS: usize = 5;

/// The place where the line bends and the work of requests by minute, if there is evidence of one;
/// columns before `first` are no work of requests.
pub(super) fn place(
    design: &Design,
    fit: &Fit,
    first: usize,
    confidence: f64,
) -> Option<(Place, Vec<f64>)> {
    let width = fit.coefficients.len();
    let mut work = works(design, &fit.coefficients, first);
    let (mut place, mut bent) = steepest(design, fit, &work, confidence)?;
    for _ in 1..LOOKS {
        work = works(design, &bent.coefficients[..width], first);
        (place, bent) = steepest(design, fit, &work, confidence)?;
    }
    let most = work.iter().copied().fold(0.0, f64::max);
    let change = bent.coefficients[width].abs() * (most - place.at);
    (change > MATTERS * most).then_some((place, work))
}

/// By minute, the work of all requests.
pub(super) fn works(design: &Design, coefficients: &[f64], first: usize) -> Vec<f64> {
    let rows = design.rows.iter();
    rows.map(|row| dot(&row[first..coefficients.len()], &coefficients[first..]))
        .collect()
}

/// The place at which the change of slope is furthest from zero, and the line with it.
fn steepest(design: &Design, fit: &Fit, work: &[f64], confidence: f64) -> Option<(Place, Fit)> {
    let mut sorted = work.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut best: Option<(f64, Place, Fit)> = None;
    for part in PLACES {
        let at = sorted[(part * (sorted.len() - 1) as f64) as usize];
        let place = Place { at, sign: 1.0 };
        // The slope may change either way.
        let bent = Design {
            sign: Sign::Any,
            ..with(design, work, place)
        };
        let again = bent.refit(fit);
        let Some(spread) = Spread::of(&bent, &again, confidence) else {
            continue;
        };
        let distance = spread.distance(fit.coefficients.len());
        if best
            .as_ref()
            .is_none_or(|(most, ..)| distance.abs() > *most)
        {
            let sign = distance.signum();
            best = Some((distance.abs(), Place { at, sign }, again));
        }
    }
    let (distance, place, bent) = best?;
    (distance > SURE).then_some((place, bent))
}

/// The design with a column of what lies beyond the place.
pub(super) fn with(design: &Design, work: &[f64], place: Place) -> Design {
    let mut bent = design.clone();
    for (row, work) in bent.rows.iter_mut().zip(work) {
        row.push(place.sign * (work - place.at).max(0.0));
    }
    bent.ties.iter_mut().for_each(|tie| tie.parts.push(0.0));
    bent
}
