//! The replications of all contenders: how many, kept whole or as values.
//!
//! One idea: replication by replication, every contender meets the same luck before anybody meets
//! the next; so whatever ends a study, what is finished are whole pairs. A replication counts if
//! all contenders finished it.

use crate::engine::Exceeded;
use crate::estimate::interval::Moments;
use crate::estimate::measure::Quantity;
use crate::estimate::precision::{self, Next, Rule, Watched};
use crate::results::Stopped;
use crate::study::lens::{Lens, Seen};
use crate::study::plan::{Effort, Failure, Plan};
use crate::study::replicate::{Crew, Job, Overrun};

/// What was done.
pub(crate) struct Launches {
    /// By contender, the replications in order.
    pub(crate) seen: Vec<Vec<Seen>>,
    /// Their numbers.
    pub(crate) numbers: Vec<u32>,
    /// Why there are no more.
    pub(crate) stopped: Stopped,
}

/// Who takes part, and how their replications are looked at.
pub(crate) struct Field<'a> {
    /// Name and lens of each.
    pub(crate) lenses: &'a [(&'a str, Lens<'a>)],
    /// The metrics that words are given to.
    pub(crate) headline: &'a [String],
}

impl Field<'_> {
    /// Runs the replications that the plan asks for.
    pub(crate) fn launch(&self, plan: &Plan, crew: &Crew<'_>) -> Result<Launches, Failure> {
        let mut rows: Vec<Vec<Option<Seen>>> = Vec::new();
        let (keep, stopped) = loop {
            let (more, stopped) = match self.next(plan, crew, &rows) {
                Next::More(more) => (more, None),
                Next::Enough(n) => (0, Some((n, Stopped::Precision))),
                Next::AtMost(n) => (0, Some((n, Stopped::Budget))),
            };
            if let Some(end) = stopped {
                break end;
            }
            rows.extend(self.replications(rows.len(), more as usize, plan, crew)?);
            if rows.iter().flatten().any(Option::is_none) {
                break (rows.len() as u32, Stopped::Interrupted);
            }
        };
        let stopped = match (plan.effort, stopped) {
            (Effort::Replications(_), Stopped::Precision) => Stopped::Replications,
            _ => stopped,
        };
        self.whole(rows, keep as usize, stopped)
    }

    /// What to do after these replications.
    fn next(&self, plan: &Plan, crew: &Crew<'_>, rows: &[Vec<Option<Seen>>]) -> Next {
        let done = rows.len() as u32;
        let (relative, at_most) = match plan.effort {
            Effort::Replications(n) if done >= n => return Next::Enough(n),
            Effort::Replications(n) => return Next::More(n - done),
            Effort::Precision { relative, at_most } => (relative, at_most),
        };
        let rule = Rule {
            relative,
            confidence: plan.confidence,
            at_most,
        };
        let columns = self.columns(rows);
        let watched: Vec<Watched<'_>> = columns
            .iter()
            .map(|(floor, values)| Watched {
                values,
                floor: *floor,
            })
            .collect();
        let width = watched.iter().map(|one| width(&rule, one));
        crew.narrowed(done, width.fold(0.0, f64::max));
        precision::next(&rule, done, &watched)
    }

    /// Every headline metric of every contender, with the floor of its precision.
    fn columns(&self, rows: &[Vec<Option<Seen>>]) -> Vec<(f64, Vec<Option<f64>>)> {
        let mut columns = Vec::new();
        for (contender, (_, lens)) in self.lenses.iter().enumerate() {
            for name in self.headline {
                let at = lens.position(name);
                let value = |row: &Vec<Option<Seen>>| row[contender].as_ref()?.metrics[at?];
                let floor = Quantity::of(name).precision_floor();
                columns.push((floor, rows.iter().map(value).collect()));
            }
        }
        columns
    }

    /// So many further replications of all contenders, one row a replication.
    fn replications(
        &self,
        first: usize,
        more: usize,
        plan: &Plan,
        crew: &Crew<'_>,
    ) -> Result<Vec<Vec<Option<Seen>>>, Failure> {
        let n = self.lenses.len();
        let done = crew.each(more * n, &|index, seat| {
            let (_, lens) = &self.lenses[index % n];
            let job = Job {
                program: lens.program,
                seed: plan.seed,
                number: (first + index / n) as u32,
                limits: plan.limits,
            };
            let seen = lens.look(crew.execute(&job, seat)?);
            crew.keep(seen.bytes());
            Ok(seen)
        });
        let mut done = done
            .map_err(|overrun| {
                let name = self.lenses[overrun.job % n].0;
                failure(
                    (name, (first + overrun.job / n) as u32),
                    overrun,
                    (plan, crew),
                )
            })?
            .into_iter();
        Ok((0..more).map(|_| done.by_ref().take(n).collect()).collect())
    }

    /// The replications that every contender finished, of the first so many.
    fn whole(
        &self,
        rows: Vec<Vec<Option<Seen>>>,
        keep: usize,
        stopped: Stopped,
    ) -> Result<Launches, Failure> {
        let mut launches = Launches {
            seen: self.lenses.iter().map(|_| Vec::new()).collect(),
            numbers: Vec::new(),
            stopped,
        };
        for (number, row) in rows.into_iter().enumerate().take(keep) {
            let Some(row) = row.into_iter().collect::<Option<Vec<Seen>>>() else {
                continue;
            };
            launches.numbers.push(number as u32);
            for (all, seen) in launches.seen.iter_mut().zip(row) {
                all.push(seen);
            }
        }
        if launches.numbers.is_empty() {
            return Err(Failure::Interrupted);
        }
        Ok(launches)
    }
}

