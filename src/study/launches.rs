//! The replications of all contenders: how many, and what is kept of them.
//!
//! One idea: replication by replication, every contender meets the same luck before anybody meets
//! the next; so whatever ends a study, what is finished are whole pairs. A replication counts if
//! all contenders finished it. The first few thousand are kept in detail, of all others the
//! metrics.

use std::ops::Range;

use crate::engine::Exceeded;
use crate::estimate::interval::Moments;
use crate::estimate::measure::Quantity;
use crate::estimate::precision::{self, Next, Rule, Watched};
use crate::observation::Observation;
use crate::program::Program;
use crate::results::Stopped;
use crate::study::allowance::Pace;
use crate::study::lens::{Lens, Seen};
use crate::study::metrics::{MetricTable, Row};
use crate::study::plan::{Effort, Failure, Plan};
use crate::study::replicate::{Crew, Job, Overrun, Seat};
use crate::study::store::Shelved;
use crate::study::together::{self, Member};

/// Replications that are kept in detail at most: enough for every chart and table, and the details
/// of a million would take more memory than a machine has.
const DETAILED: u32 = 4_000;

/// Those that are kept in detail however much they take, if there are as many.
const DETAILED_LEAST: u32 = 100;

/// Bytes that the details of all contenders may take together.
const DETAIL_BYTES: usize = 2 << 30;

/// Replications that are made at a time: until they are put together each takes more room than is
/// kept of it.
const AT_A_TIME: u32 = 1_000;

/// What was done.
pub(crate) struct Launches {
    /// By contender, what was kept of the replications.
    pub(crate) kept: Vec<Kept>,
    /// Their numbers.
    pub(crate) numbers: Vec<u32>,
    /// Why there are no more.
    pub(crate) stopped: Stopped,
}

impl Launches {
    /// How many are kept in detail, where that is not all.
    pub(crate) fn detailed(&self) -> Option<u32> {
        let detailed = self.kept.first()?.seen.len();
        (detailed < self.numbers.len()).then_some(detailed as u32)
    }
}

/// What is kept of the replications of a contender, in their order.
#[derive(Default)]
pub(crate) struct Kept {
    /// The metrics of all.
    pub(crate) metrics: MetricTable,
    /// Those that are kept in detail, the first of them.
    pub(crate) seen: Vec<Seen>,
}

/// One replication of a contender.
struct Finished {
    row: Row,
    seen: Option<Seen>,
}

/// One replication of all contenders; `None` for those who did not finish it.
type Round = Vec<Option<Finished>>;

/// The replications so far.
struct SoFar {
    /// By contender.
    kept: Vec<Kept>,
    /// The numbers of those that every contender finished.
    numbers: Vec<u32>,
    /// How many were tried.
    tried: u32,
    /// How many are kept in detail; not known before the first.
    detailed: Option<u32>,
}

impl SoFar {
    /// Takes the next replication, if every contender finished it.
    fn take(&mut self, round: Round, crew: &Crew<'_>) {
        self.tried += 1;
        let Some(round) = round.into_iter().collect::<Option<Vec<Finished>>>() else {
            return;
        };
        let details = round.iter().filter_map(|one| one.seen.as_ref());
        let bytes = details.map(Seen::bytes).sum();
        self.detailed.get_or_insert_with(|| affordable(bytes));
        let is_kept = self.wants_detail();
        self.numbers.push(self.tried - 1);
        for (kept, one) in self.kept.iter_mut().zip(round) {
            kept.metrics.push(one.row);
            kept.seen.extend(one.seen.filter(|_| is_kept));
        }
        if !is_kept {
            crew.release(bytes);
        }
    }

    /// Whether the next replication is kept in detail.
    fn wants_detail(&self) -> bool {
        let kept = self.numbers.len() as u32;
        kept < self.detailed.unwrap_or(DETAILED)
    }

    /// How many may be made at a time.
    fn at_a_time(&self) -> u32 {
        self.detailed.map_or(DETAILED_LEAST, |_| AT_A_TIME)
    }

    /// Whether some replication was not finished.
    fn is_short(&self) -> bool {
        self.numbers.len() < self.tried as usize
    }

