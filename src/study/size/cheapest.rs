//! The search over several knobs: the combination with the lowest price of an hour that is enough.
//!
//! One idea: where more of each helps, the combinations that are just enough form a stair. With one
//! knob high the others may be low, and nothing between two steps can cost less than the lower
//! value of the one with the lower values of the others; so most of the stair need not be looked
//! at. That more helps is looked at where the answer rests on it; that prices add up is assumed.

use super::ladder::{Ladder, Point, Standing};
use super::{Found, Way};
use crate::results::SizeFound;
use crate::study::plan::Failure;

/// The cheapest combination, with its neighbours looked at.
pub(super) fn search(ladder: &mut Ladder<'_>) -> Result<Found, Failure> {
    let most: Point = ladder.knobs.iter().map(|knob| knob.count() - 1).collect();
    let least: Point = vec![0; most.len()];
    if !ladder.consider(&most)? {
        let standing = ladder.settle(&most)?;
        return Ok(end(ladder, most, standing, SizeFound::Nothing));
    }
    if ladder.consider(&least)? {
        let standing = ladder.settle(&least)?;
        if standing.leans() {
            return Ok(end(ladder, least, standing, SizeFound::All));
        }
    }
    let best = cheapest(ladder, &Point::new())?.unwrap_or(most);
    verify(ladder, best)
}

/// All combinations are enough, as the least one shows, or none, as the greatest one does.
fn end(ladder: &Ladder<'_>, at: Point, standing: Standing, found: SizeFound) -> Found {
    Found {
        settled: standing.is_known() && !ladder.is_stopped(),
        short: (found == SizeFound::Nothing).then(|| at.clone()),
        verified: vec![at],
        ..Found::default()
    }
}

/// The cheapest combination that seems enough with these values of the first knobs.
fn cheapest(ladder: &mut Ladder<'_>, first: &[u32]) -> Result<Option<Point>, Failure> {
    let knob = &ladder.knobs[first.len()];
    let last = knob.count() - 1;
    if first.len() + 1 == ladder.knobs.len() {
        let found = least(ladder, first, last)?;
        return Ok(found.map(|at| joined(first, &[at])));
    }
    let mut best: Option<(f64, Point)> = None;
    let at_last = cheapest(ladder, &joined(first, &[last]))?;
    let at_first = cheapest(ladder, &joined(first, &[0]))?;
    for found in [&at_first, &at_last].into_iter().flatten() {
        better(ladder, &mut best, found);
    }
    // Between two values of this knob: the others need at least what they need at the upper one.
    let mut between: Vec<(u32, u32, Point)> = at_last.map(|at| (0, last, at)).into_iter().collect();
    while let Some((low, high, above)) = between.pop() {
        if high - low < 2 || ladder.is_stopped() {
            continue;
        }
        let mut bound = above.clone();
        bound[first.len()] = low + 1;
        let bound = ladder.price(&bound);
        let is_hopeless = bound
            .zip(best.as_ref())
            .is_some_and(|(bound, best)| bound >= best.0);
        if is_hopeless {
            continue;
        }
        let middle = low.midpoint(high);
        match cheapest(ladder, &joined(first, &[middle]))? {
            Some(found) => {
                better(ladder, &mut best, &found);
                between.push((middle, high, above));
                between.push((low, middle, found));
            }
            // Nothing below has any, either.
            None => between.push((middle, high, above)),
        }
    }
    Ok(best.map(|one| one.1))
}

/// Takes a combination that costs less.
fn better(ladder: &Ladder<'_>, best: &mut Option<(f64, Point)>, found: &Point) {
    let Some(price) = ladder.price(found) else {
        return;
    };
    if best.as_ref().is_none_or(|best| price < best.0) {
        *best = Some((price, found.clone()));
    }
}

/// The least value of the last knob that seems enough, by halves.
fn least(ladder: &mut Ladder<'_>, first: &[u32], last: u32) -> Result<Option<u32>, Failure> {
    let mut seems = |at: u32| -> Result<bool, Failure> {
        let at = joined(first, &[at]);
        ladder.glance(&at)?;
        Ok(ladder.leans(&at))
    };
    if !seems(last)? {
        return Ok(None);
    }
    let (mut low, mut high) = (0, last);
    while low < high {
        let middle = low.midpoint(high);
        match seems(middle)? {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Ok(Some(high))
}

fn joined(first: &[u32], rest: &[u32]) -> Point {
    first.iter().chain(rest).copied().collect()
}

/// From a combination that seems enough to one that is known to be, with one step less of each.
fn verify(ladder: &mut Ladder<'_>, mut at: Point) -> Result<Found, Failure> {
    let mut settled = true;
    loop {
        let standing = ladder.settle(&at)?;
        settled &= standing.is_known();
        if standing.leans() || ladder.is_stopped() {
            break;
        }
        let more = neighbours(ladder, &at, Way::Up);
        let priced = more
            .into_iter()
            .filter_map(|one| Some((ladder.price(&one)?, one)));
        let Some((_, next)) = priced.min_by(|a, b| a.0.total_cmp(&b.0)) else {
            return Ok(end(ladder, at, standing, SizeFound::Nothing));
        };
        (at, settled) = (next, true);
    }
    'less: loop {
        let less = neighbours(ladder, &at, Way::Down);
        let mut short = None;
        for one in &less {
            let standing = ladder.settle(one)?;
            if standing.leans() && !ladder.is_stopped() {
                (at, settled) = (one.clone(), standing.is_known());
                continue 'less;
            }
            settled &= standing.is_known();
            short = short.or(Some(one.clone()));
        }
        let mut verified = less;
        verified.push(at.clone());
        return Ok(Found {
            way: Some(Way::Up),
            at: Some(at),
            short,
            settled: settled && !ladder.is_stopped(),
            against: Vec::new(),
            verified,
        });
    }
}

/// One step more, or less, of each knob.
fn neighbours(ladder: &Ladder<'_>, at: &Point, way: Way) -> Vec<Point> {
    let step = |knob: usize| {
        let moved = match way {
            Way::Up => at[knob] + 1,
            Way::Down => at[knob].checked_sub(1)?,
        };
        (moved < ladder.knobs[knob].count()).then(|| {
            let mut one = at.clone();
            one[knob] = moved;
            one
        })
    };
    (0..at.len()).filter_map(step).collect()
}