/// The half width of a metric's interval as a share of what is narrow enough.
fn width(rule: &Rule, watched: &Watched<'_>) -> f64 {
    let finite: Vec<f64> = watched
        .values
        .iter()
        .flatten()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    let Some(moments) = Moments::of(&finite) else {
        return 0.0;
    };
    let half = moments.half_width(rule.confidence).unwrap_or(0.0);
    let enough = (rule.relative * moments.mean.abs()).max(watched.floor);
    if half <= 0.0 { 0.0 } else { half / enough }
}

/// The failure of a replication of a variant: of its own making, or for want of the memory that is
/// kept of those before it.
fn failure(
    (variant, replication): (&str, u32),
    overrun: Overrun,
    (plan, crew): (&Plan, &Crew<'_>),
) -> Failure {
    let (kept, limit) = (crew.kept(), plan.limits.bytes);
    let fits_alone = match overrun.why {
        Exceeded::Size { needed, .. } => needed <= limit,
        why => why.is_for_memory() && kept.bytes > limit / 2,
    };
    let variant = variant.to_owned();
    if fits_alone {
        return Failure::Full {
            variant,
            replication,
            finished: kept.replications,
            bytes: kept.bytes,
            limit,
        };
    }
    Failure::Exceeded {
        variant,
        replication,
        why: overrun.why,
    }
}

/// Values of some metrics, in their order: one row a replication; `None` for a replication that
/// was not finished.
pub(crate) type Rows = Vec<Option<Vec<Option<f64>>>>;

/// Replications of programs of which only some metrics are kept, by program.
pub(crate) fn values(
    lenses: &[&(String, Lens<'_>)],
    metrics: &[String],
    numbers: &[u32],
    (plan, crew): (&Plan, &Crew<'_>),
) -> Result<Vec<Rows>, Failure> {
    let n = lenses.len();
    if n == 0 {
        return Ok(Vec::new());
    }
    let done = crew.each(numbers.len() * n, &|index, seat| {
        let lens = &lenses[index % n].1;
        let job = Job {
            program: lens.program,
            seed: plan.seed,
            number: numbers[index / n],
            limits: plan.limits,
        };
        let seen = crew.execute(&job, seat)?;
        let found = lens.metrics(&seen, lens.fate(&seen).as_ref());
        let value = |name: &String| found.iter().find(|(known, _)| known == name)?.1;
        Ok(metrics.iter().map(value).collect::<Vec<_>>())
    });
    let done = done.map_err(|overrun| {
        let (name, number) = (&lenses[overrun.job % n].0, numbers[overrun.job / n]);
        failure((name, number), overrun, (plan, crew))
    })?;
    let mut all: Vec<Rows> = (0..n).map(|_| Vec::new()).collect();
    for (index, row) in done.into_iter().enumerate() {
        all[index % n].push(row);
    }
    Ok(all)
}
