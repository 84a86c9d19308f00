//! Where to look: everywhere with few launches, then near the best with many.
//!
//! One idea: two launches at each point of a Latin hypercube tell which corner of the ranges to
//! look in; from there a box is filled with points, its surrogate is minimised, and the next box
//! is laid about that minimum, a few standard errors wide, until it stays where it is. All
//! launches of all points meet the same luck, so their means move smoothly; at the centre there
//! are many more of them, which tell how launches differ.

use super::inputs::Input;
use super::summaries::Summary;
use crate::engine::Exceeded;
use crate::estimate::calibration::{self, Measured, Point, Region, Surrogate, Told};
use crate::estimate::resample::Luck;
use crate::model::metric::Quantity;
use crate::model::overlay::Change;
use crate::model::{Checked, Model};
use crate::program::{self, Asked};
use crate::random::key::identity;
use crate::study::contender::BASELINE;
use crate::study::lens::{Lens, Metrics};
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job, Seat};
use crate::study::stations::Stations;
use crate::study::trigger::{self, Judge};

/// Launches at each point of the first look.
const FEW: u32 = 2;
/// Half of the width of the first box.
const FIRST: f64 = 0.3;
/// Half of the width of a box in standard errors, and its bounds.
const ERRORS: f64 = 2.6;
const NARROWEST: f64 = 0.03;
const WIDEST: f64 = 0.6;
/// How many times as many launches are made at the centre of a box as elsewhere in it: they tell
/// how launches differ.
const DEEP: u32 = 5;
/// Boxes at most.
const BOXES: usize = 6;

/// What a search has at hand.
pub(super) struct Search<'a> {
    pub(super) model: &'a Checked,
    pub(super) inputs: &'a [Input],
    pub(super) summaries: &'a [Summary],
    pub(super) measured: &'a Measured,
    pub(super) plan: &'a Plan,
    pub(super) crew: &'a Crew<'a>,
    /// Launches at each point near the best.
    pub(super) replications: u32,
    /// Launches of all points at most.
    pub(super) at_most: u32,
}

/// A point with all that its launches answered.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    pub(super) point: Point,
    /// By launch, every metric.
    pub(super) metrics: Vec<Metrics>,
}

/// What a search found.
pub(super) struct Found {
    /// The best point.
    pub(super) best: Vec<f64>,
    /// What the last box tells; nothing if it was interrupted before.
    pub(super) told: Option<(Surrogate, Told)>,
    /// The points with many launches.
    pub(super) looked: Vec<Looked>,
    pub(super) points: u32,
    pub(super) launches: u32,
    pub(super) unplayed: u32,
    pub(super) interrupted: bool,
}

impl Found {
    /// Counts what was done, and whether it was stopped.
    fn count(&mut self, done: &Round, replications: u32) {
        let points = done.looked.len() as u32;
        self.points += points;
        self.launches += points * replications;
        self.unplayed += done.unplayed;
        self.interrupted |= done.interrupted;
    }
}

/// What came of some points.
struct Round {
    looked: Vec<Looked>,
    unplayed: u32,
    interrupted: bool,
}

