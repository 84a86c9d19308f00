//! Where a steady state begins, and whether it was watched for long enough.
//!
//! One idea: a pilot of replications is averaged bin by bin, which takes the luck out of it
//! (Welch 1983), and MSER-5 cuts the mean number of users inside. All variants are cut alike, at
//! the latest of their cuts, so that pairs are over the same period. Whether a cut was found or
//! given, what is left of the study's own replications is then tested: the users inside and those
//! in each service must not drift, and must be long enough for what is asked.

use crate::base::time::{Span, Time};
use crate::estimate::warmup::{Course, Cut, MEANS, TAILS, mser5, settling};
use crate::model::arrival::Form;
use crate::model::{Model, Study, Warmup};
use crate::observation::UserLevel;
use crate::program::Program;
use crate::results::{Settled, Steady};
use crate::study::contender::Contender;
use crate::study::lens::{Lens, Seen};
use crate::study::offered;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job};
use crate::study::stations::Stations;

/// Replications of a pilot.
const PILOT: u32 = 10;

/// Windows of a run in which its load is looked at.
const WINDOWS: i64 = 200;

/// Cuts the warm-up of all contenders where the model leaves it to us, and says where. `None` for
/// a launch.
pub(crate) fn cut(
    model: &Model,
    contenders: &mut [Contender],
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<Option<Steady>, Failure> {
    let clock = &contenders[0].program.clock;
    let (start, given) = (clock.start, clock.cut);
    let (at, steady) = match model.study {
        Study::Launch => return Ok(None),
        Study::Steady(Warmup::Given(_)) => {
            let steady = Steady {
                converged: true,
                ..Steady::default()
            };
            (given, steady)
        }
        Study::Steady(Warmup::Auto) => match latest(contenders, plan, crew)? {
            Some((at, converged)) => {
                let steady = Steady {
                    found: true,
                    converged,
                    pilot: PILOT,
                    ..Steady::default()
                };
                (at, steady)
            }
            None => (given, Steady::default()),
        },
    };
    for contender in contenders.iter_mut() {
        contender.cut(at);
    }
    Ok(Some(Steady {
        warmup_s: at.since(start).as_secs_f64(),
        ..steady
    }))
}

/// Whether a variant was watched for long enough; `None` for a launch.
pub(crate) fn settled(lens: &Lens<'_>, seen: &[Seen]) -> Option<Settled> {
    if lens.model.study == Study::Launch {
        return None;
    }
    let courses: Vec<&[Course]> = seen.iter().map(|one| one.courses.as_slice()).collect();
    let overloaded = is_overloaded(lens);
    let Some(found) = settling(&courses) else {
        return Some(Settled {
            overloaded,
            ..Settled::default()
        });
    };
    let clock = &lens.program.clock;
    let (cut_s, bin_s) = (clock.cut.as_secs_f64(), clock.bin.as_secs_f64());
    let (time_s, lengths) = (found.time * bin_s, found.lengths());
    let measured_s = clock.horizon.since(clock.cut).as_secs_f64();
    let enough = |lengths_needed: f64| lengths >= lengths_needed && !found.drifts;
    // What drifts may do so for as long again.
    let least_s = if found.drifts { 2.0 * measured_s } else { 0.0 };
    let needs = |lengths_needed: f64| {
        let needs_s = cut_s + least_s.max(lengths_needed * time_s);
        (!enough(lengths_needed)).then(|| needs_s.ceil())
    };
    Some(Settled {
        means: enough(MEANS),
        tails: enough(TAILS),
        drifts: found.drifts,
        overloaded,
        autocorrelation_s: (time_s > 0.0).then_some(time_s),
        lengths: Some(lengths).filter(|lengths| lengths.is_finite()),
        means_need_s: needs(MEANS),
        tails_need_s: needs(TAILS),
    })
}

/// Whether the work that comes in the measured time, without retries and queues, is more than some
/// service or pool can do. A population waits where it cannot go on, so its work is never too much.
fn is_overloaded(lens: &Lens<'_>) -> bool {
    let mut forms = lens.model.arrivals.values().map(|source| &source.form);
    if forms.any(|form| matches!(form, Form::Population(_))) {
        return false;
    }
    let clock = &lens.program.clock;
    let window = Span::from_nanos((clock.horizon.since(clock.start).nanos() / WINDOWS).max(1));
    let loads = offered::loads(lens.model, lens.program, &Stations::of(lens.model), window);
    let first = clock.cut.since(clock.start).nanos() / window.nanos();
    let measured = loads.get(first as usize..).unwrap_or_default();
    measured.iter().sum::<f64>() > measured.len() as f64
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
    let series = series.ok_or_else(|| crew.nothing())?;
    let bins = program.clock.bins as usize;
    let mean = |bin: usize| series.iter().map(|one| one[bin]).sum::<f64>() / f64::from(PILOT);
    Ok((0..bins).map(mean).collect())
}
