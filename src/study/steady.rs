//! Where a steady state begins.
//!
//! One idea: a pilot of replications is averaged bin by bin, which takes the luck out of it
//! (Welch 1983), and MSER-5 cuts the mean number of users inside. All variants are cut alike, at
//! the latest of their cuts, so that pairs are over the same period.

use crate::base::time::Time;
use crate::estimate::warmup::{Cut, mser5};
use crate::model::{Model, Study, Warmup};
use crate::observation::UserLevel;
use crate::program::Program;
use crate::results::Steady;
use crate::study::contender::Contender;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job};

/// Replications of a pilot.
const PILOT: u32 = 10;

/// Cuts the warm-up of all contenders where the model leaves it to us, and says where. `None` for
/// a launch.
pub(crate) fn cut(
    model: &Model,
    contenders: &mut [Contender],
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<Option<Steady>, Failure> {
    let start = contenders[0].program.clock.start;
    let warmup = match model.study {
        Study::Launch => return Ok(None),
        Study::Steady(Warmup::Given(_)) => {
            let cut = contenders[0].program.clock.cut;
            return Ok(Some(Steady {
                warmup_s: cut.since(start).as_secs_f64(),
                found: false,
                converged: true,
                pilot: 0,
            }));
        }
        Study::Steady(Warmup::Auto) => latest(contenders, plan, crew)?,
    };
    let Some((at, converged)) = warmup else {
        return Ok(Some(Steady::default()));
    };
    for contender in contenders.iter_mut() {
        contender.program.clock.cut = at;
    }
    Ok(Some(Steady {
        warmup_s: at.since(start).as_secs_f64(),
        found: true,
        converged,
        pilot: PILOT,
    }))
}

/// The latest cut of all contenders, and whether all have settled by theirs.
fn latest(
    contenders: &[Contender],
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<Option<(Time, bool)>, Failure> {
    let mut found: Option<(Time, bool)> = None;
    for contender in contenders {
        let program = &contender.program;
        let inside = pilot(&contender.name, program, plan, crew)?;
        let Some(Cut { values, converged }) = mser5(&inside) else {
            return Ok(None);
        };
        let clock = &program.clock;
        let at = Time(clock.start.nanos() + clock.bin.nanos() * values as i64);
        let (latest, all) = found.unwrap_or((at, true));
        found = Some((latest.max(at), all && converged));
    }
    Ok(found)
}

/// The mean number of users inside, bin by bin, over the replications of a pilot.
fn pilot(name: &str, program: &Program, plan: &Plan, crew: &Crew<'_>) -> Result<Vec<f64>, Failure> {
    let inside = program.layout.user_level(UserLevel::Inside).0 as usize;
    let levels = program.layout.levels();
    let series = crew.each(PILOT as usize, &|number, seat| {
        let job = Job {
            program,
            seed: plan.seed,
            number: number as u32,
            limits: plan.limits,
        };
        let seen = crew.execute(&job, seat)?;
        let rows = seen.level_bins.chunks_exact(levels);
        Ok(rows.map(|row| f64::from(row[inside])).collect::<Vec<f64>>())
    });
    let series = series.map_err(|overrun| Failure::Exceeded {
        variant: name.to_owned(),
        replication: overrun.job as u32,
        why: overrun.why,
    })?;
    let series: Option<Vec<Vec<f64>>> = series.into_iter().collect();
    let series = series.ok_or(Failure::Interrupted)?;
    let bins = program.clock.bins as usize;
    let mean = |bin: usize| series.iter().map(|one| one[bin]).sum::<f64>() / f64::from(PILOT);
    Ok((0..bins).map(mean).collect())
}