impl Search<'_> {
    /// Looks for the inputs that fit best.
    pub(super) fn find(&self) -> Result<Found, Failure> {
        let first = self.look(&self.everywhere(), FEW)?;
        let points: Vec<Point> = first.looked.iter().map(|one| one.point.clone()).collect();
        let distances = calibration::rough(&points, self.measured);
        let nearest = (0..points.len()).min_by(|a, b| distances[*a].total_cmp(&distances[*b]));
        let Some(nearest) = nearest else {
            let why = "no point of the ranges could be simulated".to_owned();
            return Err(match first.interrupted {
                true => self.crew.nothing(),
                false => Failure::NothingToFit { why },
            });
        };
        let mut found = Found {
            best: points[nearest].at.clone(),
            told: None,
            looked: Vec::new(),
            points: points.len() as u32,
            launches: points.len() as u32 * FEW,
            unplayed: first.unplayed,
            interrupted: first.interrupted,
        };
        if !found.interrupted {
            self.near(&mut found)?;
        }
        Ok(found)
    }

    /// The points of the first look: a Latin hypercube over the ranges.
    fn everywhere(&self) -> Vec<Vec<f64>> {
        let whole = Region {
            centre: vec![0.5; self.inputs.len()],
            half: vec![0.5; self.inputs.len()],
        };
        let most = (self.at_most / FEW / 2).max(4) as usize;
        let count = (16 * (self.inputs.len() + 1)).clamp(32, 128).min(most);
        self.filled(&whole, (count, 0))
    }

    /// So many points in a box: in each input one in every such part of it (McKay, Beckman &
    /// Conover 1979), in an order of its own.
    fn filled(&self, region: &Region, (count, round): (usize, u64)) -> Vec<Vec<f64>> {
        let mut points = vec![vec![0.0; self.inputs.len()]; count];
        for (at, input) in self.inputs.iter().enumerate() {
            let name = identity(&format!("calibrate {round} {}", input.name));
            let mut luck = Luck::new(self.plan.seed ^ name);
            let mut strata: Vec<usize> = (0..count).collect();
            for last in (1..count).rev() {
                strata.swap(last, luck.below(last + 1));
            }
            let (low, high) = region.ends(at);
            for (point, stratum) in points.iter_mut().zip(strata) {
                let part = (stratum as f64 + luck.uniform()) / count as f64;
                // What a model holds of it is where the launches are.
                let (value, _) = input.spelled(low + part * (high - low));
                point[at] = input.part_of(value);
            }
        }
        points
    }

    /// Boxes about the best, until the last one stays where it is.
    fn near(&self, found: &mut Found) -> Result<(), Failure> {
        let inputs = self.inputs.len();
        let count = (2 * (1 + inputs + inputs * (inputs + 1) / 2)).max(8);
        let mut region = Region {
            centre: found.best.clone(),
            half: vec![FIRST; inputs],
        };
        let mut deep: Option<Point> = None;
        for round in 1..=BOXES {
            let more = count as u32 * self.replications;
            if round > 1 && found.launches + more > self.at_most {
                break;
            }
            let points = self.filled(&region, (count, round as u64));
            let done = self.look(&points, self.replications)?;
            found.count(&done, self.replications);
            found.looked.extend(done.looked);
            let known = deep.as_ref().is_some_and(|deep| is_near(&region, &deep.at));
            if !known && !found.interrupted {
                let many = self.replications * DEEP;
                let done = self.look(std::slice::from_ref(&region.centre), many)?;
                found.count(&done, many);
                deep = done.looked.into_iter().next().map(|one| one.point).or(deep);
            }
            let points: Vec<Point> = found.looked.iter().map(|one| one.point.clone()).collect();
            let fitted = deep
                .as_ref()
                .and_then(|deep| Surrogate::fit(&points, deep, self.measured, region.clone()));
            let Some(surrogate) = fitted else {
                if found.interrupted {
                    break;
                }
                widened(&mut region);
                continue;
            };
            let told = calibration::told(&surrogate, self.plan.confidence);
            let next = self.next(&region, &told);
            let settled = round > 1 && is_settled(&region, &next, &told);
            found.best = told.best.clone();
            found.told = Some((surrogate, told));
            if settled || found.interrupted {
                break;
            }
            region = next;
        }
        Ok(())
    }

    /// The box about the best, as wide as its standard errors are.
    fn next(&self, region: &Region, told: &Told) -> Region {
        let half = self.inputs.iter().enumerate().map(|(at, input)| {
            let (low, high) = region.ends(at);
            let best = told.best[at];
            let old = region.half[at];
            let edge = 0.02 * old;
            let on_edge = (best - low < edge && low > 0.0) || (high - best < edge && high < 1.0);
            let interval = &told.intervals[at];
            let open = (interval.low <= low && low > 0.0) || (interval.high >= high && high < 1.0);
            let error = told.errors.get(at).copied().unwrap_or(WIDEST);
            let wanted = ERRORS * error;
            let least = NARROWEST.max(2.0 * input.grain());
            let half = match (on_edge, open) {
                (true, _) => wanted.max(old),
                (_, true) => wanted.max(1.5 * old),
                _ => wanted.max(old / 4.0).min(2.0 * old),
            };
            half.clamp(least, WIDEST)
        });
        Region {
            centre: told.best.clone(),
            half: half.collect(),
        }
    }

    /// Simulates points; what was finished before somebody stopped it is kept.
    fn look(&self, points: &[Vec<f64>], replications: u32) -> Result<Round, Failure> {
        let done = self.crew.each(points.len(), &|number, seat| {
            self.at(&points[number], replications, seat)
        });
        let done = done.map_err(|overrun| Failure::Exceeded {
            variant: BASELINE.to_owned(),
            replication: overrun.job as u32,
            why: overrun.why,
        })?;
        let interrupted = done.iter().any(Option::is_none);
        let played: Vec<Option<Looked>> = done.into_iter().flatten().collect();
        Ok(Round {
            unplayed: played.iter().filter(|one| one.is_none()).count() as u32,
            looked: played.into_iter().flatten().collect(),
            interrupted,
        })
    }

    /// The launches at one point; nothing if it makes no valid model or needs too much.
    fn at(
        &self,
        at: &[f64],
        replications: u32,
        seat: &mut Seat,
    ) -> Result<Option<Looked>, Exceeded> {
        let changes: Vec<Change> = self
            .inputs
            .iter()
            .zip(at)
            .map(|(i, u)| i.change(*u))
            .collect();
        let Some(model) = Checked::new(self.model.with(&changes).0) else {
            return Ok(None);
        };
        let program = program::compile(&model, &Asked::default());
        let job = |number| Job {
            program: &program,
            seed: self.plan.seed,
            number,
            limits: self.plan.limits,
        };
        let judge = self.judge(&model, &job(0));
        let lens = Lens::new(&model, &program, judge.as_ref());
        let mut looked = Looked {
            point: Point {
                at: at.to_vec(),
                launches: Vec::new(),
            },
            metrics: Vec::new(),
        };
        for number in 0..replications {
            let seen = match self.crew.execute(&job(number), seat) {
                Ok(seen) => seen,
                Err(why) if why == Exceeded::Stopped || !seat.settles(why) => {
                    self.crew.foresee(&job(number), number..replications);
                    return Err(why);
                }
                Err(_) => return Ok(None),
            };
            let metrics = lens.metrics(&seen, lens.fate(&seen).as_ref());
            let values = self.summaries.iter();
            let values = values.map(|one| one.value(&program, &seen, &metrics));
            looked.point.launches.push(values.collect());
            looked.metrics.push(metrics);
        }
        Ok(Some(looked))
    }

    /// How launches are judged, where a figure is about that.
    fn judge(&self, model: &Model, job: &Job<'_>) -> Option<Judge> {
        let figures = self.model.observed.iter().flat_map(|one| &one.figures);
        let mut quantities = figures.map(|figure| &figure.metric.quantity);
        quantities
            .any(|quantity| matches!(quantity, Quantity::Recovery(_)))
            .then(|| {
                let stations = Stations::of(model);
                trigger::judge(model, job.program, &stations, (self.crew, job))
            })
            .flatten()
    }
}

/// Whether a point is near the centre of a box.
fn is_near(region: &Region, at: &[f64]) -> bool {
    let each = at.iter().zip(&region.centre).zip(&region.half);
    each.into_iter()
        .all(|((u, centre), half)| (u - centre).abs() <= 0.3 * half)
}

/// Twice as wide: too few of its points could be simulated.
fn widened(region: &mut Region) {
    for half in &mut region.half {
        *half = (2.0 * *half).min(WIDEST);
    }
}

/// Whether the next box is nearly the same, and every interval ends within it.
fn is_settled(region: &Region, next: &Region, told: &Told) -> bool {
    (0..region.centre.len()).all(|at| {
        let (old, new) = (region.half[at], next.half[at]);
        let moved = (region.centre[at] - next.centre[at]).abs();
        let (low, high) = region.ends(at);
        let interval = &told.intervals[at];
        let open = (interval.low <= low && low > 0.0) || (interval.high >= high && high < 1.0);
        moved <= 0.35 * old && new <= 1.4 * old && new >= 0.6 * old && !open
    })
}
