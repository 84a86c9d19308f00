//! Where a system tips: which trigger it survives at which load.
//!
//! One idea: launches are spent along the border. At each load a few launches at a few triggers say
//! where the word changes, halving finds the two neighbours between which it does, and the many
//! launches are played at these two. That a larger trigger is worse is looked at, not assumed:
//! where the word changes more than once, each change is a border of its own.

mod cells;

use self::cells::Cells;
use crate::model::capacity::Stable;
use crate::model::{Checked, Study};
use crate::results::{self, Results, TipColumn, TipFound, TipKnob, TipWorse};
use crate::study::knob::Knob;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Onlooker};
use crate::study::{compare, contender};

/// Share of launches that must survive, unless told otherwise.
pub const SURVIVED: f64 = 0.95;
/// Launches at one combination at most, unless told otherwise.
pub const AT_A_CELL: u32 = 200;
/// Values of the first look at each load.
const SCAN: u32 = 5;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Tipping {
    /// The trigger, then the load, if that is moved too.
    pub knobs: Vec<Knob>,
    /// Share of launches that must survive.
    pub chance: f64,
    /// Launches at one combination at most.
    pub at_most: u32,
}

/// Finds the border between what is survived and what is not.
///
/// # Errors
/// If launches cannot be judged, no value makes a valid model, a launch needs more than it may use,
/// or nothing was finished when somebody stopped it.
pub fn tip(
    model: &Checked,
    asked: &Tipping,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    if model.study != Study::Launch {
        return Err(unanswerable(
            "a steady study has no trigger to survive: this needs a launch",
        ));
    }
    contender::moves(model, &asked.knobs)?;
    let first = compare::run(model, None, plan, onlooker);
    let (mut results, is_away) = compare::begun(first, (model, plan), onlooker)?;
    results.command = "tip".to_owned();
    let crew = Crew::new(plan.threads, onlooker);
    let (trigger, load) = (&asked.knobs[0], asked.knobs.get(1).map(Knob::coarse));
    let mut cells = Cells::new(model, (trigger, load.as_ref()), asked, (plan, &crew));
    let columns = load.as_ref().map_or(1, Knob::count);
    let mut found = vec![Found::default(); columns as usize];
    let mut worse = TipWorse::Up;
    for column in 0..columns {
        match search(&mut cells, column, trigger.count(), worse) {
            Ok(one) => {
                worse = one.worse.unwrap_or(worse);
                found[column as usize] = one;
            }
            Err(Failure::Interrupted | Failure::OutOfTime) => {
                results.stopped = crew.stopped();
                results.complete = !results.stopped.is_unfinished();
                if !crew.is_lacking() {
                    break;
                }
            }
            Err(failure) => return Err(failure),
        }
    }
    if is_away {
        return Err(crew.nothing());
    }
    crew.rest();
    if cells.launches() == 0 {
        return Err(unanswerable(
            "no launch can be judged healthy or not: it is too short, or has no steps that are \
             called",
        ));
    }
    results.answers.tip = Some(answer(&cells, asked, load.as_ref(), (&found, worse)));
    Ok(results)
}

fn unanswerable(why: &str) -> Failure {
    Failure::NothingToSweep {
        why: why.to_owned(),
    }
}

/// What was found at one load.
#[derive(Clone, Debug, Default)]
struct Found {
    /// Which direction is worse, where there is a border.
    worse: Option<TipWorse>,
    /// The last that is survived, and its neighbour that is not.
    borders: Vec<(u32, u32)>,
    found: TipFound,
    settled: bool,
}

/// The borders at one load.
fn search(
    cells: &mut Cells<'_>,
    column: u32,
    count: u32,
    worse: TipWorse,
) -> Result<Found, Failure> {
    let last = count - 1;
    let parts = SCAN.min(count).max(2) - 1;
    let mut scan: Vec<u32> = (0..=parts)
        .map(|part| (u64::from(part) * u64::from(last) / u64::from(parts)) as u32)
        .collect();
    scan.dedup();
    // Where one is played elsewhere, the others are asked for all the same.
    let glances = scan.iter().map(|&row| cells.glance((row, column)));
    let glances: Vec<Result<(), Failure>> = glances.collect();
    glances.into_iter().collect::<Result<(), Failure>>()?;
    let mut found = Found {
        settled: true,
        ..Found::default()
    };
    for pair in scan.windows(2) {
        let survives = [pair[0], pair[1]].map(|row| cells.leans((row, column)));
        let (good, bad) = match survives {
            [true, false] => (pair[0], pair[1]),
            [false, true] => (pair[1], pair[0]),
            _ => continue,
        };
        let (good, bad) = halved(cells, column, (good, bad))?;
        let Some((good, bad)) = settled(cells, (column, last), (good, bad), &mut found)? else {
            continue;
        };
        if !found.borders.contains(&(good, bad)) {
            found.borders.push((good, bad));
        }
        found.worse = found.worse.or(Some(match good < bad {
            true => TipWorse::Up,
            false => TipWorse::Down,
        }));
    }
    if found.borders.is_empty() {
        alike(cells, (column, last), worse, &mut found)?;
    } else {
        found.found = TipFound::Border;
    }
    Ok(found)
}

/// Where all that was looked at seems alike: known of the end that is nearest to the contrary,
/// which may after all be beyond a border.
fn alike(
    cells: &mut Cells<'_>,
    (column, last): (u32, u32),
    worse: TipWorse,
    found: &mut Found,
) -> Result<(), Failure> {
    let end = match worse {
        TipWorse::Up => last,
        TipWorse::Down => 0,
    };
    let survives = cells.leans((end, column));
    let near = if survives { end } else { last - end };
    found.settled &= cells.settle((near, column))?;
    let still = cells.leans((near, column));
    if still != survives && last > 0 {
        let next = if near == 0 { 1 } else { near - 1 };
        let pair = if survives { (next, near) } else { (near, next) };
        let border = settled(cells, (column, last), pair, found)?;
        found.borders.extend(border);
    }
    found.found = match (found.borders.is_empty(), cells.leans((near, column))) {
        (false, _) => TipFound::Border,
        (true, true) => TipFound::Survives,
        (true, false) => TipFound::Collapses,
    };
    Ok(())
}