    /// The first so many of them.
    fn first(mut self, many: u32, stopped: Stopped) -> Launches {
        self.numbers.retain(|number| *number < many);
        for kept in &mut self.kept {
            kept.metrics.truncate(self.numbers.len());
            kept.seen.truncate(self.numbers.len());
        }
        Launches {
            kept: self.kept,
            numbers: self.numbers,
            stopped,
        }
    }
}

/// Who is played with whom, and where what they have shown is kept.
struct Who<'a> {
    parties: Vec<Vec<Member>>,
    /// By contender.
    shelved: Vec<Option<Shelved<'a>>>,
    /// Whether their replications are looked at in detail.
    is_detailed: bool,
}

impl Who<'_> {
    /// What is kept of a replication.
    fn finished(&self, lens: &Lens<'_>, seen: Observation) -> Finished {
        let row = lens.row(&seen);
        let seen = self.is_detailed.then(|| lens.look(seen, row.fate.as_ref()));
        Finished { row, seen }
    }
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
        let mut so_far = SoFar {
            kept: self.lenses.iter().map(|_| Kept::default()).collect(),
            numbers: Vec::new(),
            tried: 0,
            detailed: None,
        };
        let mut pace = Pace::of(self.lenses.len(), plan.attribute);
        let (keep, stopped) = loop {
            let (more, stopped) = match self.next(plan, crew, &so_far) {
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
                Some(_) => break (so_far.tried, Stopped::Time),
            };
            self.replications(&mut so_far, more, plan, crew)?;
            if so_far.is_short() {
                break (so_far.tried, crew.stopped());
            }
        };
        let stopped = match (plan.effort, stopped) {
            (Effort::Replications(_), Stopped::Precision) => Stopped::Replications,
            _ => stopped,
        };
        let launches = so_far.first(keep, stopped);
        match launches.numbers.is_empty() {
            true => Err(crew.nothing()),
            false => Ok(launches),
        }
    }

    /// What to do after these replications.
    fn next(&self, plan: &Plan, crew: &Crew<'_>, so_far: &SoFar) -> Next {
        let done = so_far.tried;
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
        let columns = self.columns(so_far);
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
    fn columns(&self, so_far: &SoFar) -> Vec<(f64, Vec<Option<f64>>)> {
        let mut columns = Vec::new();
        for ((_, lens), kept) in self.lenses.iter().zip(&so_far.kept) {
            for name in self.headline {
                let values = kept.metrics.values(lens.position(name)).collect();
                columns.push((Quantity::of(name).precision_floor(), values));
            }
        }
        columns
    }

    /// So many further replications of all contenders.
    fn replications(
        &self,
        so_far: &mut SoFar,
        more: u32,
        plan: &Plan,
        crew: &Crew<'_>,
    ) -> Result<(), Failure> {
        let programs: Vec<&Program> = self.lenses.iter().map(|(_, lens)| lens.program).collect();
        let mut who = Who {
            parties: together::parties(&programs, (more as usize, crew.threads())),
            shelved: programs.iter().map(|one| crew.shelved(one)).collect(),
            is_detailed: true,
        };
        crew.expect(more as usize * who.parties.len());
        let until = so_far.tried + more;
        while so_far.tried < until {
            let next = until.min(so_far.tried + so_far.at_a_time());
            who.is_detailed = so_far.wants_detail();
            for round in self.rounds(so_far.tried..next, &who, plan, crew)? {
                so_far.take(round, crew);
            }
        }
        Ok(())
    }

    /// The replications of these numbers.
    fn rounds(
        &self,
        numbers: Range<u32>,
        who: &Who<'_>,
        plan: &Plan,
        crew: &Crew<'_>,
    ) -> Result<Vec<Round>, Failure> {
        let parties = &who.parties;
        let n = parties.len();
        let (first, more) = (numbers.start, numbers.len());
        let number = |index: usize| first + (index / n) as u32;
        let done = crew.each_expected(more * n, &|index, seat| match &*parties[index % n] {
            &[(only, _)] => {
                let seen = self.alone((only, number(index)), who, plan, (crew, seat))?;
                Ok(Some(vec![seen]))
            }
            party => self.party((party, number(index)), who, plan, (crew, seat)),
        });
        let done = done.map_err(|overrun| {
            let name = self.lenses[parties[overrun.job % n][0].0].0;
            failure((name, number(overrun.job)), overrun, (plan, crew))
        })?;
        let round = || self.lenses.iter().map(|_| None).collect();
        let mut rounds: Vec<Round> = (0..more).map(|_| round()).collect();
        let mut apart = Vec::new();
        for (index, done) in done.into_iter().enumerate() {
            let (round, party) = (index / n, &parties[index % n]);
            match done {
                None => {}
                Some(None) => apart.extend(party.iter().map(|(member, _)| (*member, round))),
                Some(Some(all)) => {
                    for ((member, _), seen) in party.iter().zip(all) {
                        rounds[round][*member] = Some(seen);
                    }
                }
            }
        }
        // Those who found no room together, or came to another limit, show alone what they need.
        let number = |round: usize| first + round as u32;
        let done = crew.each(apart.len(), &|index, seat| {
            let (member, round) = apart[index];
            self.alone((member, number(round)), who, plan, (crew, seat))
        });
        let done = done.map_err(|overrun| {
            let (member, round) = apart[overrun.job];
            let name = self.lenses[member].0;
            failure((name, number(round)), overrun, (plan, crew))
        })?;
        for ((member, round), seen) in apart.into_iter().zip(done) {
            rounds[round][member] = seen;
        }
        Ok(rounds)
    }

    /// One replication of one contender.
    fn alone(
        &self,
        (contender, number): (usize, u32),
        who: &Who<'_>,
        plan: &Plan,
        (crew, seat): (&Crew<'_>, &mut Seat),
    ) -> Result<Finished, Exceeded> {
        let lens = &self.lenses[contender].1;
        let shelved = who.shelved[contender].as_ref();
        let seen = crew.execute_shelved(shelved, &job(lens.program, number, plan), seat)?;
        let one = who.finished(lens, seen);
        crew.keep(one.bytes());
        Ok(one)
    }

    /// One replication of contenders who share what came before they part; `None` if they must
    /// not, for want of room or at another limit.
    fn party(
        &self,
        (party, number): (&[Member], u32),
        who: &Who<'_>,
        plan: &Plan,
        (crew, seat): (&Crew<'_>, &mut Seat),
    ) -> Result<Option<Vec<Finished>>, Exceeded> {
        if seat.alone {
            return Ok(None);
        }
        let lens = |member: &Member| &self.lenses[member.0].1;
        let programs: Vec<_> = party.iter().map(|one| (lens(one).program, one.1)).collect();
        let mut all: Vec<Option<Finished>> = party.iter().map(|_| None).collect();
        let job = job(programs[0].0, number, plan);
        let done = crew.execute_together(&job, &programs, seat, &mut |member, seen| {
            all[member] = Some(who.finished(lens(&party[member]), seen));
        });
        match done {
            Ok(()) => {
                let all: Vec<Finished> = all.into_iter().flatten().collect();
                all.iter().for_each(|one| crew.keep(one.bytes()));
                Ok(Some(all))
            }
            Err(Exceeded::Stopped) => Err(Exceeded::Stopped),
            Err(_) => {
                seat.clear();
                Ok(None)
            }
        }
    }
}

impl Finished {
    fn bytes(&self) -> usize {
        self.row.bytes() + self.seen.as_ref().map_or(0, Seen::bytes)
    }
}

/// How many replications are kept in detail if those of one take so many bytes.
fn affordable(bytes: usize) -> u32 {
    let fit = u32::try_from(DETAIL_BYTES / bytes.max(1)).unwrap_or(DETAILED);
    fit.clamp(DETAILED_LEAST, DETAILED)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_replications_leave_room_for_fewer() {
        for (bytes, expected) in [
            (0, 4_000),
            (33_000, 4_000),
            (1 << 20, 2_048),
            (1 << 30, 100),
        ] {
            assert_eq!(affordable(bytes), expected, "{bytes} bytes each");
        }
    }
}
