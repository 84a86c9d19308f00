//! The search along one knob.
//!
//! One idea: a few launches at a few values tell where to look, and the many are spent at the value
//! found and at its two neighbours. That more helps is looked at, not assumed.

use super::ladder::Ladder;
use super::{Found, Way};
use crate::results::SizeFound;
use crate::study::plan::Failure;

/// Values of the first look.
const SCAN: u32 = 9;

/// The value, with its neighbours looked at.
pub(super) fn search(ladder: &mut Ladder<'_>) -> Result<Found, Failure> {
    let last = ladder.knobs[0].count() - 1;
    let parts = SCAN.min(last + 1);
    let scan: Vec<u32> = (0..parts)
        .map(|part| (u64::from(part) * u64::from(last) / u64::from(parts.max(2) - 1)) as u32)
        .collect();
    for &at in &scan {
        ladder.glance(&[at])?;
    }
    let scan: Vec<u32> = scan
        .into_iter()
        .filter(|&at| ladder.is_known(&[at]))
        .collect();
    let enough: Vec<bool> = scan.iter().map(|&at| ladder.leans(&[at])).collect();
    let way = match (enough.first(), enough.last()) {
        (Some(false), Some(true)) => Way::Up,
        (Some(true), Some(false)) => Way::Down,
        (Some(true), _) if enough.iter().all(|one| *one) => {
            return all_or_nothing(ladder, &scan, SizeFound::All);
        }
        _ if enough.iter().any(|one| *one) => Way::Up,
        _ => return all_or_nothing(ladder, &scan, SizeFound::Nothing),
    };
    let at = bisect(ladder, &scan, &enough, way)?;
    verify(ladder, &scan, (at, way))
}

/// From a value that seems enough to one that is known to be, with what is on either side of it.
fn verify(
    ladder: &mut Ladder<'_>,
    scan: &[u32],
    (mut at, way): (u32, Way),
) -> Result<Found, Failure> {
    let last = ladder.knobs[0].count() - 1;
    let up = |at: u32| at.checked_add(1).filter(|at| *at <= last);
    let step = |at: u32, to_better: bool| match (way == Way::Up) == to_better {
        true => up(at),
        false => at.checked_sub(1),
    };
    let mut settled = true;
    // To the first value that is enough, then back as long as its neighbour is, too.
    loop {
        let standing = ladder.settle(&[at])?;
        settled &= standing.is_known();
        if standing.leans() || ladder.is_stopped() {
            break;
        }
        let Some(next) = step(at, true) else {
            return all_or_nothing(ladder, scan, SizeFound::Nothing);
        };
        (at, settled) = (next, true);
    }
    let mut short = None;
    while let Some(next) = step(at, false).filter(|_| !ladder.is_stopped()) {
        let standing = ladder.settle(&[next])?;
        if !standing.leans() {
            settled &= standing.is_known();
            short = Some(vec![next]);
            break;
        }
        settled = standing.is_known();
        at = next;
    }
    let verified = [step(at, false), Some(at), step(at, true)];
    let against = against(ladder, (scan, way), (at, step(at, true)))?;
    Ok(Found {
        way: Some(way),
        at: Some(vec![at]),
        short,
        settled: settled && !ladder.is_stopped(),
        against: against.into_iter().map(|at| vec![at]).collect(),
        verified: verified.into_iter().flatten().map(|at| vec![at]).collect(),
    })
}

/// Every value that was looked at is enough, or none is: known of the end that is nearest to the
/// contrary.
fn all_or_nothing(
    ladder: &mut Ladder<'_>,
    scan: &[u32],
    found: SizeFound,
) -> Result<Found, Failure> {
    let ends = [scan.first(), scan.last()].into_iter().flatten().copied();
    let ends: Vec<u32> = ends.collect();
    let mut settled = ends.len() == 2;
    for &at in &ends {
        let standing = ladder.settle(&[at])?;
        settled &= standing.is_known() && standing.leans() == (found == SizeFound::All);
    }
    let last = ends.last().filter(|_| found == SizeFound::Nothing);
    Ok(Found {
        settled: settled && !ladder.is_stopped(),
        short: last.map(|at| vec![*at]),
        verified: ends.into_iter().map(|at| vec![at]).collect(),
        ..Found::default()
    })
}

/// The first value that seems enough, seen from the worse end: between two neighbours of the scan
/// by halves.
fn bisect(
    ladder: &mut Ladder<'_>,
    scan: &[u32],
    enough: &[bool],
    way: Way,
) -> Result<u32, Failure> {
    let (mut short, mut at) = match way {
        Way::Up => {
            let first = enough.iter().position(|one| *one).unwrap_or(0);
            (first.checked_sub(1).map(|before| scan[before]), scan[first])
        }
        Way::Down => {
            let last = enough.iter().rposition(|one| *one).unwrap_or(0);
            (scan.get(last + 1).copied(), scan[last])
        }
    };
    while let Some(low) = short.filter(|low| low.abs_diff(at) > 1) {
        let middle = low.midpoint(at);
        ladder.glance(&[middle])?;
        if ladder.is_stopped() {
            break;
        }
        match ladder.leans(&[middle]) {
            true => at = middle,
            false => short = Some(middle),
        }
    }
    Ok(at)
}

/// Values where it is worse again although there is more: the neighbour of the value found, and
/// those of the scan, if many launches say so too.
fn against(
    ladder: &mut Ladder<'_>,
    (scan, way): (&[u32], Way),
    (at, next): (u32, Option<u32>),
) -> Result<Vec<u32>, Failure> {
    let beyond = |one: u32| match way {
        Way::Up => one > at,
        Way::Down => one < at,
    };
    let mut suspects: Vec<u32> = scan.iter().copied().filter(|&one| beyond(one)).collect();
    suspects.retain(|&one| !ladder.leans(&[one]));
    suspects.extend(next);
    suspects.sort_unstable();
    suspects.dedup();
    let mut found = Vec::new();
    for one in suspects {
        let standing = ladder.settle(&[one])?;
        if standing.is_known() && !standing.leans() {
            found.push(one);
        }
    }
    Ok(found)
}