/// Two neighbours between which the word changes, by halves.
fn halved(
    cells: &mut Cells<'_>,
    column: u32,
    (mut good, mut bad): (u32, u32),
) -> Result<(u32, u32), Failure> {
    while good.abs_diff(bad) > 1 {
        let middle = good.midpoint(bad);
        cells.glance((middle, column))?;
        match cells.leans((middle, column)) {
            true => good = middle,
            false => bad = middle,
        }
    }
    Ok((good, bad))
}

/// The same after many launches at both, which may move the border a few values on. `None` if it
/// has gone beyond the range.
fn settled(
    cells: &mut Cells<'_>,
    (column, last): (u32, u32),
    (mut good, mut bad): (u32, u32),
    found: &mut Found,
) -> Result<Option<(u32, u32)>, Failure> {
    let up = good < bad;
    let towards_worse = |row: u32| match up {
        true => row.checked_add(1).filter(|row| *row <= last),
        false => row.checked_sub(1),
    };
    let towards_better = |row: u32| match up {
        true => row.checked_sub(1),
        false => row.checked_add(1).filter(|row| *row <= last),
    };
    let mut certain = cells.settle((good, column))?;
    while !cells.leans((good, column)) {
        let Some(next) = towards_better(good) else {
            found.settled &= certain;
            return Ok(None);
        };
        (good, bad) = (next, good);
        certain = cells.settle((good, column))?;
    }
    let mut sure = cells.settle((bad, column))?;
    while cells.leans((bad, column)) {
        certain = sure;
        let Some(next) = towards_worse(bad) else {
            found.settled &= certain;
            return Ok(None);
        };
        (good, bad) = (bad, next);
        sure = cells.settle((bad, column))?;
    }
    found.settled &= certain && sure;
    Ok(Some((good, bad)))
}

fn answer(
    cells: &Cells<'_>,
    asked: &Tipping,
    load: Option<&Knob>,
    (found, worse): (&[Found], TipWorse),
) -> results::Tip {
    let (numbers, told) = cells.told();
    let columns = found.iter().zip(0..).map(|(one, column)| TipColumn {
        value: load.map(|load| load.value(column)),
        found: one.found,
        borders: one
            .borders
            .iter()
            .map(|&(good, bad)| [good, bad].map(|row| numbers[&(column, row)]))
            .collect(),
        settled: one.settled,
        stable: load.and_then(|_| ratio(cells, column)).map(|of| of <= 1.0),
    });
    let model = cells.model();
    let knob = |knob: &Knob| {
        let was = model.written_at(&knob.path);
        TipKnob {
            path: knob.path.clone(),
            unit: knob.unit.clone(),
            low: knob.value(0),
            high: last(knob),
            planned: was
                .as_ref()
                .and_then(|was| knob.number(was))
                .filter(|planned| (knob.value(0)..=last(knob)).contains(planned)),
            was,
        }
    };
    results::Tip {
        knobs: asked.knobs.iter().map(knob).collect(),
        chance: asked.chance,
        confidence: cells::CONFIDENCE,
        worse,
        columns: columns.collect(),
        stable_at: stable_at(cells, asked, load),
        launches: cells.launches(),
        events: cells.events(),
        cells: told,
    }
}

fn last(knob: &Knob) -> f64 {
    knob.value(knob.count() - 1)
}

/// The load as a multiple of the stable capacity at a value of the second input, if that is the
/// same at both ends of the first.
fn ratio(cells: &Cells<'_>, column: u32) -> Option<f64> {
    let [low, high] = cells.ends().map(|row| of_stable(cells, (row, column)));
    low.zip(high)
        .filter(|(low, high)| (low - high).abs() <= 1e-9 * low.abs())
        .map(|(low, _)| low)
}

/// The load as a multiple of the stable capacity, where anything is tried more than once.
fn of_stable(cells: &Cells<'_>, at: (u32, u32)) -> Option<f64> {
    let found: Stable = cells.changed(at)?.stable()?;
    let offered = found.offered_per_s.filter(|_| found.worst > 1.0)?;
    (found.stable_per_s > 0.0).then(|| offered / found.stable_per_s)
}

/// Where the last input makes a load of the stable capacity: between two of its values as it would
/// be if the load grew evenly between them.
fn stable_at(cells: &Cells<'_>, asked: &Tipping, load: Option<&Knob>) -> Option<f64> {
    let (knob, of): (&Knob, &dyn Fn(u32) -> Option<f64>) = match load {
        Some(load) => (load, &|column| ratio(cells, column)),
        None => (&asked.knobs[0], &|row| of_stable(cells, (row, 0))),
    };
    let (mut low, mut high) = (0, knob.count() - 1);
    let (mut below, mut above) = (of(low)?, of(high)?);
    if below > 1.0 || above < 1.0 {
        return None;
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        let ratio = of(middle)?;
        match ratio <= 1.0 {
            true => (low, below) = (middle, ratio),
            false => (high, above) = (middle, ratio),
        }
    }
    let part = (1.0 - below) / (above - below).max(f64::MIN_POSITIVE);
    let at = knob.value(low) + part.clamp(0.0, 1.0) * (knob.value(high) - knob.value(low));
    Some(crate::base::decimal::nearest_short(at, 6))
}
