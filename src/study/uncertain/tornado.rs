//! Each input at the ends of its range, the others at their base case.

use super::Inquiry;
use crate::estimate::interval;
use crate::model::overlay::Change;
use crate::results::{Estimate, InputWorth};
use crate::study::plan::Failure;

/// Launches at an end for each launch at a draw: all ends meet the same luck.
const LAUNCHES: u32 = 2;

/// The outcome at the base case, and by input at its two ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ends {
    pub(super) base: Option<Estimate>,
    pub(super) by_input: Vec<[Option<Estimate>; 2]>,
}

impl Inquiry<'_> {
    /// Launches at each end.
    pub(super) fn tornado_launches(&self) -> u32 {
        LAUNCHES * self.asked.replications
    }

    /// Launches at all ends; nothing if somebody stopped them.
    pub(super) fn ends(&self) -> Result<Option<Ends>, Failure> {
        let about = &self.variants[self.about()];
        let changes = |job: usize| -> Vec<Change> {
            let end = job
                .checked_sub(1)
                .map(|end| self.drawn[end / 2].end(end % 2));
            end.into_iter().collect()
        };
        let numbers = 0..self.tornado_launches();
        let jobs = 1 + 2 * self.drawn.len();
        let done = self.crew.each(jobs, &|job, seat| {
            let launches = self.play(&changes(job), about, (&numbers, &mut None), seat)?;
            let values = launches.iter().flatten().map(|one| self.value(one));
            Ok(interval::mean(
                &values.collect::<Vec<_>>(),
                self.plan.confidence,
            ))
        });
        let done = done.map_err(|overrun| self.failure(0, overrun.why))?;
        let all: Option<Vec<Option<Estimate>>> = done.into_iter().collect();
        let Some(all) = all else {
            return Ok(None);
        };
        Ok(Some(Ends {
            base: all[0],
            by_input: all[1..]
                .chunks_exact(2)
                .map(|ends| [ends[0], ends[1]])
                .collect(),
        }))
    }
}

/// How far an input moves the outcome from one end of its range to the other.
pub(super) fn swing(input: &InputWorth) -> Option<f64> {
    let [low, high] = [input.at_low?.estimate?, input.at_high?.estimate?];
    let base = input.at_base.and_then(|base| base.estimate).unwrap_or(low);
    let least = low.min(high).min(base);
    Some(low.max(high).max(base) - least)
}
