//! The replications of all contenders: how many, kept whole or as values.
//!
//! One idea: replication by replication, every contender meets the same luck before anybody meets
//! the next; so whatever ends a study, what is finished are whole pairs. A replication counts if
//! all contenders finished it.

use crate::engine::Exceeded;
use crate::estimate::interval::Moments;
use crate::estimate::measure::Quantity;
use crate::estimate::precision::{self, Next, Rule, Watched};
use crate::program::Program;
use crate::results::Stopped;
use crate::study::allowance::Pace;
use crate::study::lens::{Lens, Seen};
use crate::study::plan::{Effort, Failure, Plan};
use crate::study::replicate::{Crew, Job, Overrun, Seat};
use crate::study::together::{self, Member};

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
        let mut pace = Pace::of(self.lenses.len(), plan.attribute);
        let (keep, stopped) = loop {
            let (more, stopped) = match self.next(plan, crew, &rows) {
                Next::More(more) => (more, None),
                Next::Enough(n) => (0, Some((n, Stopped::Precision))),
                Next::AtMost(n) => (0, Some((n, Stopped::Budget))),
            };
            if let Some(end) = stopped {
                break end;
            }
            let more = match crew.onlooker().until {
                None => more,
                Some(until) if pace.has_room(until) => more.min(crew.threads() as u32),
                Some(_) => break (rows.len() as u32, Stopped::Time),
            };
            rows.extend(self.replications(rows.len(), more as usize, plan, crew)?);
            if rows.iter().flatten().any(Option::is_none) {
                break (rows.len() as u32, crew.stopped());
            }
        };
        let stopped = match (plan.effort, stopped) {
            (Effort::Replications(_), Stopped::Precision) => Stopped::Replications,
            _ => stopped,
        };
        self.whole(rows, keep as usize, (stopped, crew))
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
        let programs: Vec<&Program> = self.lenses.iter().map(|(_, lens)| lens.program).collect();
        let parties = together::parties(&programs, (more, crew.threads()));
        let n = parties.len();
        let number = |index: usize| (first + index / n) as u32;
        let done = crew.each(more * n, &|index, seat| match &*parties[index % n] {
            &[(only, _)] => {
                let seen = self.alone((only, number(index)), plan, (crew, seat))?;
                Ok(Some(vec![seen]))
            }
            party => self.party((party, number(index)), plan, (crew, seat)),
        });
        let done = done.map_err(|overrun| {
            let name = self.lenses[parties[overrun.job % n][0].0].0;
            failure((name, number(overrun.job)), overrun, (plan, crew))
        })?;
        let row = || self.lenses.iter().map(|_| None).collect();
        let mut rows: Vec<Vec<Option<Seen>>> = (0..more).map(|_| row()).collect();
        let mut apart = Vec::new();
        for (index, done) in done.into_iter().enumerate() {
            let (row, party) = (index / n, &parties[index % n]);
            match done {
                None => {}
                Some(None) => apart.extend(party.iter().map(|(member, _)| (*member, row))),
                Some(Some(all)) => {
                    for ((member, _), seen) in party.iter().zip(all) {
                        rows[row][*member] = Some(seen);
                    }
                }
            }
        }
        // Those who found no room together, or came to another limit, show alone what they need.
        let number = |row: usize| (first + row) as u32;
        let done = crew.each(apart.len(), &|index, seat| {
            let (member, row) = apart[index];
            self.alone((member, number(row)), plan, (crew, seat))
        });
        let done = done.map_err(|overrun| {
            let (member, row) = apart[overrun.job];
            let name = self.lenses[member].0;
            failure((name, number(row)), overrun, (plan, crew))
        })?;
        for ((member, row), seen) in apart.into_iter().zip(done) {
            rows[row][member] = seen;
        }
        Ok(rows)
    }

    /// One replication of one contender.
    fn alone(
        &self,
        (contender, number): (usize, u32),
        plan: &Plan,
        (crew, seat): (&Crew<'_>, &mut Seat),
    ) -> Result<Seen, Exceeded> {
        let lens = &self.lenses[contender].1;
        let seen = lens.look(crew.execute(&job(lens.program, number, plan), seat)?);
        crew.keep(seen.bytes());
        Ok(seen)
    }

    /// One replication of contenders who share what came before they part; `None` if they must
    /// not, for want of room or at another limit.
    fn party(
        &self,
        (party, number): (&[Member], u32),
        plan: &Plan,
        (crew, seat): (&Crew<'_>, &mut Seat),
    ) -> Result<Option<Vec<Seen>>, Exceeded> {
        if seat.alone {
            return Ok(None);
        }
        let lens = |member: &Member| &self.lenses[member.0].1;
        let programs: Vec<_> = party.iter().map(|one| (lens(one).program, one.1)).collect();
        let mut all: Vec<Option<Seen>> = party.iter().map(|_| None).collect();
        let job = job(programs[0].0, number, plan);
        let done = crew.execute_together(&job, &programs, seat, &mut |number, seen| {
            all[number] = Some(lens(&party[number]).look(seen));
        });
        match done {
            Ok(()) => {
                let all: Vec<Seen> = all.into_iter().flatten().collect();
                all.iter().for_each(|seen| crew.keep(seen.bytes()));
                Ok(Some(all))
            }
            Err(Exceeded::Stopped) => Err(Exceeded::Stopped),
            Err(_) => {
                seat.clear();
                Ok(None)
            }
        }
    }

    /// The replications that every contender finished, of the first so many.
    fn whole(
        &self,
        rows: Vec<Vec<Option<Seen>>>,
        keep: usize,
        (stopped, crew): (Stopped, &Crew<'_>),
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
            return Err(crew.nothing());
        }
        Ok(launches)
    }
}

/// A replication of a program, as the plan has it.
pub(crate) fn job<'p>(program: &'p Program, number: u32, plan: &Plan) -> Job<'p> {
    Job {
        program,
        seed: plan.seed,
        number,
        limits: plan.limits,
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
pub(crate) fn failure(
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
